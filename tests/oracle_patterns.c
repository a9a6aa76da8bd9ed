/* oracle_patterns.c -- regular expressions of which the oracle knows what they mean, because it makes them from it: branches of items in a row, each
 * written in one of many ways. A search steps through all branches at once. */
#include <stdlib.h>

#include "oracle.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* -- searching --------------------------------------------------------------------------------------------------------------------------- */

static bool item_takes(const opattern *p, const oitem *it, bool caseless, uint32_t c)
{
    if (it->any) return p->dotall || c != '\n';
    bool fold = it->caseless ? it->caseless > 0 : caseless, in = false;
    for (size_t i = 0; i < it->n; i++) in = in || it->cps[i] == c || (fold && point_fold(it->cps[i]) == point_fold(c));
    return in != it->negated;
}

static bool at_start(const opattern *p, const points *s, size_t at)
{
    return at == 0 || (p->multiline && at < s->n && s->at[at - 1] == '\n');
}

static bool at_end(const opattern *p, char end, const points *s, size_t at)
{
    if (at == s->n || !end) return true;
    if (end == 'z') return false;
    return s->at[at] == '\n' && (p->multiline || at + 1 == s->n);
}

/* Bit i of states: before item i of the branch. */
static bool branch_found(const opattern *p, const obranch *b, bool caseless, const points *s)
{
    const oitem *items = p->items + b->first;
    uint64_t states = 0;
    for (size_t at = 0; at <= s->n; at++) {
        uint64_t next = 0;
        if (!b->from_start || at_start(p, s, at)) states |= 1;
        for (size_t i = 0; i < b->n; i++) {
            if (!(states >> i & 1)) continue;
            if (items[i].quantity != '1') states |= (uint64_t)1 << (i + 1);
            if (at < s->n && item_takes(p, &items[i], caseless, s->at[at])) next |= (uint64_t)1 << (items[i].quantity == '*' ? i : i + 1);
        }
        if (states >> b->n & 1 && at_end(p, b->end, s, at)) return true;
        states = next;
    }
    return false;
}

bool opattern_found(const opattern *p, bool caseless, nr_slice subject, nr_arena *a)
{
    points s = points_of(subject, false, a);
    for (size_t i = 0; i < p->n_branches; i++)
        if (branch_found(p, &p->branches[i], caseless, &s)) return true;
    return false;
}

/* -- writing ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct writer {
    dice *d;
    opattern *p;
    points subject;
    text out;
    bool extended, greedy; /* greedy: an item that takes nearly everything has been repeated */
    int8_t caseless;       /* of what comes */
} writer;

static bool is_word(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static void add_literal(writer *w, uint32_t c)
{
    if (c < 32 || dice_chance(w->d, 5)) {
        text_addf(&w->out, c < 256 && dice_chance(w->d, 50) ? "\\x%02x" : "\\x{%x}", c);
    } else {
        if (!is_word(c)) text_add(&w->out, NR_S("\\"));
        point_add(c, &w->out);
    }
}

static void add_char(writer *w, uint32_t c)
{
    static const char *const around[][2] = {{"(?:", ")"}, {"(", ")"}, {"[", "]"}, {"(?#z)", ""}, {"(?>", ")"}};
    size_t way = dice_below(w->d, 40);
    if (way == COUNT(around) && c >= 32 && c != '\\') {
        text_add(&w->out, NR_S("\\Q"));
        point_add(c, &w->out);
        text_add(&w->out, NR_S("\\E"));
        return;
    }
    bool wrapped = way < COUNT(around);
    if (wrapped) text_add(&w->out, nr_slice_of(around[way][0]));
    add_literal(w, c);
    if (wrapped) text_add(&w->out, nr_slice_of(around[way][1]));
}

static uint32_t some_point(writer *w)
{
    static const uint32_t pool[] = {'a',  'b',   's',   'S', 0x17F,   'k',     0x212A, 0xDF, 0x1E9E, 0x3C2,
                                    0xE9, 0x130, 0x131, 'i', 0x1F600, 0x10400, '1',    '-',  '.',    '\n'};
    if (w->subject.n && dice_chance(w->d, 70)) return w->subject.at[dice_below(w->d, w->subject.n)];
    return pool[dice_below(w->d, COUNT(pool))];
}

static void take_range(oitem *it, uint32_t from, uint32_t to)
{
    for (uint32_t c = from; c <= to; c++) it->cps[it->n++] = c;
}

static void add_class(writer *w, oitem *it, uint32_t c)
{
    static const char *const digits[] = {"\\d", "[0-9]", "\\D", "[^0-9]"};
    size_t way = dice_below(w->d, 10);
    if (way < 2) { /* there are no other digits in the oracle's texts */
        size_t which = dice_below(w->d, 4);
        it->negated = which > 1;
        take_range(it, '0', '9');
        text_add(&w->out, nr_slice_of(digits[which]));
        return;
    }
    it->negated = dice_chance(w->d, 25);
    text_add(&w->out, it->negated ? NR_S("[^") : NR_S("["));
    if (way < 4) {
        static const uint32_t starts[] = {'a', 'A', 'i', 'Q', '0'};
        uint32_t from = starts[dice_below(w->d, COUNT(starts))], to = from + (uint32_t)dice_below(w->d, 8);
        take_range(it, from, to);
        add_literal(w, from);
        text_add(&w->out, NR_S("-"));
        add_literal(w, to);
    }
    for (size_t n = 1 + dice_below(w->d, 3); n; n--) {
        it->cps[it->n++] = c;
        add_literal(w, c);
        c = some_point(w);
    }
    text_add(&w->out, NR_S("]"));
}

static oitem *push(opattern *p, const oitem *it)
{
    if (p->n_items == OITEM_MAX) world_fail("a pattern of more than %d items", OITEM_MAX);
    p->items[p->n_items] = *it;
    return &p->items[p->n_items++];
}

/* What stands behind an item says how often it comes. */
static void add_quantity(writer *w, const oitem *it)
{
    static const struct {
        const char *text;
        int once, maybe;
        bool ever;
    } ways[] = {
        {"?", 0, 1, false},   {"??", 0, 1, false},    {"{0,1}", 0, 1, false}, {"*", 0, 0, true},    {"*?", 0, 0, true},
        {"+", 1, 0, true},    {"+?", 1, 0, true},     {"{1,}", 1, 0, true},   {"{0,}", 0, 0, true}, {"{0}", 0, 0, false},
        {"{2}", 2, 0, false}, {"{1,3}", 1, 2, false}, {"{1}", 1, 0, false},
    };
    size_t way = dice_below(w->d, COUNT(ways));
    bool wide = it->any || it->negated, none = !dice_chance(w->d, 40);
    oitem next = *it;
    if (none || (ways[way].ever && wide && w->greedy)) {
        push(w->p, it);
        return;
    }
    w->greedy = w->greedy || (ways[way].ever && wide);
    text_add(&w->out, nr_slice_of(ways[way].text));
    for (int i = 0; i < ways[way].once; i++) push(w->p, it);
    next.quantity = '?';
    for (int i = 0; i < ways[way].maybe; i++) push(w->p, &next);
    next.quantity = '*';
    if (ways[way].ever) push(w->p, &next);
}

static void add_item(writer *w, uint32_t c)
{
    static const char *const spaces[] = {" ", "\t", "#a|b(\n", "  "};
    oitem it = {.quantity = '1', .caseless = w->caseless};
    bool own = dice_chance(w->d, 6), caseless = dice_chance(w->d, 60);
    if (w->extended && dice_chance(w->d, 50)) text_add(&w->out, nr_slice_of(spaces[dice_below(w->d, COUNT(spaces))]));
    if (own) text_add(&w->out, caseless ? NR_S("(?i:") : NR_S("(?-i:"));
    if (own) it.caseless = caseless ? 1 : -1;
    if (dice_chance(w->d, 70)) {
        it.cps[it.n++] = c;
        add_char(w, c);
    } else if (dice_chance(w->d, 45)) {
        it.any = true;
        text_add(&w->out, NR_S("."));
    } else {
        add_class(w, &it, c);
    }
    if (own) text_add(&w->out, NR_S(")"));
    add_quantity(w, &it);
}

/* Items for a stretch of the subject. */
static void add_row(writer *w, size_t most)
{
    size_t n = dice_below(w->d, most + 1), at = w->subject.n > n ? dice_below(w->d, w->subject.n - n + 1) : 0;
    if (dice_chance(w->d, 30)) at = 0;
    for (size_t i = 0; i < n; i++) add_item(w, at + i < w->subject.n && dice_chance(w->d, 92) ? w->subject.at[at + i] : some_point(w));
}

static bool add_start(writer *w)
{
    bool from_start = dice_chance(w->d, 35);
    if (from_start) text_add(&w->out, w->p->multiline || dice_chance(w->d, 75) ? NR_S("^") : NR_S("\\A"));
    return from_start;
}

static char add_end(writer *w)
{
    size_t way = dice_below(w->d, 12);
    if (way < 2) text_add(&w->out, w->p->multiline || way ? NR_S("$") : NR_S("\\Z"));
    if (way == 2) text_add(&w->out, NR_S("\\z"));
    return way < 2 ? '$' : way == 2 ? 'z' : 0;
}

static void add_branch(writer *w, obranch b)
{
    b.n = w->p->n_items - b.first;
    w->p->branches[w->p->n_branches++] = b;
}

/* One row of items, in the middle of which the case may begin or cease to matter. */
static void write_row(writer *w)
{
    obranch b = {.first = w->p->n_items, .from_start = add_start(w)};
    add_row(w, 4);
    if (dice_chance(w->d, 10)) {
        w->caseless = dice_chance(w->d, 60) ? 1 : -1;
        text_add(&w->out, w->caseless > 0 ? NR_S("(?i)") : NR_S("(?-i)"));
        add_row(w, 3);
    }
    b.end = add_end(w);
    add_branch(w, b);
}

static void write_rows(writer *w)
{
    for (size_t n = 2 + dice_below(w->d, 2); n; n--) {
        obranch b = {.first = w->p->n_items, .from_start = add_start(w)};
        add_row(w, 3);
        b.end = add_end(w);
        add_branch(w, b);
        if (n > 1) text_add(&w->out, NR_S("|"));
    }
}

static void copy_items(opattern *p, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) push(p, &p->items[first + i]);
}

/* before(?:one|other)behind: two branches. */
static void write_group(writer *w)
{
    static const char *const heads[] = {"(?:", "(", "(?:", "(?P<g>"};
    opattern *p = w->p;
    obranch b = {.first = 0, .from_start = add_start(w)};
    add_row(w, 2);
    size_t n_before = p->n_items, one = p->n_items;
    bool maybe = dice_chance(w->d, 25);
    text_add(&w->out, nr_slice_of(heads[dice_below(w->d, COUNT(heads))]));
    add_row(w, 2);
    size_t other = p->n_items;
    text_add(&w->out, NR_S("|"));
    if (!maybe) add_row(w, 2);
    size_t behind = p->n_items;
    text_add(&w->out, NR_S(")"));
    add_row(w, 2);
    size_t end = p->n_items;
    b.end = add_end(w);
    for (size_t i = 0; i < 2; i++) {
        b.first = p->n_items;
        copy_items(p, 0, n_before);
        copy_items(p, i ? other : one, i ? behind - other : other - one);
        copy_items(p, behind, end - behind);
        add_branch(w, b);
    }
}

const opattern *random_pattern(dice *d, nr_slice subject, nr_arena *a)
{
    opattern *p = NR_NEW(a, opattern);
    writer w = {.d = d, .p = p, .subject = points_of(subject, false, a)};
    size_t way = dice_below(d, 10);
    p->dotall = dice_chance(d, 10);
    p->multiline = dice_chance(d, 6);
    w.extended = dice_chance(d, 8);
    w.caseless = dice_chance(d, 8) ? 1 : 0;
    if (p->dotall) text_add(&w.out, NR_S("(?s)"));
    if (p->multiline) text_add(&w.out, NR_S("(?m)"));
    if (w.extended) text_add(&w.out, NR_S("(?x)"));
    if (w.caseless) text_add(&w.out, NR_S("(?i)"));
    if (way < 6) write_row(&w);
    else if (way < 8) write_rows(&w);
    else write_group(&w);
    p->text = nr_arena_copy(a, (nr_slice){w.out.p ? w.out.p : "", w.out.n});
    free(w.out.p);
    return p;
}
