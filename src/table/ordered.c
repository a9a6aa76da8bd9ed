/* ordered.c -- a counted B+tree over row numbers.
 *
 *   inner   keys  k0 k1 k2       of the first entry below each child, exact at all times: a row that has left may have another value by now
 *           rows  r0 r1 r2
 *           below c0 c1 c2       how many entries, so that positions are found on the way down
 *   leaf    keys  k .. k         eight bytes that order like the value; equal ones are told apart by the columns
 *           rows  r .. r
 *
 * An entry is compared by the eight bytes first, by the column when they are equal and do not say all, and by the primary key at last. */
#include "table/ordered.h"

#include <assert.h>
#include <string.h>

enum { CAP = 127, DEEPEST = 16 }; /* a leaf is 1536 bytes, which allocators have a size for */
enum { FILL = CAP - CAP / 16 };   /* of what is built at once */
enum { ROOM = 4 };                /* free places for which it is worth moving entries to a neighbour */

typedef struct node {
    uint16_t n;
    bool leaf;
    uint64_t keys[CAP];
    uint32_t rows[CAP];
    struct link {
        struct node *node;
        uint64_t below;
    } links[]; /* inner nodes only */
} node;

struct nr_ordered {
    const nr_env *env;
    const nr_column *key; /* NULL: the pk alone */
    const nr_column *pk;
    node *root;           /* NULL: empty */
    uint64_t count;
    size_t leaves, inners;
};

/* What is looked for: an entry, or a value with whether what is equal lies before it. */
typedef struct target {
    uint64_t key;
    nr_value value;
    nr_value pk;     /* of an entry; NULL: a bound */
    bool after;      /* of a bound: behind all equal ones */
    bool prefix;     /* of a bound: equal is what begins with the value */
} target;

static nr_value value_of(const nr_ordered *o, uint32_t row)
{
    return nr_column_get(o->key ? o->key : o->pk, row);
}

nr_ordered *nr_ordered_new(const nr_env *env, const nr_column *key, const nr_column *pk)
{
    nr_ordered *o = env->alloc(sizeof *o);
    *o = (nr_ordered){.env = env, .key = key, .pk = pk};
    return o;
}

static node *node_new(nr_ordered *o, bool leaf)
{
    node *n = o->env->alloc(leaf ? sizeof *n : sizeof *n + sizeof(struct link) * CAP);
    n->n = 0;
    n->leaf = leaf;
    *(leaf ? &o->leaves : &o->inners) += 1;
    return n;
}

static void node_free(nr_ordered *o, node *n)
{
    *(n->leaf ? &o->leaves : &o->inners) -= 1;
    o->env->free(n);
}

static void free_below(nr_ordered *o, node *n)
{
    for (size_t i = 0; !n->leaf && i < n->n; i++) free_below(o, n->links[i].node);
    node_free(o, n);
}

void nr_ordered_free(nr_ordered *o)
{
    if (!o) return;
    if (o->root) free_below(o, o->root);
    o->env->free(o);
}

/* -- finding ------------------------------------------------------------------------------------------------------------------------------- */

/* Whether eight bytes say all of a value: only NULL and the lowest number have a key in common. */
static bool says_all(const target *t)
{
    return t->key && (t->value.kind == NR_V_INT || t->value.kind == NR_V_FLOAT);
}

static bool pk_before(const nr_ordered *o, uint32_t row, const target *t)
{
    if (t->pk.kind == NR_V_NULL) return t->after;
    nr_value pk = nr_column_get(o->pk, row);
    return nr_value_cmp(&pk, &t->pk) < 0;
}

/* Whether an entry whose eight bytes are equal to the target's lies before it. */
static bool tie_before(const nr_ordered *o, uint32_t row, const target *t)
{
    if (says_all(t)) return pk_before(o, row, t);
    nr_value v = value_of(o, row);
    if (t->prefix && v.kind == NR_V_TEXT && nr_slice_starts(v.s, t->value.s)) return t->after;
    int c = nr_value_cmp(&v, &t->value);
    return c ? c < 0 : pk_before(o, row, t);
}

static bool is_before(const nr_ordered *o, uint64_t key, uint32_t row, const target *t)
{
    if (key != t->key && !(t->prefix && t->after)) return key < t->key;
    return key < t->key || tie_before(o, row, t);
}

/* How many of the node's entries from lo up to hi, and of all before lo, lie before the target. */
static size_t lower_between(const nr_ordered *o, const node *n, const target *t, size_t lo, size_t hi)
{
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (is_before(o, n->keys[mid], n->rows[mid], t)) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

/* The first key from lo on that is not below key: the compiler makes no jumps of it, which nobody could foretell. */
static size_t first_key(const node *n, size_t lo, uint64_t key)
{
    size_t left = n->n - lo;
    while (left > 1) {
        size_t half = left / 2;
        lo += n->keys[lo + half - 1] < key ? half : 0;
        left -= half;
    }
    return lo + (left && n->keys[lo] < key);
}

/* How many of the node's entries lie before the target. Eight bytes tell most; of the entries with the target's own bytes the last one is asked first, since what
 * comes new mostly has the greatest primary key: asking means to look at the columns of some old row. */
static size_t lower(const nr_ordered *o, const node *n, const target *t)
{
    if (t->prefix && t->after) return lower_between(o, n, t, 0, n->n);
    size_t lo = first_key(n, 0, t->key);
    if (lo == n->n || n->keys[lo] != t->key) return lo;
    size_t hi = t->key == UINT64_MAX ? n->n : first_key(n, lo, t->key + 1);
    return tie_before(o, n->rows[hi - 1], t) ? hi : lower_between(o, n, t, lo, hi - 1);
}

/* The child in which the target lies: the last one whose first entry is before it. */
static size_t child_for(const nr_ordered *o, const node *n, const target *t)
{
    size_t i = lower(o, n, t);
    return i ? i - 1 : 0;
}

static uint64_t rank(const nr_ordered *o, const target *t)
{
    uint64_t at = 0;
    const node *n = o->root;
    if (!n) return 0;
    while (!n->leaf) {
        size_t i = child_for(o, n, t);
        for (size_t k = 0; k < i; k++) at += n->links[k].below;
        n = n->links[i].node;
    }
    return at + lower(o, n, t);
}

uint64_t nr_ordered_count(const nr_ordered *o)
{
    return o->count;
}

uint64_t nr_ordered_rank(const nr_ordered *o, const nr_value *v, bool behind)
{
    target t = {.key = nr_sorter_key(v), .value = *v, .pk = NR_NULL, .after = behind};
    return rank(o, &t);
}

uint64_t nr_ordered_rank_prefix(const nr_ordered *o, nr_slice prefix, bool behind)
{
    nr_value v = {.kind = NR_V_TEXT, .s = prefix};
    target t = {.key = nr_sorter_key(&v), .value = v, .pk = NR_NULL, .after = behind, .prefix = true};
    return rank(o, &t);
}

/* The leaf of a position, and the place in it. */
static const node *leaf_at(const nr_ordered *o, uint64_t at, size_t *place)
{
    const node *n = o->root;
    while (!n->leaf) {
        size_t i = 0;
        for (; at >= n->links[i].below; i++) at -= n->links[i].below;
        n = n->links[i].node;
    }
    *place = (size_t)at;
    return n;
}

size_t nr_ordered_read(const nr_ordered *o, uint64_t at, bool down, size_t max, uint32_t *rows)
{
    size_t got = 0;
    assert(at < o->count);
    while (got < max && at < o->count) {
        size_t place;
        const node *n = leaf_at(o, at, &place);
        size_t here = down ? place + 1 : n->n - place;
        if (here > max - got) here = max - got;
        for (size_t i = 0; i < here; i++) rows[got + i] = n->rows[down ? place - i : place + i];
        got += here;
        at = down ? at - here : at + here; /* below 0 it wraps, and is not below count */
    }
    return got;
}

/* Has the keys of a node come all at once, in place of one by one as the search halves them. */
static void fetch(const node *n)
{
    for (size_t i = 0; i < CAP; i += 64 / sizeof *n->keys) __builtin_prefetch(&n->keys[i]);
}

/* The same of a child; whether it is a leaf is told without a look at it. */
static void fetch_child(const struct link *l)
{
    fetch(l->node);
    for (size_t i = 0; l->below > CAP && i < CAP; i += 64 / sizeof *l) __builtin_prefetch(&l->node->links[i]);
}

/* -- groups of equal numbers --------------------------------------------------------------------------------------------------------------- */

typedef struct walk {
    bool (*take)(void *ctx, int64_t number, uint64_t n);
    void *ctx;
    uint64_t skip; /* entries that are NULL, which come first */
    uint64_t key, n;
} walk;

static bool give_group(walk *w)
{
    return !w->n || w->take(w->ctx, (int64_t)(w->key ^ (uint64_t)1 << 63), w->n);
}

static bool add_entries(walk *w, uint64_t key, uint64_t n)
{
    uint64_t skipped = n < w->skip ? n : w->skip;
    w->skip -= skipped;
    if (n == skipped) return true;
    bool other = w->n && w->key != key;
    if (other && !give_group(w)) return false;
    w->n = (other ? 0 : w->n) + n - skipped;
    w->key = key;
    return true;
}

static bool walk_leaf(walk *w, const node *n)
{
    for (size_t i = 0, end; i < n->n; i = end) {
        end = n->keys[i] == UINT64_MAX ? n->n : first_key(n, i, n->keys[i] + 1);
        if (!add_entries(w, n->keys[i], end - i)) return false;
    }
    return true;
}

/* A child that begins with the key that the next one begins with has no other. */
static bool has_one_key(const node *n, size_t i)
{
    return i + 1 < n->n && n->keys[i] == n->keys[i + 1];
}

static bool walk_below(walk *w, const node *n)
{
    if (n->leaf) return walk_leaf(w, n);
    for (size_t i = 0; i < n->n; i++)
        if (!has_one_key(n, i)) fetch_child(&n->links[i]);
    for (size_t i = 0; i < n->n; i++)
        if (has_one_key(n, i) ? !add_entries(w, n->keys[i], n->links[i].below) : !walk_below(w, n->links[i].node)) return false;
    return true;
}

void nr_ordered_groups(const nr_ordered *o, bool (*take)(void *ctx, int64_t number, uint64_t n), void *ctx)
{
    const nr_value null = NR_NULL;
    walk w = {.take = take, .ctx = ctx, .skip = nr_ordered_rank(o, &null, true)};
    assert(nr_column_kind(o->key ? o->key : o->pk) == NR_V_INT);
    if (o->root && walk_below(&w, o->root)) give_group(&w);
}

/* -- changing ------------------------------------------------------------------------------------------------------------------------------ */

static void shift(node *n, size_t from, size_t to)
{
    size_t moved = n->n - from;
    memmove(n->keys + to, n->keys + from, moved * sizeof *n->keys);
    memmove(n->rows + to, n->rows + from, moved * sizeof *n->rows);
    if (!n->leaf) memmove(n->links + to, n->links + from, moved * sizeof *n->links);
}

static void copy_entries(node *to, size_t at, const node *from, size_t first, size_t n)
{
    memcpy(to->keys + at, from->keys + first, n * sizeof *to->keys);
    memcpy(to->rows + at, from->rows + first, n * sizeof *to->rows);
    if (!to->leaf) memcpy(to->links + at, from->links + first, n * sizeof *to->links);
}

static uint64_t below(const node *n)
{
    uint64_t sum = 0;
    if (n->leaf) return n->n;
    for (size_t i = 0; i < n->n; i++) sum += n->links[i].below;
    return sum;
}

/* What a child's place in its parent says about it. */
static void describe(node *parent, size_t i)
{
    const node *child = parent->links[i].node;
    parent->keys[i] = child->keys[0];
    parent->rows[i] = child->rows[0];
    parent->links[i].below = below(child);
}

static void link_child(node *parent, size_t i, node *child)
{
    shift(parent, i, i + 1);
    parent->n++;
    parent->links[i].node = child;
    describe(parent, i);
}

/* The entries from cut on go to a new node. */
static node *split(nr_ordered *o, node *n, size_t cut)
{
    node *right = node_new(o, n->leaf);
    copy_entries(right, 0, n, cut, n->n - cut);
    right->n = (uint16_t)(n->n - cut);
    n->n = (uint16_t)cut;
    return right;
}

static void leaf_insert(node *n, size_t at, uint64_t key, uint32_t row)
{
    shift(n, at, at + 1);
    n->n++;
    n->keys[at] = key;
    n->rows[at] = row;
}

/* Puts a child behind the one at i; a new right neighbour of n when it had to be split. What grows at its end stays full. */
static node *link_behind(nr_ordered *o, node *n, size_t i, node *child)
{
    node *right = NULL, *into = n;
    size_t at = i + 1;
    if (n->n == CAP) right = split(o, n, at == CAP ? CAP - 1 : CAP / 2);
    if (right && at > n->n) at -= n->n, into = right;
    link_child(into, at, child);
    return right;
}

/* -- making room ----------------------------------------------------------------------------------------------------------------------------- */

/* Moves the first entries of leaf i to the end of the one before it, or its last ones to the beginning of the one behind it. */
static void push_left(node *parent, size_t i, size_t n)
{
    node *from = parent->links[i].node, *to = parent->links[i - 1].node;
    copy_entries(to, to->n, from, 0, n);
    shift(from, n, 0);
    to->n = (uint16_t)(to->n + n);
    from->n = (uint16_t)(from->n - n);
    describe(parent, i - 1);
    describe(parent, i);
}

static void push_right(node *parent, size_t i, size_t n)
{
    node *from = parent->links[i].node, *to = parent->links[i + 1].node;
    shift(to, 0, n);
    copy_entries(to, 0, from, from->n - n, n);
    to->n = (uint16_t)(to->n + n);
    from->n = (uint16_t)(from->n - n);
    describe(parent, i);
    describe(parent, i + 1);
}

/* Two full leaves, i and the one behind it, become three; the third is to be put behind i + 1. */
static node *split_two(nr_ordered *o, node *parent, size_t i)
{
    enum { THIRD = CAP * 2 / 3, FROM_A = CAP - THIRD, OF_B = THIRD - FROM_A };
    node *c = split(o, parent->links[i + 1].node, OF_B);
    push_right(parent, i, FROM_A);
    return c;
}

static size_t room_of(const node *parent, size_t i)
{
    return i < parent->n ? CAP - parent->links[i].node->n : 0; /* i - 1 of the first one wraps */
}

/* A long group of equal keys mostly grows at its end, where the pks ascend: what lies before stays full. */
static node *make_room_in_group(nr_ordered *o, node *parent, size_t i, size_t at)
{
    size_t room = room_of(parent, i + 1), behind = at < CAP ? CAP - at : 1;
    if (room > behind) push_right(parent, i, behind);
    else return split(o, parent->links[i].node, CAP - behind);
    return NULL;
}

/* Makes room in or beside the full leaf i, in which the target is to be at: neighbours take some, or there is a new leaf, to be put behind *behind. */
static node *make_room(nr_ordered *o, node *parent, size_t i, size_t at, uint64_t key, size_t *behind)
{
    node *leaf = parent->links[i].node;
    bool last = i + 1 == parent->n, group = leaf->keys[0] == key && leaf->keys[at - (at > 0)] == key && (at == CAP || leaf->keys[at] != key);
    *behind = i;
    if (last && at == CAP) return split(o, leaf, CAP - 1);
    if (group && at) return make_room_in_group(o, parent, i, at);
    if (room_of(parent, i - 1) >= ROOM) push_left(parent, i, room_of(parent, i - 1) / 2);
    else if (room_of(parent, i + 1) >= ROOM) push_right(parent, i, room_of(parent, i + 1) / 2);
    else if (last && at >= CAP * 3 / 4) return split(o, leaf, CAP * 9 / 10);
    else if (parent->n > 1 && leaf->n == CAP && parent->links[last ? i - 1 : i + 1].node->n == CAP) {
        *behind = last ? i : i + 1;
        return split_two(o, parent, last ? i - 1 : i);
    } else return split(o, leaf, CAP / 2);
    return NULL;
}

/* Adds to the leaf below n in which the target lies, or to a neighbour; a new right neighbour of n when it had to be split. */
static node *insert_leaf(nr_ordered *o, node *n, size_t i, const target *t, uint32_t row)
{
    node *right = NULL, *into = n, *leaf = n->links[i].node;
    fetch(leaf);
    if (leaf->n == CAP) {
        size_t behind;
        node *more = make_room(o, n, i, lower(o, leaf, t), t->key, &behind);
        if (more) {
            describe(n, i);
            if (behind != i) describe(n, behind);
            right = link_behind(o, n, behind, more);
        }
        if (right && is_before(o, right->keys[0], right->rows[0], t)) into = right;
        i = child_for(o, into, t);
        leaf = into->links[i].node;
    }
    leaf_insert(leaf, lower(o, leaf, t), t->key, row);
    describe(into, i);
    return right;
}

/* Adds below the inner node n; a new right neighbour of n when it had to be split. */
static node *insert(nr_ordered *o, node *n, const target *t, uint32_t row)
{
    size_t at = child_for(o, n, t);
    node *child = n->links[at].node;
    if (child->leaf) return insert_leaf(o, n, at, t, row);
    node *more = insert(o, child, t, row);
    n->keys[at] = child->keys[0];
    n->rows[at] = child->rows[0];
    if (more) describe(n, at);
    else n->links[at].below++;
    return more ? link_behind(o, n, at, more) : NULL;
}

static target entry(const nr_ordered *o, uint32_t row)
{
    nr_value v = value_of(o, row);
    return (target){.key = nr_sorter_key(&v), .value = v, .pk = nr_column_get(o->pk, row)};
}

static node *node_over(nr_ordered *o, node *a, node *b)
{
    node *top = node_new(o, false);
    link_child(top, 0, a);
    if (b) link_child(top, 1, b);
    return top;
}

void nr_ordered_add(nr_ordered *o, uint32_t row)
{
    target t = entry(o, row);
    if (!o->root) o->root = node_new(o, true);
    o->count++;
    if (o->root->leaf && o->root->n < CAP) {
        leaf_insert(o->root, lower(o, o->root, &t), t.key, row);
        return;
    }
    if (o->root->leaf) o->root = node_over(o, o->root, NULL);
    node *right = insert(o, o->root, &t, row);
    if (right) o->root = node_over(o, o->root, right);
}

/* -- building -------------------------------------------------------------------------------------------------------------------------------- */

/* Nodes over n things, as full as each other; what they hold is yet to be filled in. */
static node **make_level(nr_ordered *o, bool leaf, size_t n, size_t *n_nodes)
{
    *n_nodes = (n + FILL - 1) / FILL;
    node **nodes = o->env->alloc(*n_nodes * sizeof(node *));
    for (size_t i = 0; i < *n_nodes; i++) {
        nodes[i] = node_new(o, leaf);
        nodes[i]->n = (uint16_t)(n * (i + 1) / *n_nodes - n * i / *n_nodes);
    }
    return nodes;
}

static node **leaves_over(nr_ordered *o, const nr_sort_entry *at, size_t n, size_t *n_nodes)
{
    node **nodes = make_level(o, true, n, n_nodes);
    for (size_t i = 0; i < *n_nodes; i++)
        for (size_t k = 0; k < nodes[i]->n; k++, at++) {
            nodes[i]->keys[k] = at->key;
            nodes[i]->rows[k] = at->row;
        }
    return nodes;
}

/* Takes over the list of kids. */
static node **inners_over(nr_ordered *o, node **kids, size_t *n)
{
    size_t n_nodes;
    node **nodes = make_level(o, false, *n, &n_nodes), **kid = kids;
    for (size_t i = 0; i < n_nodes; i++)
        for (size_t k = 0; k < nodes[i]->n; k++) {
            nodes[i]->links[k].node = *kid++;
            describe(nodes[i], k);
        }
    o->env->free(kids);
    *n = n_nodes;
    return nodes;
}

void nr_ordered_build(nr_ordered *o, nr_sorter *s, const uint32_t *rows, size_t n)
{
    assert(!o->root);
    if (!n) return;
    size_t n_nodes;
    node **nodes = leaves_over(o, nr_sorter_sort(s, o->key, o->pk, rows, n), n, &n_nodes);
    while (n_nodes > 1) nodes = inners_over(o, nodes, &n_nodes);
    o->root = nodes[0];
    o->count = n;
    o->env->free(nodes);
}

/* -- removing -------------------------------------------------------------------------------------------------------------------------------- */

static void drop_entry(node *n, size_t i)
{
    shift(n, i + 1, i);
    n->n--;
}

/* Joins child i with the one behind it when both are small; or drops it when it is empty. */
static void tidy(nr_ordered *o, node *n, size_t i)
{
    node *child = n->links[i].node;
    if (!child->n) {
        node_free(o, child);
        drop_entry(n, i);
        return;
    }
    describe(n, i);
    size_t left = i + 1 < n->n ? i : i - 1;
    if (n->n < 2 || child->n > CAP / 3) return;
    node *a = n->links[left].node, *b = n->links[left + 1].node;
    if (a->n + b->n > CAP * 3 / 4) return;
    copy_entries(a, a->n, b, 0, b->n);
    a->n = (uint16_t)(a->n + b->n);
    node_free(o, b);
    drop_entry(n, left + 1);
    describe(n, left);
}

static void take_out(nr_ordered *o, node *n, const target *t, uint32_t row)
{
    if (n->leaf) {
        size_t at = lower(o, n, t);
        assert(at < n->n && n->rows[at] == row);
        drop_entry(n, at);
        return;
    }
    /* the entry itself is not before the target: when it is a child's first one, it is that child's */
    size_t at = lower(o, n, t);
    if (at == n->n || n->rows[at] != row) at--;
    take_out(o, n->links[at].node, t, row);
    if (n->links[at].node->n > CAP / 3) {
        n->links[at].below--;
        n->keys[at] = n->links[at].node->keys[0];
        n->rows[at] = n->links[at].node->rows[0];
    } else {
        tidy(o, n, at);
    }
}

void nr_ordered_remove(nr_ordered *o, uint32_t row)
{
    target t = entry(o, row);
    take_out(o, o->root, &t, row);
    o->count--;
    while (!o->root->leaf && o->root->n == 1) {
        node *only = o->root->links[0].node;
        node_free(o, o->root);
        o->root = only;
    }
    if (o->count) return;
    free_below(o, o->root);
    o->root = NULL;
}

size_t nr_ordered_bytes(const nr_ordered *o)
{
    return sizeof *o + o->leaves * sizeof(node) + o->inners * (sizeof(node) + sizeof(struct link) * CAP);
}

/* -- checking ------------------------------------------------------------------------------------------------------------------------------ */

static bool wrong(nr_buf *why, const char *what)
{
    nr_buf_add(why, nr_slice_of(what));
    return false;
}

typedef struct checker {
    const nr_ordered *o;
    nr_buf *why;
    bool any;
    uint32_t last;
    int depth; /* of the leaves; 0: not known yet */
} checker;

static bool entry_valid(checker *c, uint64_t key, uint32_t row)
{
    target t = entry(c->o, row);
    if (t.key != key) return wrong(c->why, "an ordered index has a key that is not its row's");
    if (c->any && !is_before(c->o, entry(c->o, c->last).key, c->last, &t)) return wrong(c->why, "an ordered index is out of order");
    c->any = true;
    c->last = row;
    return true;
}

static bool node_valid(checker *c, const node *n, int depth)
{
    if (!n->n || depth > DEEPEST) return wrong(c->why, "an ordered index has an empty node");
    if (n->leaf) {
        if (c->depth && c->depth != depth) return wrong(c->why, "an ordered index is not balanced");
        c->depth = depth;
        for (size_t i = 0; i < n->n; i++)
            if (!entry_valid(c, n->keys[i], n->rows[i])) return false;
        return true;
    }
    for (size_t i = 0; i < n->n; i++) {
        const node *child = n->links[i].node;
        if (!node_valid(c, child, depth + 1)) return false;
        if (child->keys[0] != n->keys[i] || child->rows[0] != n->rows[i]) return wrong(c->why, "an ordered index has a wrong separator");
        if (below(child) != n->links[i].below) return wrong(c->why, "an ordered index counts wrongly");
    }
    return true;
}

bool nr_ordered_valid(const nr_ordered *o, nr_buf *why)
{
    checker c = {.o = o, .why = why};
    if (!o->root) return o->count == 0 || wrong(why, "an ordered index is empty and counts entries");
    if (below(o->root) != o->count) return wrong(why, "an ordered index counts wrongly");
    return node_valid(&c, o->root, 1);
}
