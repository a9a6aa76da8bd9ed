/* index_def.c -- from a schema to its indexes: which structures the declared lookups of a field take. */
#include "base/hash.h"
#include "query/lookup.h"

/* What wants one index. Several lookups of a field may want the same. */
typedef struct plan {
    nr_path path;
    const nr_keyfn *keyfn;
    nr_slice pattern;
    bool caseless;
    bool ordered, set; /* one of them, or both: a relation with "index": true */
} plan;

typedef struct builder {
    const nr_schema *schema;
    nr_arena *arena;
    nr_err *err;
    nr_slice owner;     /* whose wishes are being met */
    NR_VEC(plan) plans; /* of the field in hand */
    NR_VEC(nr_index) out;
    const nr_field *unknown; /* an embedded entity whose model is not known, which a path goes into; NULL: none was met */
} builder;

/* A key that may stand in a name as it is. */
static bool is_plain_key(nr_slice key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i], small = (char)(c | 0x20);
        if (!(small >= 'a' && small <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-') return false;
    }
    return key.n > 0 && key.n <= NR_FIELD_NAME_MAX;
}

/* The path as names of indexes have it: no two paths have the same. */
static void name_path(const nr_path *p, nr_buf *out)
{
    char digest[32];
    nr_path typed = *p;
    typed.free = false;
    nr_buf_add(out, p->field->name);
    for (size_t i = 0; i < p->n_steps; i++) {
        nr_slice key = p->steps[i].key;
        nr_hash_digest(key, digest);
        if (p->steps[i].each) nr_buf_add(out, NR_S(".each"));
        else if (is_plain_key(key)) nr_buf_printf(out, "__%.*s", NR_FMT(key));
        else nr_buf_printf(out, ".%.*s", 32, digest);
    }
    if (p->free && (!p->n_steps || nr_path_dict_value(&typed))) nr_buf_add(out, NR_S(".document"));
    for (size_t i = 0; i < p->n_transforms; i++) nr_buf_printf(out, "__%s", p->transforms[i]->name);
}

static nr_slice name_of(builder *b, const plan *p, bool set)
{
    nr_buf out = nr_buf_in(b->arena);
    char digest[32];
    name_path(&p->path, &out);
    nr_buf_printf(&out, ".%s", p->keyfn->name);
    if (p->pattern.p) {
        nr_hash_digest(p->pattern, digest);
        nr_buf_printf(&out, ".%.*s%s", 16, digest, p->caseless ? ".i" : "");
    }
    if (set) nr_buf_add(&out, NR_S(".set"));
    return nr_buf_slice(&out);
}

/* Where it lies follows from its name and kind. */
static void add_named(builder *b, nr_index *ix)
{
    nr_slice model = b->schema->name;
    ix->memory = b->schema->in_memory;
    ix->key = nr_arena_printf(b->arena, ix->kind == NR_IX_SET ? "%.*s/s/%.*s/" : "%.*s/i/%.*s", NR_FMT(model), NR_FMT(ix->name));
    for (size_t i = 0; i < b->out.n; i++) {
        nr_index *same = &b->out.at[i];
        if (!nr_slice_eq(same->name, ix->name)) continue;
        if (!nr_slice_eq(same->owners.at[same->owners.n - 1], b->owner)) nr_vec_push(b->arena, &same->owners, b->owner);
        return;
    }
    nr_vec_push(b->arena, &ix->owners, b->owner);
    nr_vec_push(b->arena, &b->out, *ix);
}

static void add_index(builder *b, const plan *p, bool set)
{
    nr_index ix = {.kind = set ? NR_IX_SET : NR_IX_ORDERED, .path = p->path, .keyfn = p->keyfn};
    ix.pattern = p->pattern;
    ix.caseless = p->caseless;
    ix.name = name_of(b, p, set);
    add_named(b, &ix);
}

static void add_parts(builder *b, const nr_together *t, const nr_index_part *parts, size_t n)
{
    nr_index ix = {.kind = NR_IX_ORDERED, .path = parts[0].path, .parts = parts, .n_parts = n, .together = t->unique, .keyfn = &nr_key_together};
    nr_buf name = nr_buf_in(b->arena);
    nr_index_print(&ix, ".", &name);
    nr_buf_add(&name, t->unique ? NR_S(".unique") : NR_S(".together"));
    ix.name = t->name.p ? t->name : nr_buf_slice(&name);
    add_named(b, &ix);
}

static void add_together(builder *b, const nr_together *t)
{
    nr_index_part *parts = NR_NEW_N(b->arena, nr_index_part, t->n);
    for (size_t i = 0; i < t->n; i++) parts[i] = (nr_index_part){nr_path_of(t->keys[i].field), t->keys[i].descending};
    add_parts(b, t, parts, t->n);
}

/* A value and the period of a date: a date field has no transform to its date, it is one. */
static void add_period(builder *b, const nr_field *f, nr_period per)
{
    static const char *const transforms[NR_PERIODS] = {"date", "month", "year"};
    static const nr_together unique = {.unique = true};
    const nr_field *date = nr_schema_field(b->schema, f->unique_for[per]);
    nr_index_part *parts = NR_NEW_N(b->arena, nr_index_part, 2);
    const nr_transform *t = nr_transform_find(nr_slice_of(transforms[per]));
    parts[0].path = nr_path_of(f);
    parts[1].path = nr_path_of(date);
    if (nr_transform_suits(t, date->type)) nr_path_transform(&parts[1].path, t);
    add_parts(b, &unique, parts, 2);
}

static void add_several(builder *b)
{
    const nr_schema *s = b->schema;
    for (size_t i = 0; i < s->together.n; i++) add_together(b, &s->together.at[i]);
    for (size_t i = 0; i < s->n_fields; i++)
        for (int per = 0; per < NR_PERIODS; per++)
            if (s->fields[i].unique_for[per].p) add_period(b, &s->fields[i], (nr_period)per);
}

static void add_pk(builder *b)
{
    nr_index ix = {.kind = NR_IX_PK, .path = nr_path_of(nr_schema_pk(b->schema)), .keyfn = &nr_key_value, .memory = b->schema->in_memory};
    ix.name = NR_S("pk");
    ix.key = nr_arena_printf(b->arena, "%.*s/pk", NR_FMT(b->schema->name));
    nr_vec_push(b->arena, &ix.owners, b->owner);
    nr_vec_push(b->arena, &b->out, ix);
}

static plan *plan_for(builder *b, const nr_path *path, const nr_keyfn *keyfn, nr_slice pattern, bool caseless)
{
    for (size_t i = 0; i < b->plans.n; i++) {
        plan *p = &b->plans.at[i];
        if (nr_path_eq(&p->path, path) && p->keyfn == keyfn && nr_slice_eq(p->pattern, pattern) && p->caseless == caseless) return p;
    }
    nr_vec_push(b->arena, &b->plans, (plan){.path = *path, .keyfn = keyfn, .pattern = pattern, .caseless = caseless});
    return &b->plans.at[b->plans.n - 1];
}

static bool refuse(builder *b, const nr_field *f, nr_slice lookup, const char *why)
{
    return nr_fail(b->err, NR_E_BADVALUE, "fields.%.*s.index: %s: %s", NR_FMT(f->name), NR_SHOW(lookup), why);
}

/* A set answers what asks for points, and, of few values, stretches too. */
static void want_shape(plan *p, const nr_way *way)
{
    bool few = p->path.n_transforms && p->path.transforms[p->path.n_transforms - 1]->high;
    bool set = p->keyfn->shape == NR_KS_SET || (p->keyfn->shape == NR_KS_EITHER && (few || (way->flags & NR_WAY_POINTS)));
    if (set) p->set = true;
    else p->ordered = true;
}

/* Nobody knows yet what is inside. */
static bool is_unknown(const nr_field *f)
{
    return f && (f->type->flags & NR_TF_MEMBERS) && f->to.p && !f->members;
}

/* *known false: what the path leads to will be known when the embedded model is. */
static bool read_item(builder *b, const nr_field *f, const nr_index_item *w, nr_path *path, const nr_lookup **lookup, bool *known)
{
    nr_err inner = {0};
    *path = nr_path_of(f);
    bool good = nr_path_read(w->lookup, path, lookup, b->arena, &inner);
    *known = good || !is_unknown(nr_path_inner(path));
    if (!*known) b->unknown = nr_path_inner(path);
    if (!*known) return true;
    if (!good) return refuse(b, f, w->lookup, inner.msg);
    if (!(*lookup)->ways[0].keyfn) return refuse(b, f, w->lookup, "no index serves this lookup: it reads every row");
    bool pattern = (*lookup)->ways[0].keyfn == &nr_key_matches;
    if (pattern && !w->pattern.p) return refuse(b, f, w->lookup, "an index of a regular expression is written {\"regex\": \"a pattern\"}");
    return pattern || !w->pattern.p || refuse(b, f, w->lookup, "takes no pattern");
}

/* A year's comparisons are stretches of the values themselves, and those of a date's year too. */
static bool climb(nr_path *path)
{
    size_t n = path->n_transforms;
    if (!n || !path->transforms[n - 1]->by_value) return false;
    while (n && path->transforms[n - 1]->first) n--;
    if (n) return false;
    path->n_transforms = 0;
    return true;
}

static bool is_list(const nr_type *type)
{
    return (type->flags & NR_TF_ELEMENTS) && type->reply != NR_REPLY_MAP;
}

/* What is said of a list is said of its elements. */
static bool each_of(builder *b, nr_path *path, const nr_field *f)
{
    const nr_field *inner = nr_path_inner(path);
    bool list = inner && !path->n_transforms && is_list(inner->type);
    return !list || nr_path_step(path, (nr_step){.each = true}, b->arena) || refuse(b, f, NR_S(""), "too many steps");
}

static bool add_item(builder *b, const nr_field *f, const nr_index_item *w)
{
    nr_path path;
    const nr_lookup *l;
    bool known;
    if (!read_item(b, f, w, &path, &l, &known)) return false;
    if (!known) return true;
    if (l->takes == NR_LT_LIST && !each_of(b, &path, f)) return false;
    const nr_way *way = &l->ways[0];
    const nr_keyfn *keyfn = nr_way_keyfn(way, l, nr_path_type(&path));
    bool by_value = keyfn == &nr_key_value && climb(&path);
    plan *p = plan_for(b, &path, keyfn, w->pattern, way->flags & NR_WAY_CASELESS);
    if (by_value) p->ordered = true;
    else want_shape(p, way);
    return true;
}

/* Values that are indexed tell which are NULL. */
static bool is_needless(const builder *b, const plan *p)
{
    for (size_t i = 0; p->keyfn == &nr_key_null && i < b->plans.n; i++)
        if (b->plans.at[i].keyfn == &nr_key_value && nr_path_eq(&b->plans.at[i].path, &p->path)) return true;
    return false;
}

/* The primary key has an index of its values, none of which is NULL. */
static bool is_the_pks(const nr_field *f, const plan *p)
{
    return f->pk && nr_path_plain(&p->path) && (p->keyfn == &nr_key_value || p->keyfn == &nr_key_null);
}

/* What is wanted of a field: says has the options, f is the schema's own. own: the definition's, which says more than its list. */
static bool add_field(builder *b, const nr_field *f, const nr_field *says, bool own)
{
    nr_path plain = nr_path_of(f);
    const nr_slice none = {NULL, 0};
    b->plans.n = 0;
    nr_path whole = plain;
    whole.free = false; /* of a unique json the text as a whole counts */
    if (own && f->unique) plan_for(b, &whole, &nr_key_value, none, false)->ordered = true;
    if (says->index_all && !each_of(b, &plain, f)) return false;
    if (says->index_all) plan_for(b, &plain, &nr_key_value, none, false)->ordered = true;
    plain = nr_path_of(f);
    for (size_t i = 0; i < says->index.n; i++)
        if (!add_item(b, f, &says->index.at[i])) return false;
    for (size_t i = 0; i < b->plans.n; i++)
        if (b->plans.at[i].ordered) b->plans.at[i].set = false;
    if (own && (f->type->flags & NR_TF_RELATION)) plan_for(b, &plain, &nr_key_value, none, false)->set = true;
    for (size_t i = 0; i < b->plans.n; i++) {
        if (is_needless(b, &b->plans.at[i]) || is_the_pks(f, &b->plans.at[i])) continue;
        if (b->plans.at[i].ordered) add_index(b, &b->plans.at[i], false);
        if (b->plans.at[i].set) add_index(b, &b->plans.at[i], true);
    }
    return true;
}

static bool add_own(builder *b, const nr_field *f, bool silenced)
{
    nr_field says = *f;
    if (silenced) says.index_all = false;
    if (silenced) says.index.n = 0;
    return add_field(b, f, &says, true);
}

/* Patterns are compiled when all else is good. */
static bool compile(nr_index *ix, nr_regexes *patterns, nr_err *err)
{
    nr_err inner = {0};
    if (!ix->pattern.p) return true;
    ix->regex = nr_regex_get(patterns, ix->pattern, ix->caseless, &inner);
    return ix->regex || nr_fail(err, NR_E_BADVALUE, "fields.%.*s.index: %s", NR_FMT(ix->path.field->name), inner.msg);
}

/* A wish that cannot be met sleeps. */
static void add_wanted(builder *b, const nr_want *want)
{
    nr_err asleep = {0}, *err = b->err;
    b->owner = want->owner;
    b->err = &asleep;
    add_field(b, nr_schema_value(b->schema, want->field->id), want->field, false);
    b->err = err;
}

bool nr_wanted_indexes(const nr_schema *s, const nr_wants *wants, nr_regexes *patterns, nr_arena *arena, nr_index **out, size_t *n, nr_err *err)
{
    builder b = {.schema = s, .arena = arena, .err = err, .owner = NR_S(NR_OWNER_MODEL)};
    if (!s->abstract) add_pk(&b);
    for (size_t i = 0; i < s->n_fields; i++)
        if (!add_own(&b, &s->fields[i], wants && wants->silenced && wants->silenced[i])) return false;
    if (!s->abstract) add_several(&b);
    for (size_t i = 0; wants && !s->abstract && i < wants->list.n; i++) add_wanted(&b, &wants->list.at[i]);
    bool ok = true;
    size_t done = 0;
    for (; ok && done < b.out.n; done++) ok = compile(&b.out.at[done], patterns, err);
    if (!ok || s->abstract) nr_indexes_release(b.out.at, done);
    *out = b.out.at;
    *n = s->abstract ? 0 : b.out.n;
    return ok;
}

bool nr_schema_indexes(const nr_schema *s, nr_regexes *patterns, nr_arena *arena, nr_index **out, size_t *n, nr_err *err)
{
    return nr_wanted_indexes(s, NULL, patterns, arena, out, n, err);
}

bool nr_field_indexable(const nr_schema *s, const nr_field *says, nr_regexes *patterns, nr_arena *arena, nr_err *err)
{
    nr_err inner = {0};
    builder b = {.schema = s, .arena = arena, .err = &inner, .owner = NR_S(NR_OWNER_MODEL)};
    bool ok = add_field(&b, says, says, false);
    for (size_t i = 0; ok && i < b.out.n; i++) ok = compile(&b.out.at[i], patterns, &inner);
    nr_indexes_release(b.out.at, b.out.n);
    if (ok && b.unknown)
        return nr_fail(err, NR_E_NOMODEL, "field '%.*s' embeds model '%.*s', which is not defined", NR_FMT(says->name), NR_FMT(b.unknown->to));
    return ok || nr_fail(err, NR_E_NOLOOKUP, "%s", inner.msg);
}

void nr_indexes_release(nr_index *indexes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (indexes[i].regex) nr_regex_release(indexes[i].regex);
        indexes[i].regex = NULL;
    }
}

static bool same_pattern(const nr_index *ix, const nr_way *w, const nr_args *args)
{
    if (w->keyfn != &nr_key_matches) return true;
    return ix->caseless == ((w->flags & NR_WAY_CASELESS) != 0) && (!args || nr_slice_eq(ix->pattern, args->at->v.s));
}

/* Whether the index is of the elements of what the path gives. */
static bool leads_to_each(const nr_index *ix, const nr_path *path)
{
    nr_path list = ix->path;
    if (!list.n_steps || !list.steps[list.n_steps - 1].each || list.n_transforms) return false;
    list.n_steps--;
    list.free = path->free;
    return nr_path_eq(&list, path);
}

/* Whether the index's path is the lookup's, or one whose values rise with what the lookup's last, monotone transforms give. */
static bool path_leads(const nr_index *ix, const nr_path *path, const nr_lookup *l)
{
    nr_path lower = *path;
    if (l->takes == NR_LT_LIST) return leads_to_each(ix, path);
    if (nr_path_eq(&ix->path, path)) return true;
    if (ix->keyfn != &nr_key_value || ix->kind == NR_IX_SET) return false;
    while (lower.n_transforms && lower.transforms[lower.n_transforms - 1]->first) lower.n_transforms--;
    return lower.n_transforms < path->n_transforms && nr_path_eq(&ix->path, &lower);
}

const nr_way *nr_index_serves(const nr_index *ix, const nr_path *path, const nr_lookup *l, const nr_args *args)
{
    const nr_type *type = nr_path_type(path);
    if (ix->n_parts || ix->path.field != path->field || (type && !nr_lookup_suits(l, type))) return NULL;
    bool few = path->n_transforms && path->transforms[path->n_transforms - 1]->high;
    for (const nr_way *w = l->ways; w->keyfn; w++) {
        if (nr_way_keyfn(w, l, type) != ix->keyfn || !same_pattern(ix, w, args) || !path_leads(ix, path, l)) continue;
        if (ix->kind != NR_IX_SET || (w->flags & NR_WAY_POINTS) || few) return w;
    }
    return NULL;
}

bool nr_index_answers(const nr_index *ix, const nr_lookup *l)
{
    const nr_index first = {.kind = NR_IX_ORDERED, .path = ix->path, .keyfn = &nr_key_value};
    const nr_way *w = nr_index_serves(ix->n_parts ? &first : ix, &ix->path, l, NULL);
    return w && (w == &l->ways[0] || (w->flags & NR_WAY_EXACT));
}

static nr_value bound_below(const nr_spec *spec, const nr_transform *t, int64_t n, bool *none)
{
    nr_value v = NR_NULL;
    *none = t->first(spec, n, &v) == NR_FIRST_NONE;
    return v;
}

/* A stretch of what a transform gives is one of the values below: from where the first begins to where what is behind the last begins. */
static bool lower_span(const nr_spec *spec, const nr_transform *t, nr_probe *p)
{
    bool none = false, open = p->kind == NR_PB_SPAN;
    nr_value lo = p->lo, hi = open ? p->hi : p->lo;
    nr_probe out = {.kind = NR_PB_SPAN, .lo = NR_NULL, .hi = NR_NULL, .hi_open = true};
    if (lo.kind == NR_V_INT) {
        bool past = open && p->lo_open;
        if (past && lo.i == INT64_MAX) return false;
        out.lo = bound_below(spec, t, lo.i + past, &none);
        if (none) return false;
    }
    if (hi.kind == NR_V_INT && !(hi.i == INT64_MAX && !(open && p->hi_open))) {
        int64_t end = hi.i + !(open && p->hi_open);
        nr_value v = NR_NULL;
        nr_first f = t->first(spec, end, &v);
        if (f == NR_FIRST_ALL) return false; /* even the least value is not below */
        out.hi = v;                          /* NULL when no value is so high: no bound */
    }
    *p = out;
    return true;
}

void nr_probes_lower(const nr_path *path, size_t to, nr_probes *probes)
{
    for (size_t i = path->n_transforms; i > to; i--) {
        const nr_transform *t = path->transforms[i - 1];
        nr_path base = *path;
        base.n_transforms = (uint8_t)(i - 1);
        nr_spec spec = base.n_transforms ? (nr_spec){.type = nr_type_find(nr_slice_of(path->transforms[i - 2]->gives))} : nr_path_inner(path)->spec;
        size_t kept = 0;
        for (size_t k = 0; k < probes->n; k++) {
            nr_probe p = probes->at[k];
            bool null = p.kind == NR_PB_POINT && p.lo.kind == NR_V_NULL;
            if (null || lower_span(&spec, t, &p)) probes->at[kept++] = p;
        }
        probes->n = kept;
    }
}
