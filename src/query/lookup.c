/* lookup.c -- the families of lookups, and the rules that turn probes into index ranges. */
#include "query/lookup.h"

#include "query/lookups.h"
#include "store/keys.h"

const nr_lookup *const nr_lookup_families[] = {nr_lookups_value, nr_lookups_text, nr_lookups_container, NULL};

const nr_lookup *nr_lookup_next(size_t *at)
{
    size_t n = (*at)++;
    for (const nr_lookup *const *family = nr_lookup_families; *family; family++)
        for (const nr_lookup *l = *family; l->name; l++)
            if (n-- == 0) return l;
    return NULL;
}

const nr_lookup *nr_lookup_find(nr_slice name)
{
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        if (nr_slice_is(name, l->name)) return l;
    return NULL;
}

const nr_lookup *nr_lookup_for(nr_slice name, const nr_type *type)
{
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        if (nr_slice_is(name, l->name) && (!type || nr_lookup_suits(l, type))) return l;
    return NULL;
}

/* What a type is to lookups, one bit each. */
enum { SCALAR = 1, BYTES = 2, LIST = 4, MAP = 8, MEMBERS = 16, FREE = 32 };

static unsigned kind_of(const nr_type *type)
{
    if (type->flags & NR_TF_BYTES) return BYTES;
    if (!(type->flags & NR_TF_CONTAINER)) return SCALAR;
    if (type->flags & NR_TF_MEMBERS) return MEMBERS;
    return type->reply == NR_REPLY_STRING ? FREE : type->reply == NR_REPLY_MAP ? MAP : LIST;
}

bool nr_lookup_suits(const nr_lookup *l, const nr_type *type)
{
    static const unsigned takes[] = {
        [NR_LT_NULL] = SCALAR | BYTES | LIST | MAP | MEMBERS | FREE,
        [NR_LT_ANY] = SCALAR | BYTES | MAP | MEMBERS | FREE,
        [NR_LT_EQUAL] = SCALAR | MAP | MEMBERS | FREE,
        [NR_LT_ORDERED] = SCALAR,
        [NR_LT_TEXT] = SCALAR | FREE,
        [NR_LT_JSON] = FREE,
        [NR_LT_LIST] = LIST,
        [NR_LT_KEYS] = MAP | FREE,
    };
    return takes[l->takes] & kind_of(type);
}

nr_form nr_lookup_form(const nr_lookup *l)
{
    return l->takes == NR_LT_TEXT ? NR_FORM_TEXT : l->takes == NR_LT_KEYS || l->takes == NR_LT_LIST ? NR_FORM_DOCUMENT : NR_FORM_VALUE;
}

/* The keys of a document are those of what is in it. */
const nr_way *nr_lookup_by_value(const nr_lookup *l)
{
    for (const nr_way *w = l->ways; nr_lookup_form(l) != NR_FORM_DOCUMENT && w->keyfn; w++)
        if (w->keyfn == &nr_key_value && (w->flags & NR_WAY_EXACT)) return w;
    return NULL;
}

const nr_keyfn *nr_way_keyfn(const nr_way *w, const nr_lookup *l, const nr_type *type)
{
    bool text = l->takes == NR_LT_TEXT && type && (type->kind != NR_V_TEXT || (type->flags & NR_TF_CONTAINER));
    return text && w->keyfn == &nr_key_value ? &nr_key_text : w->keyfn;
}

static bool is_null(const nr_value *v)
{
    return v->kind == NR_V_NULL;
}

nr_slice nr_bytes_after(nr_slice s, nr_arena *arena)
{
    nr_slice out = nr_arena_copy(arena, s);
    while ((unsigned char)out.p[out.n - 1] == 0xFF) out.n--;
    ((char *)out.p)[out.n - 1]++;
    return out;
}

static nr_slice component(const nr_value *v, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_key_add(v, &b);
    return nr_buf_slice(&b);
}

/* In an ordered index the pk follows the key, so "equal to v" is every member that begins with v's component. */
static void ordered_range(const nr_probe *p, nr_arena *arena, nr_range *out)
{
    if (p->kind == NR_PB_PREFIX) {
        nr_buf b = nr_buf_in(arena);
        nr_key_prefix(p->lo.s, &b);
        *out = (nr_range){.lo = nr_buf_slice(&b)};
        nr_buf end = nr_buf_in(arena);
        nr_buf_add(&end, out->lo);
        nr_buf_byte(&end, 0xFF);
        out->hi = nr_buf_slice(&end);
        out->hi_open = true;
    } else if (p->kind == NR_PB_POINT) {
        nr_slice c = component(&p->lo, arena);
        *out = (nr_range){.lo = c, .hi = nr_bytes_after(c, arena), .hi_open = true};
    } else {
        nr_slice lo = is_null(&p->lo) ? NR_S("\x01") : component(&p->lo, arena);
        nr_slice hi = is_null(&p->hi) ? NR_S("\x02") : component(&p->hi, arena);
        if (!is_null(&p->lo) && p->lo_open) lo = nr_bytes_after(lo, arena);
        if (!is_null(&p->hi) && !p->hi_open) hi = nr_bytes_after(hi, arena);
        *out = (nr_range){.lo = lo, .hi = hi, .hi_open = true};
    }
}

static nr_slice body(const nr_value *pk, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_pk_add(pk, &b);
    return nr_buf_slice(&b);
}

/* In the pk index a member is the pk alone: bounds mean what they say. */
static bool pk_range(const nr_probe *p, nr_arena *arena, nr_range *out)
{
    if (p->kind == NR_PB_PREFIX) {
        nr_buf b = nr_buf_in(arena);
        nr_buf_add(&b, p->lo.s);
        nr_buf_byte(&b, 0xFF);
        *out = (nr_range){.lo = p->lo.s, .hi = nr_buf_slice(&b), .hi_open = true};
    } else if (p->kind == NR_PB_POINT) {
        if (is_null(&p->lo)) return false;
        nr_slice b = body(&p->lo, arena);
        *out = (nr_range){.lo = b, .hi = b};
    } else {
        *out = (nr_range){.lo_open = p->lo_open, .hi_open = p->hi_open};
        if (!is_null(&p->lo)) out->lo = body(&p->lo, arena);
        if (!is_null(&p->hi)) out->hi = body(&p->hi, arena);
    }
    return true;
}

static bool holds_any(const nr_range *r)
{
    if (!r->lo.p || !r->hi.p) return true;
    int c = nr_slice_cmp(r->lo, r->hi);
    return c < 0 || (c == 0 && !r->lo_open && !r->hi_open);
}

bool nr_probe_range(const nr_index *ix, const nr_probe *p, nr_arena *arena, nr_range *out)
{
    if (ix->kind == NR_IX_PK) {
        if (!pk_range(p, arena, out)) return false;
    } else if (ix->n_parts) {
        *out = (nr_range){.lo = p->lo.s, .hi = nr_bytes_after(p->lo.s, arena), .hi_open = true};
    } else {
        ordered_range(p, arena, out);
    }
    return holds_any(out);
}

static nr_slice joined(nr_slice points, nr_slice bound, bool turned, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_buf_add(&b, points);
    nr_buf_add(&b, bound);
    if (turned) nr_key_turn(b.p + points.n, bound.n);
    return nr_buf_slice(&b);
}

/* Turned, what begins with the lower bound comes last, and what begins with the upper one is left out at the beginning. */
bool nr_probe_parts(const nr_index *ix, nr_slice points, size_t n_points, const nr_probe *p, nr_arena *arena, nr_range *out)
{
    nr_range r;
    if (!p) {
        *out = (nr_range){.lo = points, .hi = nr_bytes_after(points, arena), .hi_open = true};
        return true;
    }
    ordered_range(p, arena, &r);
    bool turned = ix->parts[n_points].descending;
    nr_slice lo = joined(points, r.lo, turned, arena), hi = joined(points, r.hi, turned, arena);
    *out = turned ? (nr_range){.lo = nr_bytes_after(hi, arena), .hi = nr_bytes_after(lo, arena), .hi_open = true}
                  : (nr_range){.lo = lo, .hi = hi, .hi_open = true};
    return holds_any(out);
}
