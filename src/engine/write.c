/* write.c -- collecting the changes of a command, and what can be refused about them. Applying them is apply.c. */
#include "engine/write.h"

#include "engine/apply.h"
#include "engine/follow.h"
#include "engine/target.h"
#include "store/keyfn.h"
#include "store/keys.h"
#include "exec/op.h"
#include "table/rows.h"
#include "table/table.h"

enum { FEW = 4 }; /* changes that are found by looking at each */

void nr_writer_init(nr_writer *w, nr_call *c, nr_model *m)
{
    *w = (nr_writer){.call = c, .model = m};
    nr_map_init(&w->by_pk, c->env);
    nr_map_init(&w->by_unique, c->env);
}

void nr_writer_clear(nr_writer *w)
{
    nr_map_clear(&w->by_pk);
    nr_map_clear(&w->by_unique);
}

bool nr_writer_over_memory(nr_writer *w)
{
    nr_call *c = w->call;
    if ((int64_t)c->arena.held <= c->limits.max_memory) return false;
    nr_fail(&c->err, NR_E_LIMIT, "the command needs more than %lld bytes of memory (nonrel.max-memory); write fewer entities at once",
            (long long)c->limits.max_memory);
    return true;
}

bool nr_writer_over_time(nr_writer *w)
{
    nr_call *c = w->call;
    if (c->env->mono_us(c->env->ctx) < c->deadline_us) return false;
    nr_fail(&c->err, NR_E_LIMIT, "the command takes more time than nonrel.max-time allows; write fewer entities at once");
    return true;
}

nr_change *nr_writer_known(const nr_writer *w, nr_slice pk)
{
    if (w->changes.n > FEW) return nr_map_get(&w->by_pk, pk);
    for (size_t i = 0; i < w->changes.n; i++)
        if (nr_slice_eq(w->changes.at[i]->pk, pk)) return w->changes.at[i];
    return NULL;
}

static void add_change(nr_writer *w, nr_change *ch)
{
    nr_vec_push(&w->call->arena, &w->changes, ch);
    size_t n = w->changes.n;
    for (size_t i = n == FEW + 1 ? 0 : n - 1; n > FEW && i < n; i++) nr_map_put(&w->by_pk, w->changes.at[i]->pk, w->changes.at[i]);
}

/* What is known of pk so far in this command, or read now, then it has no after; *found says what was there at first. NULL: err. */
static nr_change *look(nr_writer *w, const nr_value *pk, nr_found *found, bool *read)
{
    nr_call *c = w->call;
    nr_slice text = nr_arena_copy(&c->arena, nr_type_text(&nr_schema_pk(w->model->schema)->spec, pk, &c->arena));
    nr_change *ch = nr_writer_known(w, text);
    *found = ch && ch->before ? NR_FOUND : NR_ABSENT;
    *read = !ch;
    if (ch) return ch;
    if (nr_writer_over_memory(w)) return NULL;
    ch = NR_NEW(&c->arena, nr_change);
    ch->pk = text;
    ch->key = nr_entity_key(w->model, text, &c->arena);
    nr_value *values = NR_NEW_N(&c->arena, nr_value, nr_schema_values(w->model->schema));
    if (!nr_entity_read(w->model, c->store, c->env, text, NULL, true, &c->arena, values, found, &c->err)) return NULL;
    if (*found == NR_UNTYPED) {
        nr_model_untyped(w->model, &c->err);
        return NULL;
    }
    if (*found == NR_UNREADABLE) return ch;
    if (*found == NR_FOUND) ch->before = values;
    add_change(w, ch);
    return ch;
}

nr_change *nr_writer_entity(nr_writer *w, const nr_value *pk)
{
    nr_call *c = w->call;
    nr_found found;
    bool read;
    nr_change *ch = look(w, pk, &found, &read);
    if (ch && read && ch->before) nr_writer_edit(w, ch, pk);
    if (!ch || found != NR_UNREADABLE) return ch;
    bool hash = c->store->cls->holds(c->store, ch->key) == NR_HOLDS_HASH;
    nr_fail(&c->err, NR_E_CONFLICT, "key %s holds %s; delete or mend it first", NR_SHOW(ch->key),
            hash ? "a hash that does not decode by the definition" : "another type of value");
    return NULL;
}

bool nr_writer_remove(nr_writer *w, const nr_value *pk, nr_change **removed)
{
    nr_found found;
    bool read;
    nr_change *ch = look(w, pk, &found, &read);
    *removed = ch && found != NR_UNREADABLE && (read ? ch->before != NULL : ch->after != NULL) ? ch : NULL;
    if (*removed) ch->after = NULL;
    return ch != NULL;
}

void nr_writer_edit(nr_writer *w, nr_change *ch, const nr_value *pk)
{
    if (ch->after) return;
    size_t n = nr_schema_values(w->model->schema);
    ch->after = NR_NEW_N(&w->call->arena, nr_value, n);
    if (ch->before) memcpy(ch->after, ch->before, n * sizeof *ch->after);
    else ch->after[0] = *pk;
}

nr_change *nr_writer_row(nr_writer *w, const nr_value *pk)
{
    nr_change *ch = nr_writer_entity(w, pk);
    if (!ch || ch->after) return ch;
    if ((nr_schema_pk(w->model->schema)->type->flags & NR_TF_AUTO) && !nr_writer_raise(w, pk->i)) return NULL;
    nr_writer_edit(w, ch, pk);
    ch->fresh = true;
    return ch;
}

bool nr_writer_clock(nr_writer *w, nr_change *ch, const nr_field *f)
{
    nr_call *c = w->call;
    nr_value now = f->spec.type->now(c->now_us);
    w->verbatim = false;
    return nr_field_read(f, nr_type_text(&f->spec, &now, &c->arena), &c->arena, &ch->after[f->id], &c->err);
}

bool nr_writer_fill(nr_writer *w, nr_change *ch, const nr_field *f)
{
    nr_call *c = w->call;
    if (ch->fresh && f->default_json && !f->spec.type && !c->applied)
        return nr_fail(&c->err, NR_E_NOMODEL, "field '%.*s' refers to model '%.*s', which is not defined: its default has no type", NR_FMT(f->name),
                       NR_FMT(nr_field_unknown(f)));
    if (c->applied) return true;
    if (f->auto_now || (f->auto_now_add && ch->fresh)) return nr_writer_clock(w, ch, f);
    if (!ch->fresh || !f->has_default) return true;
    ch->after[f->id] = f->default_value;
    w->verbatim = false;
    return true;
}

int64_t nr_writer_deadline(const nr_call *c, int64_t seconds)
{
    int64_t now = c->now_us / 1000;
    return seconds < 1 || seconds > (INT64_MAX - (now > 0 ? now : 0)) / 1000 ? -1 : now + seconds * 1000;
}

void nr_writer_age(nr_writer *w, nr_change *ch)
{
    int64_t ttl = w->model->schema->ttl;
    if (!ch->fresh || !ttl || w->call->applied) return;
    ch->expires = true;
    ch->deadline = nr_writer_deadline(w->call, ttl);
    w->verbatim = false;
}

bool nr_writer_meets_null(nr_writer *w, const nr_change *ch, const nr_field *f)
{
    if (ch->after[f->id].kind != NR_V_NULL || f->null) return true;
    return nr_fail(&w->call->err, NR_E_NOTNULL, "field '%.*s' of %.*s cannot be NULL", NR_FMT(f->name), NR_FMT(w->model->schema->name));
}

/* A map key for one value of one unique field. */
static nr_slice unique_key(nr_arena *arena, const nr_field *f, const nr_value *v)
{
    nr_buf b = nr_buf_in(arena);
    nr_buf_add(&b, (nr_slice){(const char *)&f->id, sizeof f->id});
    nr_key_add(v, &b);
    return nr_buf_slice(&b);
}

void nr_writer_edited(nr_writer *w, nr_change *ch)
{
    const nr_schema *s = w->model->schema;
    for (size_t i = 1; i < s->n_fields; i++)
        if (s->fields[i].unique && ch->after[i].kind != NR_V_NULL)
            nr_map_put(&w->by_unique, unique_key(&w->call->arena, &s->fields[i], &ch->after[i]), ch);
}

static const nr_index *unique_index(const nr_model *m, const nr_field *f)
{
    for (size_t i = 0; i < m->n_indexes; i++)
        if (m->indexes[i].path.field == f && nr_index_enforces(&m->indexes[i]) && !m->indexes[i].together) return &m->indexes[i];
    return NULL;
}

/* The same, for an index in memory. */
static void each_row_holding(nr_writer *w, const nr_index *ix, const nr_value *v, bool (*fn)(nr_writer *w, nr_slice pk, void *ctx), void *ctx)
{
    const nr_model *m = w->model;
    const nr_ordered *o = m->table ? nr_table_ordered(m->table, (size_t)(ix - m->indexes)) : NULL;
    if (!o) return;
    uint64_t end = nr_ordered_rank(o, v, true);
    uint32_t row;
    for (uint64_t at = nr_ordered_rank(o, v, false); at < end; at++) {
        nr_ordered_read(o, at, false, 1, &row);
        if (!fn(w, nr_arena_copy(&w->call->arena, nr_rows_pk(m->rows, row)), ctx)) return;
    }
}

/* Calls fn with the pk of each entity that the index says has the key v, until it returns false. */
static bool each_holder(nr_writer *w, const nr_index *ix, const nr_value *v, bool (*fn)(nr_writer *w, nr_slice pk, void *ctx), void *ctx)
{
    nr_call *c = w->call;
    nr_kind pk_kind = nr_schema_pk(w->model->schema)->spec.type->kind;
    nr_probe probe = {.kind = NR_PB_POINT, .lo = *v, .hi = NR_NULL};
    nr_range r;
    if (ix->memory) each_row_holding(w, ix, v, fn, ctx);
    if (ix->memory || !nr_probe_range(ix, &probe, &c->arena, &r)) return true;
    for (;;) {
        nr_slices members = {0};
        nr_status st = c->store->cls->ordered_scan(c->store, ix->key, &r, false, 16, &c->arena, &members);
        if (!nr_status_good(st, ix->key, &c->err)) return false;
        for (size_t i = 0; i < members.n; i++) {
            nr_slice m = members.at[i];
            nr_slice body;
            nr_value pk;
            if (!nr_index_member_pk(ix, m, &body) || !nr_pk_decode(pk_kind, body, &pk)) continue;
            if (!fn(w, nr_type_text(&nr_schema_pk(w->model->schema)->spec, &pk, &c->arena), ctx)) return true;
        }
        if (members.n < 16) return true;
        r.lo = members.at[members.n - 1];
        r.lo_open = true;
    }
}

/* A stored holder counts unless this command has already changed it: what it will be then is in the maps. */
static bool first_unchanged(nr_writer *w, nr_slice pk, void *ctx)
{
    if (nr_writer_known(w, pk)) return true;
    *(nr_slice *)ctx = pk;
    return false;
}

nr_change *nr_writer_holder(nr_writer *w, const nr_field *f, const nr_value *v, bool *failed)
{
    *failed = false;
    if (v->kind == NR_V_NULL) return NULL;
    nr_change *ch = nr_map_get(&w->by_unique, unique_key(&w->call->arena, f, v));
    if (ch && ch->after && nr_value_eq(&ch->after[f->id], v)) return ch;
    nr_slice pk_text = {NULL, 0};
    *failed = !each_holder(w, unique_index(w->model, f), v, first_unchanged, &pk_text);
    if (*failed || !pk_text.p) return NULL;
    nr_value pk;
    bool good = nr_field_decode(nr_schema_pk(w->model->schema), pk_text, &w->call->arena, &pk);
    ch = good ? nr_writer_entity(w, &pk) : NULL;
    *failed = good && !ch;
    return ch && ch->after ? ch : NULL; /* an entry whose entity is gone names nobody */
}

static bool read_seq(nr_writer *w)
{
    nr_call *c = w->call;
    if (w->seq_read) return true;
    if (nr_follow_counter(w->model, &w->seq)) {
        w->seq_before = w->seq;
        return w->seq_read = true;
    }
    nr_status st = c->store->cls->counter_get(c->store, w->model->seq_key, &w->seq);
    if (st == NR_ST_WRONGTYPE) { /* somebody's key: it goes; no pk is drawn that an entity has */
        st = c->store->cls->remove(c->store, w->model->seq_key);
        w->seq = 0;
    }
    if (!nr_status_good(st, w->model->seq_key, &c->err)) return false;
    w->seq_before = w->seq;
    return w->seq_read = true;
}

/* The next one of the counter. */
static bool draw(nr_writer *w, nr_value *pk)
{
    nr_call *c = w->call;
    if (!read_seq(w)) return false;
    for (;;) {
        if (w->seq == INT64_MAX) return nr_fail(&c->err, NR_E_LIMIT, "the counter %s is exhausted; give the pk", NR_SHOW(w->model->seq_key));
        *pk = (nr_value){.kind = NR_V_INT, .i = ++w->seq};
        nr_slice text = nr_type_text(&nr_schema_pk(w->model->schema)->spec, pk, &c->arena);
        if (nr_writer_known(w, text)) continue;
        if (c->store->cls->holds(c->store, nr_entity_key(w->model, text, &c->arena)) == NR_HOLDS_NOTHING) return true;
    }
}

bool nr_writer_new_pk(nr_writer *w, nr_value *pk)
{
    const nr_field *f = nr_schema_pk(w->model->schema);
    if (f->type->flags & NR_TF_AUTO) return draw(w, pk);
    if (f->type->flags & NR_TF_DRAWN) *pk = f->type->draw(&w->call->arena);
    return (f->type->flags & NR_TF_DRAWN) ||
           nr_fail(&w->call->err, NR_E_NOTNULL, "the primary key '%.*s' of %.*s must be given", NR_FMT(f->name), NR_FMT(w->model->schema->name));
}

bool nr_writer_raise(nr_writer *w, int64_t pk)
{
    if (!read_seq(w)) return false;
    if (pk > w->seq) w->seq = pk;
    return true;
}

/* "field 'slug' of blog.Post: a", "fields 'author', 'slug' of blog.Post: 3, a". */
nr_slice nr_unique_text(const nr_model *m, const nr_index *ix, const nr_value *row, nr_arena *arena)
{
    nr_buf b = nr_buf_in(arena);
    nr_buf_add(&b, ix->n_parts > 1 ? NR_S("fields ") : NR_S("field "));
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        nr_buf_add(&b, i ? NR_S(", '") : NR_S("'"));
        nr_path_print(nr_index_path(ix, i), &b);
        nr_buf_byte(&b, '\'');
    }
    nr_buf_printf(&b, " of %.*s: ", NR_FMT(m->schema->name));
    for (size_t i = 0; i < nr_index_width(ix); i++) {
        const nr_path *path = nr_index_path(ix, i);
        nr_values given = {0};
        nr_path_values(path, &row[path->field->id], NR_FORM_VALUE, arena, &given);
        nr_buf_printf(&b, "%s%s", i ? ", " : "", NR_SHOW(nr_type_text(nr_path_spec(path), &given.at[0], arena)));
    }
    return nr_buf_slice(&b);
}

static bool not_unique(nr_writer *w, const nr_index *ix, const nr_change *ch, nr_slice pk)
{
    nr_slice what = nr_unique_text(w->model, ix, ch->after, &w->call->arena);
    return nr_fail(&w->call->err, NR_E_NOTUNIQUE, "%.*s is taken by %s", NR_FMT(what), NR_SHOW(pk));
}

/* A map key for one key of one index. */
static nr_slice key_of(nr_writer *w, const nr_index *ix, const nr_value *v)
{
    nr_buf b = nr_buf_in(&w->call->arena);
    size_t place = (size_t)(ix - w->model->indexes);
    nr_buf_add(&b, (nr_slice){(const char *)&place, sizeof place});
    nr_key_add(v, &b);
    return nr_buf_slice(&b);
}

/* The state after the whole command must have each key once: among the changed entities by a map, against all others by the index. */
static bool check_unique(nr_writer *w, nr_map *final, nr_change *ch, const nr_index *ix)
{
    nr_value v, before;
    nr_arena *arena = &w->call->arena;
    if (!nr_index_unique_key(ix, ch->after, arena, &v)) return true;
    if (w->changes.n > 1) {
        nr_change *other = nr_map_put(final, key_of(w, ix, &v), ch);
        if (other) return not_unique(w, ix, ch, other->pk);
    }
    if (ch->before && nr_index_unique_key(ix, ch->before, arena, &before) && nr_value_eq(&before, &v)) return true;
    nr_slice taken = {NULL, 0};
    if (!each_holder(w, ix, &v, first_unchanged, &taken)) return false;
    return !taken.p || not_unique(w, ix, ch, taken);
}

static bool check_all_unique(nr_writer *w)
{
    nr_map final;
    nr_map_init(&final, w->call->env);
    bool ok = true;
    for (size_t i = 0; ok && i < w->changes.n; i++)
        for (size_t k = 0; ok && w->changes.at[i]->after && k < w->model->n_indexes; k++)
            if (nr_index_enforces(&w->model->indexes[k])) ok = check_unique(w, &final, w->changes.at[i], &w->model->indexes[k]);
    nr_map_clear(&final);
    return ok;
}

bool nr_writers_commit(nr_writer *const *ws, size_t n, uint64_t *changed)
{
    bool applied = ws[0]->call->applied;
    for (size_t i = 0; i < n && !applied; i++)
        if (!check_all_unique(ws[i])) return false;
    return (applied || nr_targets_check(ws, n)) && nr_apply(ws, n, changed);
}

bool nr_writer_commit(nr_writer *w, uint64_t *changed)
{
    return nr_writers_commit(&w, 1, changed);
}
