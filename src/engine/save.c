/* save.c -- NONREL.SAVE: options, then fields; one entity, or JSON with one or many. */
#include "engine/commands.h"
#include "engine/follow.h"
#include "engine/write.h"
#include "table/rows.h"

typedef enum mode { MODE_UPSERT, MODE_INSERT, MODE_UPDATE } mode;

typedef struct options {
    mode mode;
    const nr_field *by;
    bool json;
    nr_slice lives;    /* TTL or PXAT, as it came; NULL: neither */
    int64_t deadline;  /* then: milliseconds since 1970 UTC */
    bool by_clock;     /* it is TTL that stands there */
    NR_VEC(const nr_pred *) conditions; /* IF */
} options;

/* What one entity of the command brings. */
typedef struct row {
    bool *given;       /* by field id */
    nr_value *values;
    size_t next;       /* the id of the field that probably comes next */
    nr_slice *texts;   /* of SAVE with pairs, as they came; NULL for JSON */
} row;

typedef struct saver {
    nr_call *call;
    nr_model *model;
    nr_writer writer;
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
    if (s->opt.by) return nr_fail(&s->call->err, NR_E_SYNTAX, "BY stands twice");
    s->opt.by = nr_schema_need(s->model->schema, name, &s->call->err);
    if (!s->opt.by) return false;
    return s->opt.by->unique || s->opt.by->id == 0 ||
           nr_fail(&s->call->err, NR_E_SYNTAX, "BY needs a unique field, and '%.*s' is not unique", NR_FMT(s->opt.by->name));
}

static bool add_condition(saver *s, const nr_slice *argv, size_t argc, size_t *at)
{
    nr_call *c = s->call;
    nr_binder b = {.schema = s->model->schema, .with = nr_bind_with_of(c), .arena = &c->arena, .err = &c->err};
    b.with.others = NULL; /* the entity alone is asked */
    if (argc - *at < 3) return nr_fail(&c->err, NR_E_SYNTAX, "IF needs a lookup and its value");
    const nr_pred *p = nr_bind_leaf(&b, &(nr_ast_pair){argv[*at + 1], argv[*at + 2]});
    if (p) nr_vec_push(&c->arena, &s->opt.conditions, p);
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
    return s->opt.deadline > 0 || nr_fail(&c->err, NR_E_BADVALUE, "%s got %s, expected %s", NR_SHOW(word), NR_SHOW(argv[*at]),
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

static row new_row(saver *s)
{
    size_t n = s->model->schema->n_fields;
    return (row){NR_NEW_N(&s->call->arena, bool, n), NR_NEW_N(&s->call->arena, nr_value, n), 0, NULL};
}

/* Fields mostly come in the order of the definition. */
static const nr_field *find_field(saver *s, const row *r, nr_slice name)
{
    const nr_schema *of = s->model->schema;
    if (r->next < of->n_fields && nr_slice_eq(of->fields[r->next].name, name)) return &of->fields[r->next];
    return nr_schema_need(of, name, &s->call->err);
}

static const nr_field *give(saver *s, row *r, nr_slice name)
{
    const nr_field *f = find_field(s, r, name);
    if (!f) return NULL;
    r->next = f->id + 1;
    if (r->given[f->id]) {
        nr_fail(&s->call->err, NR_E_SYNTAX, "field '%.*s' is given twice", NR_FMT(f->name));
        return NULL;
    }
    r->given[f->id] = true;
    return f;
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
        const nr_field *f = give(s, r, null ? argv[i + 1] : argv[i]);
        if (!f) return false;
        if (null) continue;
        if (!read_value(s, f, argv[i + 1], &r->values[f->id])) return false;
        r->texts[f->id] = argv[i + 1];
    }
    return true;
}

static bool parse_object(saver *s, const nr_json *j, row *r)
{
    if (j->kind != NR_J_OBJECT) return nr_fail(&s->call->err, NR_E_BADVALUE, "SAVE JSON got %s, expected an object", nr_json_kind_name(j));
    for (size_t i = 0; i < j->n; i++) {
        const nr_field *f = give(s, r, j->names[i]);
        if (!f || !nr_field_read_json(f, &j->items[i], &s->call->arena, &r->values[f->id], &s->call->err)) return false;
    }
    return true;
}

static bool need_pk(saver *s, const row *r)
{
    nr_call *c = s->call;
    if (r->given[0] && r->values[0].kind == NR_V_NULL)
        return nr_fail(&c->err, NR_E_NOTNULL, "the primary key '%.*s' cannot be NULL", NR_FMT(nr_schema_pk(s->model->schema)->name));
    if (s->opt.by && !r->given[s->opt.by->id]) return nr_fail(&c->err, NR_E_SYNTAX, "BY %.*s needs a value of that field", NR_FMT(s->opt.by->name));
    if (s->opt.mode == MODE_UPDATE && !r->given[0] && !s->opt.by)
        return nr_fail(&c->err, NR_E_SYNTAX, "UPDATE needs the primary key, or BY a unique field");
    return true;
}

/* Who has the value of the BY field; *ch NULL: nobody. A pk that is given too must be the same one's. */
static bool find_by(saver *s, const row *r, nr_change **ch)
{
    nr_call *c = s->call;
    const nr_field *by = s->opt.by;
    bool failed;
    *ch = nr_writer_holder(&s->writer, by, &r->values[by->id], &failed);
    if (failed) return false;
    if (!*ch && s->opt.mode == MODE_UPDATE)
        return nr_fail(&c->err, NR_E_NOTFOUND, "no %.*s has that '%.*s'", NR_FMT(s->model->schema->name), NR_FMT(by->name));
    if (*ch && r->given[0] && s->opt.mode != MODE_INSERT && !nr_value_eq(&(*ch)->after[0], &r->values[0]))
        return nr_fail(&c->err, NR_E_CONFLICT, "the %.*s with that '%.*s' is %s, not the primary key given", NR_FMT(s->model->schema->name),
                       NR_FMT(by->name), NR_SHOW((*ch)->pk));
    return true;
}

/* The entity that the row means; a new one without pk gets it drawn. must_insert: one that is there already is an error. */
static nr_change *find_target(saver *s, const row *r, bool *must_insert)
{
    nr_value pk = r->values[0];
    bool by = s->opt.by && s->opt.by->id != 0;
    nr_change *ch = NULL;
    *must_insert = s->opt.mode == MODE_INSERT;
    if (!need_pk(s, r) || (by && !find_by(s, r, &ch))) return NULL;
    if (ch) return ch;
    *must_insert = *must_insert || by;
    if (!r->given[0] && !nr_writer_new_pk(&s->writer, &pk)) return NULL;
    ch = nr_writer_entity(&s->writer, &pk);
    if (ch && !ch->after && s->opt.mode != MODE_UPDATE) {
        if ((nr_schema_pk(s->model->schema)->type->flags & NR_TF_AUTO) && !nr_writer_raise(&s->writer, pk.i)) return NULL;
        nr_writer_edit(&s->writer, ch, &pk);
        ch->fresh = true;
    }
    return ch;
}

static bool check_mode(saver *s, const nr_change *ch, bool must_insert)
{
    nr_slice name = s->model->schema->name;
    if (must_insert && !ch->fresh) return nr_fail(&s->call->err, NR_E_EXISTS, "%.*s has an entity %s already", NR_FMT(name), NR_SHOW(ch->pk));
    if (s->opt.mode == MODE_UPDATE && !ch->after)
        return nr_fail(&s->call->err, NR_E_NOTFOUND, "%.*s has no entity %s", NR_FMT(name), NR_SHOW(ch->pk));
    return true;
}

/* The entity as it was before the command, whatever an earlier row of it did. */
static bool check_conditions(saver *s, const nr_change *ch)
{
    nr_call *c = s->call;
    nr_slice name = s->model->schema->name;
    for (size_t i = 0; i < s->opt.conditions.n; i++) {
        const nr_pred *p = s->opt.conditions.at[i];
        if (!ch->before) return nr_fail(&c->err, NR_E_CONFLICT, "%.*s has no entity %s, which IF asks about", NR_FMT(name), NR_SHOW(ch->pk));
        bool holds = nr_pred_eval(p, NULL, ch->before);
        nr_buf text = nr_buf_in(&c->arena);
        nr_pred_print(p, &text);
        nr_buf_byte(&text, 0);
        if (!holds) return nr_fail(&c->err, NR_E_CONFLICT, "%.*s %s is not as IF says: %s", NR_FMT(name), NR_SHOW(ch->pk), text.p);
    }
    return true;
}

static void set_deadline(saver *s, nr_change *ch)
{
    if (!s->opt.lives.p) nr_writer_age(&s->writer, ch);
    if (!s->opt.lives.p) return;
    ch->expires = true;
    ch->deadline = s->opt.deadline;
    if (s->opt.by_clock) s->writer.verbatim = false;
}

static nr_change *save_row(saver *s, const row *r)
{
    bool must_insert;
    nr_change *ch = find_target(s, r, &must_insert);
    if (!ch || !check_mode(s, ch, must_insert) || !check_conditions(s, ch)) return NULL;
    for (size_t i = 1; i < s->model->schema->n_fields; i++) {
        const nr_field *f = &s->model->schema->fields[i];
        if (r->given[i]) ch->after[i] = r->values[i];
        else if (!nr_writer_fill(&s->writer, ch, f)) return NULL;
        if (!nr_writer_meets_null(&s->writer, ch, f)) return NULL;
    }
    set_deadline(s, ch);
    ch->fresh = false;
    ch->texts = r->texts;
    nr_writer_edited(&s->writer, ch);
    return ch;
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
    row r = new_row(s);
    uint64_t changed;
    r.texts = NR_NEW_N(&s->call->arena, nr_slice, s->model->schema->n_fields);
    if (!parse_pairs(s, argv, argc, &r)) return false;
    s->writer.verbatim = r.given[0] && s->opt.mode == MODE_UPSERT && !s->opt.by && !s->opt.conditions.n && !s->resolved;
    const nr_change *ch = save_row(s, &r);
    if (!ch || !nr_writer_commit(&s->writer, &changed)) return false;
    reply_pk(s, ch);
    return true;
}

static bool save_array(saver *s, const nr_json *j)
{
    const nr_change **saved = NR_NEW_N(&s->call->arena, const nr_change *, j->n);
    uint64_t changed;
    row r = new_row(s);
    for (size_t i = 0; i < j->n; i++) {
        memset(r.given, 0, sizeof *r.given * s->model->schema->n_fields);
        memset(r.values, 0, sizeof *r.values * s->model->schema->n_fields);
        if (nr_writer_over_memory(&s->writer)) return false;
        if (!parse_object(s, &j->items[i], &r) || !(saved[i] = save_row(s, &r))) return false;
    }
    if (!nr_writer_commit(&s->writer, &changed)) return false;
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
    row r = new_row(s);
    uint64_t changed;
    if (!parse_object(s, j, &r)) return false;
    const nr_change *ch = save_row(s, &r);
    if (!ch || !nr_writer_commit(&s->writer, &changed)) return false;
    reply_pk(s, ch);
    return true;
}

static bool save(nr_call *c, nr_model *m, const nr_slice *argv, size_t argc)
{
    saver s = {.call = c, .model = m};
    size_t at;
    nr_writer_init(&s.writer, c, m);
    bool ok = parse_options(&s, argv, argc, &at) && (s.opt.json ? save_json(&s, argv + at, argc - at) : save_pairs(&s, argv + at, argc - at));
    nr_writer_clear(&s.writer);
    return ok;
}

/* Without a table nobody has looked at the indexes yet: when one of their keys is in the way, nothing was written, they are mended, and it goes again. */
bool nr_cmd_save(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_model *m = nr_model_need_for_save(c, argv[0]);
    if (!m) return false;
    bool looked = m->table || c->applied;
    if (save(c, m, argv, argc)) return true;
    if (looked || c->err.code != NR_E_CORRUPT || nr_catalog_marked(c->engine->catalog, c->db, argv[0]).p) return false;
    nr_err_clear(&c->err);
    return nr_follow_store(c, m) && save(c, m, argv, argc);
}
