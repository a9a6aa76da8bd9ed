/* save.c -- NONREL.SAVE: options, then fields; one entity, or JSON with one or many.
 *
 * An entity of a model that extends a concrete one is a row at each level (engine/levels.h): what is said here of fields, values and changes is
 * said by level. Level 0 is the model's own, and decides whether there is such an entity; rows above it that are missing are made. */
#include "engine/commands.h"
#include "engine/follow.h"
#include "engine/levels.h"
#include "engine/write.h"
#include "table/rows.h"

typedef enum mode { MODE_UPSERT, MODE_INSERT, MODE_UPDATE } mode;

/* IF */
typedef struct condition {
    const nr_pred *pred;
    size_t level;
} condition;

typedef struct options {
    mode mode;
    nr_spot by;        /* field NULL: there is no BY */
    bool json;
    nr_slice lives;    /* TTL or PXAT, as it came; NULL: neither */
    int64_t deadline;  /* then: milliseconds since 1970 UTC */
    bool by_clock;     /* it is TTL that stands there */
    NR_VEC(condition) conditions;
} options;

/* What one entity of the command brings to a level. */
typedef struct part {
    bool *given;       /* by field id */
    nr_value *values;
    nr_slice *texts;   /* of SAVE with pairs, as they came; NULL for JSON */
    bool any;          /* something is given */
} part;

typedef struct row {
    part *parts;       /* by level */
    nr_spot next;      /* the field that was given last: its neighbour probably comes next */
} row;

typedef struct saver {
    nr_call *call;
    nr_model *model;
    nr_levels levels;
    nr_writer *writers; /* by level */
    bool knows_beside;  /* the other models that may have rows of the same entities were looked for: */
    nr_levels beside;
    nr_writer *beside_writers;
    options opt;
    bool resolved; /* a value was stored otherwise than it came, by what the definition says now */
} saver;

static bool set_mode(saver *s, mode m)
{
    if (s->opt.mode != MODE_UPSERT) return nr_fail(&s->call->err, NR_E_SYNTAX, "INSERT or UPDATE stands once and alone");
    s->opt.mode = m;
    return true;
}

static bool set_by(saver *s, nr_slice name)
{
    if (s->opt.by.field) return nr_fail(&s->call->err, NR_E_SYNTAX, "BY stands twice");
    if (!nr_levels_find(&s->levels, name, &s->opt.by, &s->call->err)) return false;
    return s->opt.by.field->unique || s->opt.by.field->id == 0 ||
           nr_fail(&s->call->err, NR_E_SYNTAX, "BY needs a unique field, and '%.*s' is not unique", NR_FMT(s->opt.by.field->name));
}

/* Whose field a lookup of IF begins with: what is nobody's is said of level 0. */
static size_t level_of(const saver *s, nr_slice path)
{
    nr_slice name = {path.p, nr_path_split(path)};
    for (size_t i = 0; i < s->levels.n; i++)
        if (nr_schema_field(s->levels.at[i]->schema, name)) return i;
    return 0;
}

static bool add_condition(saver *s, const nr_slice *argv, size_t argc, size_t *at)
{
    nr_call *c = s->call;
    if (argc - *at < 3) return nr_fail(&c->err, NR_E_SYNTAX, "IF needs a lookup and its value");
    size_t level = level_of(s, argv[*at + 1]);
    nr_binder b = {.schema = s->levels.at[level]->schema, .with = nr_bind_with_of(c), .arena = &c->arena, .err = &c->err};
    b.with.others = NULL; /* the entity alone is asked */
    const nr_pred *p = nr_bind_leaf(&b, &(nr_ast_pair){argv[*at + 1], argv[*at + 2]});
    if (p) nr_vec_push(&c->arena, &s->opt.conditions, (condition){p, level});
    *at += 2;
    return p != NULL;
}

static bool set_lifetime(saver *s, const nr_slice *argv, size_t argc, size_t *at)
{
    nr_call *c = s->call;
    nr_slice word = argv[*at];
    int64_t n;
    bool ttl = nr_slice_is(word, "TTL");
    if (s->opt.lives.p) return nr_fail(&c->err, NR_E_SYNTAX, "TTL or PXAT stands once and alone");
    if (++*at == argc) return nr_fail(&c->err, NR_E_SYNTAX, ttl ? "TTL needs seconds" : "PXAT needs milliseconds since 1970");
    s->opt.lives = argv[*at];
    s->opt.by_clock = ttl;
    s->opt.deadline = !nr_parse_int64(argv[*at], &n) ? -1 : ttl ? nr_writer_deadline(c, n) : n;
    return s->opt.deadline > 0 ||
           nr_fail(&c->err, NR_E_BADVALUE, "%s got %s, expected %s", NR_SHOW(word), NR_SHOW(argv[*at]),
                   ttl ? "seconds: a whole number above 0 that leads to no moment after 2^63 ms" : "milliseconds since 1970, above 0");
}

/* Options come first and in capitals only; *at stands behind them. */
static bool parse_options(saver *s, const nr_slice *argv, size_t argc, size_t *at)
{
    for (*at = 1; *at < argc; ++*at) {
        nr_slice w = argv[*at];
        if (nr_slice_is(w, "INSERT")) {
            if (!set_mode(s, MODE_INSERT)) return false;
        } else if (nr_slice_is(w, "UPDATE")) {
            if (!set_mode(s, MODE_UPDATE)) return false;
        } else if (nr_slice_is(w, "BY")) {
            if (++*at == argc) return nr_fail(&s->call->err, NR_E_SYNTAX, "BY needs the name of a unique field");
            if (!set_by(s, argv[*at])) return false;
        } else if (nr_slice_is(w, "IF")) {
            if (!add_condition(s, argv, argc, at)) return false;
        } else if (nr_slice_is(w, "TTL") || nr_slice_is(w, "PXAT")) {
            if (!set_lifetime(s, argv, argc, at)) return false;
        } else if (nr_slice_is(w, "JSON")) {
            s->opt.json = true;
            ++*at;
            return true;
        } else {
            return true;
        }
    }
    return true;
}

static row new_row(saver *s, bool texts)
{
    nr_arena *arena = &s->call->arena;
    row r = {.parts = NR_NEW_N(arena, part, s->levels.n)};
    for (size_t i = 0; i < s->levels.n; i++) {
        size_t n = s->levels.at[i]->schema->n_fields;
        r.parts[i] =
            (part){.given = NR_NEW_N(arena, bool, n), .values = NR_NEW_N(arena, nr_value, n), .texts = texts ? NR_NEW_N(arena, nr_slice, n) : NULL};
    }
    return r;
}

static void clear_row(const saver *s, row *r)
{
    for (size_t i = 0; i < s->levels.n; i++) {
        part *p = &r->parts[i];
        size_t n = s->levels.at[i]->schema->n_fields;
        memset(p->given, 0, sizeof *p->given * n);
        memset(p->values, 0, sizeof *p->values * n);
        p->any = false;
    }
}

/* Fields mostly come in the order of the definition. */
static bool find_field(saver *s, const row *r, nr_slice name, nr_spot *out)
{
    const nr_schema *of = s->levels.at[r->next.level]->schema;
    size_t next = r->next.field ? r->next.field->id + 1u : 0;
    *out = (nr_spot){NULL, r->next.level};
    if (next < of->n_fields && (next || !r->next.level) && nr_slice_eq(of->fields[next].name, name)) out->field = &of->fields[next];
    return out->field || nr_levels_find(&s->levels, name, out, &s->call->err);
}

static bool give(saver *s, row *r, nr_slice name, nr_spot *out)
{
    if (!find_field(s, r, name, out)) return false;
    part *p = &r->parts[out->level];
    r->next = *out;
    if (p->given[out->field->id]) return nr_fail(&s->call->err, NR_E_SYNTAX, "field '%.*s' is given twice", NR_FMT(out->field->name));
    return p->any = p->given[out->field->id] = true;
}

/* What a primary has let in is not held to the options again. A container may have got defaults inside: copies get the result. */
static bool read_value(saver *s, const nr_field *f, nr_slice text, nr_value *out)
{
    nr_call *c = s->call;
    if (c->applied && nr_field_decode(f, text, &c->arena, out)) return true;
    if (!nr_field_read(f, text, &c->arena, out, &c->err)) return false;
    s->resolved = s->resolved || ((f->spec.type->flags & NR_TF_CONTAINER) && !nr_slice_eq(out->s, text));
    return true;
}

static bool parse_pairs(saver *s, const nr_slice *argv, size_t argc, row *r)
{
    for (size_t i = 0; i < argc; i += 2) {
        bool null = nr_slice_is(argv[i], "NULL");
        if (i + 1 == argc)
            return nr_fail(&s->call->err, NR_E_SYNTAX, null ? "NULL needs a field: %s is the last argument" : "field %s has no value",
                           NR_SHOW(argv[i]));
        nr_spot at;
        if (!give(s, r, null ? argv[i + 1] : argv[i], &at)) return false;
        if (null) continue;
        part *p = &r->parts[at.level];
        if (!read_value(s, at.field, argv[i + 1], &p->values[at.field->id])) return false;
        p->texts[at.field->id] = argv[i + 1];
    }
    return true;
}

static bool parse_object(saver *s, const nr_json *j, row *r)
{
    if (j->kind != NR_J_OBJECT) return nr_fail(&s->call->err, NR_E_BADVALUE, "SAVE JSON got %s, expected an object", nr_json_kind_name(j));
    for (size_t i = 0; i < j->n; i++) {
        nr_spot at;
        if (!give(s, r, j->names[i], &at)) return false;
        if (!nr_field_read_json(at.field, &j->items[i], &s->call->arena, &r->parts[at.level].values[at.field->id], &s->call->err)) return false;
    }
    return true;
}

static bool need_pk(saver *s, const row *r)
{
    nr_call *c = s->call;
    const part *own = &r->parts[0];
    nr_spot by = s->opt.by;
    if (own->given[0] && own->values[0].kind == NR_V_NULL)
        return nr_fail(&c->err, NR_E_NOTNULL, "the primary key '%.*s' cannot be NULL", NR_FMT(nr_schema_pk(s->model->schema)->name));
    if (by.field && !r->parts[by.level].given[by.field->id])
        return nr_fail(&c->err, NR_E_SYNTAX, "BY %.*s needs a value of that field", NR_FMT(by.field->name));
    if (s->opt.mode == MODE_UPDATE && !own->given[0] && !by.field)
        return nr_fail(&c->err, NR_E_SYNTAX, "UPDATE needs the primary key, or BY a unique field");
    return true;
}

/* Who has the value of the BY field; *ch NULL: nobody. A pk that is given too must be the same one's. */
static bool find_by(saver *s, const row *r, nr_change **ch)
{
    nr_call *c = s->call;
    const nr_field *by = s->opt.by.field;
    const part *own = &r->parts[0];
    bool failed;
    *ch = nr_writer_holder(&s->writers[s->opt.by.level], by, &r->parts[s->opt.by.level].values[by->id], &failed);
    if (failed) return false;
    if (!*ch && s->opt.mode == MODE_UPDATE)
        return nr_fail(&c->err, NR_E_NOTFOUND, "no %.*s has that '%.*s'", NR_FMT(s->model->schema->name), NR_FMT(by->name));
    if (*ch && own->given[0] && s->opt.mode != MODE_INSERT && !nr_value_eq(&(*ch)->after[0], &own->values[0]))
        return nr_fail(&c->err, NR_E_CONFLICT, "the %.*s with that '%.*s' is %s, not the primary key given", NR_FMT(s->model->schema->name),
                       NR_FMT(by->name), NR_SHOW((*ch)->pk));
    return true;
}

/* Whether no level has a key of that pk. */
static bool is_free(saver *s, const nr_value *pk)
{
    nr_call *c = s->call;
    for (size_t i = 0; i + 1 < s->levels.n; i++) {
        nr_slice text = nr_type_text(&nr_schema_pk(s->levels.at[i]->schema)->spec, pk, &c->arena);
        if (c->store->cls->holds(c->store, nr_entity_key(s->levels.at[i], text, &c->arena)) != NR_HOLDS_NOTHING) return false;
    }
    return true;
}

/* Keys are the topmost model's, which looks after its own. */
static bool draw_pk(saver *s, nr_value *pk)
{
    do {
        if (!nr_writer_new_pk(&s->writers[s->levels.n - 1], pk)) return false;
    } while (!is_free(s, pk));
    return true;
}

/* The entity that the row means; a new one without pk gets it drawn. must_insert: one that is there already is an error. */
static nr_change *find_target(saver *s, const row *r, bool *must_insert)
{
    nr_value pk = r->parts[0].values[0];
    bool by = s->opt.by.field && s->opt.by.field->id != 0;
    nr_change *ch = NULL;
    *must_insert = s->opt.mode == MODE_INSERT;
    if (!need_pk(s, r) || (by && !find_by(s, r, &ch))) return NULL;
    if (ch && !s->opt.by.level) return ch;
    *must_insert = *must_insert || (by && !ch);
    if (ch) pk = ch->after[0];
    else if (!r->parts[0].given[0] && !draw_pk(s, &pk)) return NULL;
    return s->opt.mode == MODE_UPDATE ? nr_writer_entity(&s->writers[0], &pk) : nr_writer_row(&s->writers[0], &pk);
}

static bool check_mode(saver *s, const nr_change *ch, bool must_insert)
{
    nr_slice name = s->model->schema->name;
    if (must_insert && !ch->fresh) return nr_fail(&s->call->err, NR_E_EXISTS, "%.*s has an entity %s already", NR_FMT(name), NR_SHOW(ch->pk));
    if (s->opt.mode == MODE_UPDATE && !ch->after)
        return nr_fail(&s->call->err, NR_E_NOTFOUND, "%.*s has no entity %s", NR_FMT(name), NR_SHOW(ch->pk));
    return true;
}

/* The entity as it was before the command, whatever an earlier row of it did. Above a level without a row all is NULL, as along any path. */
static bool holds(saver *s, const condition *k, nr_change *const *rows)
{
    size_t level = 0;
    while (level < k->level && rows[level]->before) level++;
    const nr_value *values = level == k->level ? rows[level]->before : NULL;
    if (!values) values = NR_NEW_N(&s->call->arena, nr_value, s->levels.at[k->level]->schema->n_fields);
    return nr_pred_eval(k->pred, NULL, values);
}

static bool check_conditions(saver *s, nr_change *const *rows)
{
    nr_call *c = s->call;
    nr_slice name = s->model->schema->name;
    for (size_t i = 0; i < s->opt.conditions.n; i++) {
        const condition *k = &s->opt.conditions.at[i];
        if (!rows[0]->before)
            return nr_fail(&c->err, NR_E_CONFLICT, "%.*s has no entity %s, which IF asks about", NR_FMT(name), NR_SHOW(rows[0]->pk));
        bool good = holds(s, k, rows);
        nr_buf text = nr_buf_in(&c->arena);
        nr_pred_print(k->pred, &text);
        nr_buf_byte(&text, 0);
        if (!good) return nr_fail(&c->err, NR_E_CONFLICT, "%.*s %s is not as IF says: %s", NR_FMT(name), NR_SHOW(rows[0]->pk), text.p);
    }
    return true;
}

static void expire_at(nr_change *ch, int64_t deadline)
{
    ch->expires = true;
    ch->deadline = deadline;
}

/* What an entity had before the command; -1: nothing. */
static int64_t deadline_before(saver *s, nr_change *const *rows)
{
    nr_store *store = s->call->store;
    for (size_t i = 0; i < s->levels.n; i++)
        if (rows[i] && rows[i]->before) return store->cls->deadline(store, rows[i]->key);
    return -1;
}

/* All rows of an entity have one deadline: those that come to others get theirs. */
static void share_deadline(saver *s, nr_change *const *rows)
{
    int64_t before = rows[0]->expires || s->call->applied ? -1 : deadline_before(s, rows);
    for (size_t i = 0; i < s->levels.n; i++) {
        if (rows[i] && rows[0]->expires) expire_at(rows[i], rows[0]->deadline);
        else if (rows[i] && rows[i]->fresh && before > 0) expire_at(rows[i], before);
    }
}

static bool find_beside(saver *s)
{
    nr_call *c = s->call;
    if (s->knows_beside) return true;
    if (!nr_levels_beside(c, &s->levels, nr_model_need_for_save, &s->beside)) return false;
    s->beside_writers = NR_NEW_N(&c->arena, nr_writer, s->beside.n);
    for (size_t i = 0; i < s->beside.n; i++) nr_writer_init(&s->beside_writers[i], c, s->beside.at[i]);
    return s->knows_beside = true;
}

/* What is no entity there is let alone. */
static bool expire_row(saver *s, nr_writer *w, const nr_change *of)
{
    nr_call *c = s->call;
    nr_change *ch = nr_writer_entity(w, &of->after[0]);
    if (!ch && c->err.code == NR_E_CONFLICT) nr_err_clear(&c->err);
    if (ch && ch->after) expire_at(ch, of->deadline);
    if (ch && ch->after) s->writers[0].verbatim = false;
    return !c->err.code;
}

/* An entity that was there may have rows in other models too: of whoever extends one of these. */
static bool expire_beside(saver *s, nr_change *const *rows)
{
    const nr_change *top = rows[s->levels.n - 1];
    if (!rows[0]->expires || s->call->applied || !top->before) return true;
    if (!find_beside(s)) return false;
    for (size_t i = 0; i < s->beside.n; i++)
        if (!expire_row(s, &s->beside_writers[i], rows[0])) return false;
    return true;
}

static bool set_deadline(saver *s, nr_change *const *rows)
{
    if (!s->opt.lives.p) nr_writer_age(&s->writers[0], rows[0]);
    else expire_at(rows[0], s->opt.deadline);
    if (s->opt.lives.p && s->opt.by_clock) s->writers[0].verbatim = false;
    if (s->levels.n > 1) share_deadline(s, rows);
    return expire_beside(s, rows);
}

static bool fill(saver *s, size_t level, nr_change *ch, const part *p)
{
    const nr_schema *schema = s->levels.at[level]->schema;
    nr_writer *w = &s->writers[level];
    for (size_t i = 1; i < schema->n_fields; i++) {
        const nr_field *f = &schema->fields[i];
        if (p->given[i]) ch->after[i] = p->values[i];
        else if (!nr_writer_fill(w, ch, f)) return false;
        if (!nr_writer_meets_null(w, ch, f)) return false;
    }
    ch->texts = p->texts;
    return true;
}

/* The rows above an entity. What a primary has resolved says by itself which of them change. */
static bool find_above(saver *s, const row *r, nr_change **rows)
{
    for (size_t i = 1; i < s->levels.n; i++) {
        bool skip = s->call->applied && !r->parts[i].any;
        if (!skip && !(rows[i] = nr_writer_row(&s->writers[i], &rows[0]->after[0]))) return false;
    }
    return true;
}

static nr_change *save_row(saver *s, const row *r)
{
    bool must_insert;
    nr_change **rows = NR_NEW_N(&s->call->arena, nr_change *, s->levels.n);
    rows[0] = find_target(s, r, &must_insert);
    if (!rows[0] || !check_mode(s, rows[0], must_insert) || !find_above(s, r, rows) || !check_conditions(s, rows)) return NULL;
    for (size_t i = 0; i < s->levels.n; i++)
        if (rows[i] && !fill(s, i, rows[i], &r->parts[i])) return NULL;
    if (!set_deadline(s, rows)) return NULL;
    for (size_t i = 0; i < s->levels.n; i++) {
        if (!rows[i]) continue;
        rows[i]->fresh = false;
        nr_writer_edited(&s->writers[i], rows[i]);
    }
    return rows[0];
}

/* The topmost rows come first, for copies too. */
static bool commit(saver *s)
{
    size_t n = s->levels.n;
    nr_writer **ws = NR_NEW_N(&s->call->arena, nr_writer *, n + s->beside.n);
    uint64_t changed;
    for (size_t i = 0; i < n; i++) ws[i] = &s->writers[n - 1 - i];
    for (size_t i = 0; i < s->beside.n; i++) ws[n + i] = &s->beside_writers[i];
    return nr_writers_commit(ws, n + s->beside.n, &changed);
}

static void reply_pk(saver *s, const nr_change *ch)
{
    nr_sink *sink = s->call->sink;
    if (ch->after[0].kind == NR_V_INT && nr_schema_pk(s->model->schema)->spec.type->reply == NR_REPLY_INTEGER)
        sink->cls->integer(sink, ch->after[0].i);
    else sink->cls->bulk(sink, ch->pk);
}

static bool save_pairs(saver *s, const nr_slice *argv, size_t argc)
{
    row r = new_row(s, true);
    if (!parse_pairs(s, argv, argc, &r)) return false;
    bool plain = r.parts[0].given[0] && s->opt.mode == MODE_UPSERT && !s->opt.by.field && !s->opt.conditions.n && s->levels.n == 1;
    s->writers[0].verbatim = plain && !s->resolved;
    const nr_change *ch = save_row(s, &r);
    if (!ch || !commit(s)) return false;
    reply_pk(s, ch);
    return true;
}

static bool save_array(saver *s, const nr_json *j)
{
    const nr_change **saved = NR_NEW_N(&s->call->arena, const nr_change *, j->n);
    row r = new_row(s, false);
    for (size_t i = 0; i < j->n; i++) {
        clear_row(s, &r);
        if (nr_writer_over_memory(&s->writers[0])) return false;
        if (!parse_object(s, &j->items[i], &r) || !(saved[i] = save_row(s, &r))) return false;
    }
    if (!commit(s)) return false;
    s->call->sink->cls->array(s->call->sink, j->n);
    for (size_t i = 0; i < j->n; i++) reply_pk(s, saved[i]);
    return true;
}

static bool save_json(saver *s, const nr_slice *argv, size_t argc)
{
    nr_call *c = s->call;
    if (argc != 1) return nr_fail(&c->err, NR_E_SYNTAX, "JSON takes one argument, got %zu", argc);
    const nr_json *j = nr_json_parse(argv[0], nr_json_budget(c), &c->arena, &c->err);
    if (!j) return false;
    if (j->kind == NR_J_ARRAY) return save_array(s, j);
    row r = new_row(s, false);
    if (!parse_object(s, j, &r)) return false;
    const nr_change *ch = save_row(s, &r);
    if (!ch || !commit(s)) return false;
    reply_pk(s, ch);
    return true;
}

static bool save(nr_call *c, const nr_levels *levels, const nr_slice *argv, size_t argc)
{
    saver s = {.call = c, .model = levels->at[0], .levels = *levels, .writers = NR_NEW_N(&c->arena, nr_writer, levels->n)};
    size_t at;
    for (size_t i = 0; i < levels->n; i++) nr_writer_init(&s.writers[i], c, levels->at[i]);
    bool ok = parse_options(&s, argv, argc, &at) && (s.opt.json ? save_json(&s, argv + at, argc - at) : save_pairs(&s, argv + at, argc - at));
    for (size_t i = 0; i < levels->n; i++) nr_writer_clear(&s.writers[i]);
    for (size_t i = 0; s.knows_beside && i < s.beside.n; i++) nr_writer_clear(&s.beside_writers[i]);
    return ok;
}

/* Whether all indexes have been looked at. */
static bool are_looked_at(const nr_levels *levels)
{
    bool all = true;
    for (size_t i = 0; i < levels->n; i++) all = all && levels->at[i]->table;
    return all;
}

static bool look_at(nr_call *c, const nr_levels *levels)
{
    for (size_t i = 0; i < levels->n; i++)
        if (!nr_follow_store(c, levels->at[i])) return false;
    return true;
}

static bool any_marked(nr_call *c, const nr_levels *levels)
{
    bool any = false;
    for (size_t i = 0; i < levels->n; i++) any = any || nr_catalog_marked(c->engine->catalog, c->db, levels->at[i]->schema->name).p;
    return any;
}

/* Without a table nobody has looked at the indexes yet: when one of their keys is in the way, nothing was written, they are mended, and it goes again. */
bool nr_cmd_save(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_save(c, argv[0]);
    nr_levels levels;
    if (!m || !nr_levels_of(c, m, nr_model_need_for_save, true, &levels)) return false;
    bool looked = c->applied || are_looked_at(&levels);
    if (save(c, &levels, argv, argc)) return true;
    if (looked || c->err.code != NR_E_CORRUPT || any_marked(c, &levels)) return false;
    nr_err_clear(&c->err);
    return look_at(c, &levels) && save(c, &levels, argv, argc);
}
