/* world.c -- the sink keeps a stack of open arrays and maps, so that it knows when a reply is whole. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/store_mem.h"

enum { DEEPEST = 80, WORDS_MAX = 4096 };

void world_fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    abort();
}

/* -- text -------------------------------------------------------------------------------------------------------------------------------- */

void text_clear(text *t)
{
    t->n = 0;
    if (t->p) t->p[0] = 0;
}

void text_add(text *t, nr_slice s)
{
    if (t->cap < t->n + s.n + 1) {
        t->cap = (t->n + s.n + 1) * 2;
        t->p = realloc(t->p, t->cap);
        if (!t->p) abort();
    }
    if (s.n) memcpy(t->p + t->n, s.p, s.n);
    t->n += s.n;
    t->p[t->n] = 0;
}

void text_addf(text *t, const char *fmt, ...)
{
    char line[2048];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof line) abort();
    text_add(t, (nr_slice){line, (size_t)n});
}

void text_quote(text *t, nr_slice s)
{
    text_add(t, NR_S("\""));
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 32 || c > 126 || c == '"' || c == '\\') text_addf(t, "\\x%02x", c);
        else text_add(t, (nr_slice){s.p + i, 1});
    }
    text_add(t, NR_S("\""));
}

/* -- the sink ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct open_reply {
    size_t left; /* items to come */
    bool map, is_value;
    const char *close;
} open_reply;

typedef struct text_sink {
    nr_sink sink;
    world *w;
    open_reply open[DEEPEST];
    size_t depth;
    bool whole; /* a complete reply has been sent */
} text_sink;

static text_sink *begin(nr_sink *sink)
{
    text_sink *s = (text_sink *)sink;
    s->w->n_sent++;
    if (s->whole) world_fail("a second reply follows %s", s->w->reply.p);
    if (s->depth && s->open[s->depth - 1].is_value) text_add(&s->w->reply, NR_S("="));
    return s;
}

static void end(text_sink *s)
{
    while (s->depth) {
        open_reply *o = &s->open[s->depth - 1];
        if (o->left) o->left--;
        if (o->map) o->is_value = !o->is_value;
        if (o->left) {
            if (!o->is_value) text_add(&s->w->reply, NR_S(","));
            return;
        }
        text_add(&s->w->reply, nr_slice_of(o->close));
        s->depth--;
    }
    s->whole = true;
}

static void open_group(nr_sink *sink, size_t items, bool map, const char *open, const char *close)
{
    text_sink *s = begin(sink);
    text_add(&s->w->reply, nr_slice_of(open));
    if (items == 0) {
        text_add(&s->w->reply, nr_slice_of(close));
        end(s);
        return;
    }
    if (s->depth == DEEPEST) world_fail("a reply of more than %d levels", DEEPEST);
    s->open[s->depth++] = (open_reply){items, map, false, close};
}

static void sink_integer(nr_sink *sink, int64_t i)
{
    text_sink *s = begin(sink);
    text_addf(&s->w->reply, ":%lld", (long long)i);
    end(s);
}

static void sink_bulk(nr_sink *sink, nr_slice bytes)
{
    text_sink *s = begin(sink);
    if (!bytes.p) world_fail("an absent slice as bulk");
    text_quote(&s->w->reply, bytes);
    end(s);
}

static void sink_status(nr_sink *sink, const char *status)
{
    text_sink *s = begin(sink);
    text_addf(&s->w->reply, "+%s", status);
    end(s);
}

static void sink_null(nr_sink *sink)
{
    text_sink *s = begin(sink);
    text_add(&s->w->reply, NR_S("nil"));
    end(s);
}

static void sink_array(nr_sink *sink, size_t n)
{
    open_group(sink, n, false, "[", "]");
}

static void sink_map(nr_sink *sink, size_t n)
{
    open_group(sink, n * 2, true, "{", "}");
}

static void sink_set(nr_sink *sink, size_t n)
{
    open_group(sink, n, false, "<", ">");
}

static void typed(nr_sink *sink, const char *mark, nr_slice canonical)
{
    text_sink *s = begin(sink);
    text_add(&s->w->reply, nr_slice_of(mark));
    text_add(&s->w->reply, canonical);
    end(s);
}

static void sink_number(nr_sink *sink, int64_t i, nr_slice canonical)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)i);
    if (!nr_slice_is(canonical, digits)) world_fail("number %s goes with the text %.*s", digits, NR_FMT(canonical));
    typed(sink, "#", canonical);
}

/* Shows that d is the number that the text says, without reading a decimal point. */
static bool is_double(double d, nr_slice canonical)
{
    char digits[400] = "";
    size_t n = 0;
    int exponent = 0;
    bool fraction = false;
    for (size_t i = 0; i < canonical.n && n < 350; i++) {
        if (canonical.p[i] == 'e') {
            exponent += (int)strtol(canonical.p + i + 1, NULL, 10);
            break;
        }
        if (canonical.p[i] == '.') {
            fraction = true;
        } else {
            digits[n++] = canonical.p[i];
            if (fraction) exponent--;
        }
    }
    snprintf(digits + n, sizeof digits - n, "e%d", exponent);
    double read = strtod(digits, NULL);
    return memcmp(&read, &d, sizeof d) == 0;
}

static void sink_dbl(nr_sink *sink, double d, nr_slice canonical)
{
    if (canonical.n > 300) world_fail("the text of a double is %zu bytes long", canonical.n);
    char copy[304];
    memcpy(copy, canonical.p, canonical.n);
    copy[canonical.n] = 0;
    if (!is_double(d, nr_slice_of(copy))) world_fail("double %a goes with the text %s", d, copy);
    typed(sink, "~", canonical);
}

static void sink_boolean(nr_sink *sink, bool b, nr_slice canonical)
{
    if (!nr_slice_is(canonical, b ? "1" : "0")) world_fail("boolean %d goes with the text %.*s", b, NR_FMT(canonical));
    typed(sink, "?", canonical);
}

static const nr_sink_class text_sink_class = {sink_integer, sink_bulk,   sink_status, sink_null,   sink_array,
                                              sink_map,     sink_number, sink_dbl,    sink_boolean, sink_set, true};

/* -- the environment --------------------------------------------------------------------------------------------------------------------- */

static int64_t world_now(void *ctx)
{
    return ((world *)ctx)->now_us;
}

static int64_t world_mono(void *ctx)
{
    return ((world *)ctx)->mono_us;
}

static void world_random(void *ctx, void *out, size_t n)
{
    world *w = ctx;
    for (size_t i = 0; i < n; i++) {
        w->random ^= w->random << 13;
        w->random ^= w->random >> 7;
        w->random ^= w->random << 17;
        ((unsigned char *)out)[i] = (unsigned char)(w->random >> 32);
    }
}

static void world_log(void *ctx, nr_log_level level, const char *msg)
{
    world *w = ctx;
    w->logged++;
    text_clear(&w->log);
    text_addf(&w->log, "%s: ", level == NR_LOG_WARNING ? "warning" : "notice");
    text_add(&w->log, nr_slice_of(msg));
}

/* -- the world --------------------------------------------------------------------------------------------------------------------------- */

void world_open(world *w)
{
    *w = (world){.now_us = INT64_C(1795305600000250), .random = 88172645463325252u, .limits = NR_LIMITS_DEFAULT};
    const char *store = getenv("STORE");
    w->in_memory = store && !strcmp(store, "memory");
    w->env = *nr_env_libc();
    w->env.ctx = w;
    w->env.now_us = world_now;
    w->env.mono_us = world_mono;
    w->env.random = world_random;
    w->env.log = world_log;
    w->mem = w->store = nr_store_mem_new(&w->env);
    w->engine = nr_engine_new(&w->env);
}

void world_close(world *w)
{
    nr_engine_free(w->engine);
    nr_store_mem_free(w->mem);
    free(w->log.p);
    free(w->reply.p);
    free(w->replicated.p);
}

void world_restart(world *w)
{
    nr_engine_free(w->engine);
    w->engine = nr_engine_new(&w->env);
}

uint64_t world_digest(const world *w)
{
    return nr_store_mem_digest(w->mem);
}

/* What goes on while a command runs. */
typedef struct running {
    world *w;
    const nr_slice *argv;
    size_t argc;
} running;

static void to_replica(world *w, const nr_slice *argv, size_t argc)
{
    for (size_t i = 0; i < argc; i++) {
        if (i) text_add(&w->replicated, NR_S(" "));
        text_quote(&w->replicated, argv[i]);
    }
    text_add(&w->replicated, NR_S("\n"));
    if (!w->replica) return;
    if (argc && nr_slice_is(argv[0], "DEL")) {
        for (size_t i = 1; i < argc; i++) w->replica->mem->cls->remove(w->replica->mem, argv[i]);
        return;
    }
    w->replica->applied = true;
    const char *reply = world_run(w->replica, argv, argc);
    if (!w->replica->ok) world_fail("the replica answers %s to %s", reply, w->replicated.p);
}

static void on_replicate(void *ctx, const nr_slice *argv, size_t argc)
{
    to_replica(((running *)ctx)->w, argv, argc);
}

static void on_replicate_verbatim(void *ctx)
{
    const running *r = ctx;
    to_replica(r->w, r->argv, r->argc);
}

static void finish(world *w, const nr_err *err, const text_sink *s)
{
    w->ok = err->code == NR_OK;
    w->code = err->code;
    if (w->ok && !s->whole) world_fail("the reply is not whole: %s", w->n_sent ? w->reply.p : "nothing");
    if (w->ok) return;
    if (w->n_sent) world_fail("%s %s, and yet this was sent: %s", nr_code_word(err->code), err->msg, w->reply.p);
    if (!err->msg[0]) world_fail("%s without a sentence", nr_code_word(err->code));
    text_addf(&w->reply, "-%s ", nr_code_word(err->code));
    text_add(&w->reply, nr_slice_of(err->msg));
}

static void begin_call(world *w, nr_call *c, running *r)
{
    text_clear(&w->replicated);
    nr_call_init(c, w->engine);
    c->store = w->store;
    c->limits = w->limits;
    c->in_memory = w->in_memory;
    c->cluster = w->cluster;
    c->unindexed = w->unindexed;
    c->passes_off = w->passes_off;
    c->applied = w->applied;
    c->full = w->full;
    c->host = (nr_host){.ctx = r, .replicate = on_replicate, .replicate_verbatim = on_replicate_verbatim};
}

const char *world_run(world *w, const nr_slice *argv, size_t argc)
{
    text_sink sink = {.sink = {&text_sink_class}, .w = w};
    running r = {w, argv, argc};
    nr_call c;
    size_t used = 0;
    w->n_sent = 0;
    text_clear(&w->reply);
    begin_call(w, &c, &r);
    c.sink = &sink.sink;
    const nr_command *cmd = nr_command_find(argv, argc, &used, &c.err);
    bool ok = cmd && nr_call_run(&c, cmd, argv + used, argc - used);
    if (ok != (c.err.code == NR_OK))
        world_fail("%s says %d with error %s %s, and replied %s", cmd ? cmd->name : "", ok, nr_code_word(c.err.code), c.err.msg, w->reply.p);
    finish(w, &c.err, &sink);
    nr_call_clear(&c);
    return w->reply.p;
}

void world_settle(world *w)
{
    running r = {w, NULL, 0};
    nr_call c;
    begin_call(w, &c, &r);
    while (nr_engine_settle(&c)) continue;
    if (c.err.code) world_fail("settling ends with %s", c.err.msg);
    nr_call_clear(&c);
    for (int i = 0; world_build(w, INT64_MAX / 2); i++)
        if (i == 1000) world_fail("indexes are not built, however often it is tried: %s", w->log.n ? w->log.p : "");
}

bool world_build(world *w, int64_t budget_us)
{
    running r = {w, NULL, 0};
    nr_call c;
    begin_call(w, &c, &r);
    c.applied = false;
    c.copy = w->applied;
    int again = nr_engine_build(&c, budget_us);
    nr_call_clear(&c);
    if (again > 0) w->mono_us += again * 1000;
    return again >= 0;
}

bool world_autoload(world *w, struct nr_autoload *files)
{
    running r = {w, NULL, 0};
    nr_call c;
    begin_call(w, &c, &r);
    bool ok = nr_engine_autoload(&c, files);
    nr_call_clear(&c);
    return ok;
}

bool world_changed(world *w, nr_slice key)
{
    nr_key_event ev = {.key = key, .replaced = true, .may_be_hash = true};
    return nr_engine_key_changed(w->engine, &ev);
}

void world_put(world *w, nr_slice key, const nr_pair *fields, size_t n)
{
    nr_status st = w->mem->cls->hash_put(w->mem, key, fields, n);
    if (st) world_fail("key %.*s %s", NR_FMT(key), nr_status_text(st));
    world_changed(w, key);
    if (w->replica) world_put(w->replica, key, fields, n);
}

void world_remove(world *w, nr_slice key)
{
    w->mem->cls->remove(w->mem, key);
    world_changed(w, key);
    if (w->replica) world_remove(w->replica, key);
}

const char *world_do(world *w, const char *line)
{
    static nr_slice argv[WORDS_MAX];
    size_t argc = 0;
    for (const char *p = line; *p;) {
        if (*p == ' ') {
            p++;
            continue;
        }
        char stop = *p == '\'' ? *p++ : ' ';
        const char *from = p;
        while (*p && *p != stop) p++;
        if (argc == WORDS_MAX) world_fail("more than %d arguments", WORDS_MAX);
        argv[argc++] = (nr_slice){from, (size_t)(p - from)};
        if (*p) p++;
    }
    return world_run(w, argv, argc);
}

const char *world_dof(world *w, const char *fmt, ...)
{
    static char line[1 << 16];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof line) abort();
    return world_do(w, line);
}
