/* fuzz_args.c -- fuzzer over argument lists: bytes become commands made of the words below, run one after the other over one memory store.
 *
 * A command that fails has sent nothing (world.c sees to that) and changed nothing; one that only reads changes nothing; at the end every index
 * agrees with the entities, whoever wrote them, and a replica that got what was replicated has the same store.
 *
 * The first byte has flags. Then: a byte below the number of words is that word as an argument, END runs the command, GLUE appends the next
 * argument to the last one, BYTES takes a length and as many bytes as an argument, TAMPER changes a key behind the engine's back, RESTART forgets
 * the cache. UNTOLD: nobody tells the engine what was tampered with, and it must live with what it meets. */
#include "store/store_mem.h"
#include "world.h"

enum { END = 255, GLUE = 254, BYTES = 253, TAMPER = 252, RESTART = 251, ARGS_MAX = 48, COMMANDS_MAX = 200, TEXT_MAX = 1 << 16 };
enum { SMALL_LIMITS = 1, TAMPERED = 2, WITH_REPLICA = 4, EMPTY = 8, UNTOLD = 16 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char model_a[] = "{\"fields\":{\"t\":{\"type\":\"char\",\"index\":true,\"null\":true},\"n\":{\"type\":\"int\",\"null\":true,\"index\":["
                              "\"exact\"]},\"s\":{\"type\":\"slug\",\"unique\":true,"
                              "\"null\":true},\"d\":{\"type\":\"decimal\",\"max_digits\":5,\"decimal_places\":2,\"default\":\"1.5\",\"index\":true},"
                              "\"at\":{\"type\":\"datetime\",\"auto_now\":true}}}";
static const char model_b[] = "{\"pk\":\"k\",\"fields\":{\"k\":{\"type\":\"char\"},\"a\":{\"type\":\"fk\",\"to\":\"f.A\",\"null\":true},\"b\":{"
                              "\"type\":\"blob\",\"null\":true,\"index\":[\"exact\"]},"
                              "\"f\":{\"type\":\"float\",\"null\":true,\"index\":true}},\"ordering\":[\"-f\"]}";

/* New words go to the end: the corpus knows them by number. */
static const char *const words[] = {
    "SAVE", "GET", "MGET", "QUERY", "COUNT", "EXISTS", "DELETE", "EXPLAIN", "MODEL", "INDEX", "SET", "GET", "LIST", "DROP", "CHECK", "ENTITIES",
    "f.A", "f.B", "f.C", "{f}x.Y", "FILTER", "EXCLUDE", "ORDER", "REVERSE", "LIMIT", "FIELDS", "FLAT", "WITHCOUNT", "INSERT", "UPDATE", "BY", "JSON",
    "NULL", "ALL", "PK",
    "pk", "id", "t", "n", "s", "d", "at", "k", "a", "a_id", "b", "f", "-pk", "-t", "-f", "-d",
    "t__exact", "t__in", "t__lt", "t__lte", "t__gt", "t__gte", "t__range", "t__isnull", "t__startswith", "n__in", "n__gt", "n__isnull",
    "s__startswith", "d__range", "d__lt",
    "pk__in", "pk__gt", "pk__range", "a__isnull", "a__in", "f__lte", "b__isnull", "k__startswith", "at__gt", "t__iexact", "t__", "__", "pk__isnull",
    "", "0", "1", "2", "3", "-1", "007", "9223372036854775807", "9223372036854775808", "1.5", "1.005", "-0.0", "1e400", "a", "ab", "A", "\xc3\xa9",
    "\xff", "null", "true",
    "2026-11-22", "2026-11-22T00:00:00+05:30", "x\x01", "[]", "[1,2]", "[2,1]", "[null,1,1]", "[\"a\",\"b\"]", "[\"\",\"ab\"]", "{}", "[{},{}]",
    "{\"pk\":1,\"t\":\"a\"}",
    "[{\"pk\":1,\"s\":\"a\"},{\"pk\":2,\"s\":\"b\"}]", "[{\"pk\":1,\"s\":\"b\"},{\"pk\":2,\"s\":\"a\"}]", "{\"k\":\"a\",\"b\":\"AAE=\",\"a\":1}",
    "{\"n\":null,\"d\":9.99}", "[", "{\"t\":", "}", "]", ",", "\"",
    model_a, model_b, "{\"fields\":{\"t\":{\"type\":\"char\",\"null\":true},\"n\":{\"type\":\"int\",\"null\":true,\"index\":true}}}",
    "{\"abstract\":true,\"fields\":{\"n\":{\"type\":\"int\",\"null\":true}}}",
    "{\"extends\":[\"f.C\"]}", "{\"extends\":[\"f.C\",\"f.A\"]}",
    "{\"pk\":\"r\",\"fields\":{\"r\":{\"type\":\"onetoone\",\"to\":\"f.B\"},\"n\":{\"type\":\"int\",\"unique\":true,\"null\":true}}}",
    "{\"abstract\":true}",
    "{\"pk\":\"u\",\"fields\":{\"u\":{\"type\":\"uuid\"},\"n\":{\"type\":\"bool\",\"default\":true,\"index\":true}}}", "*", "f.*", "nonrel.save",
    "REPAIR", "WHERE", "TTL", "r", "u", "n__lt", "r__in",
    "{\"fields\":{\"t\":{\"type\":\"char\",\"null\":true},\"n\":{\"type\":\"int\",\"null\":true},\"m\":{\"type\":\"int\",\"default\":3,\"index\":true}}}",
    "m", "m__range",
    "{\"fields\":{\"l\":{\"type\":\"set\",\"of\":{\"type\":\"int\",\"null\":true},\"null\":true,\"index\":[\"exact\"]},\"j\":{\"type\":\"json\",\"null\":true,"
    "\"unique\":true},\"e\":{\"type\":\"embedded\",\"to\":\"f.C\",\"null\":true,\"index\":[\"in\"]}}}",
    "l", "j", "e", "l__in", "j__isnull", "[[1],[2,1]]", "[3,\"2\",2,null]", "{\"n\":\"1\"}", "{\"b\":1,\"a\":[null]}", "{\"l\":[2,1,2],\"j\":{\"b\":1,\"a\":2},\"e\":{\"n\":3}}",    "AGGREGATE", "GROUPBY", "HAVING", "WHEN", "AS", "SUM", "AVG", "MIN", "MAX", "STDDEV", "VARIANCE", "COUNTDISTINCT", "DISTINCT", "PAGE", "AFTER", "PARAMS",
    "EXPR", "FORMAT", "NOSCAN", "MAXSCAN", "Q", "IF", "?", "at__year", "at__date", "count", "-count", "c", "d__sum", "n__avg", "$a", "count > 1",
    "c = 1 or count__in = (1, 2)", "n__avg >= $a and t != null", "d__sum < F(count) * 2", "n = 1 or t = 'a'", "not n < F(id) + 1", "n = $a",
    "at__year = 2026 & ~(t__icontains = $a | d > 1.5)", "id__in = ($a, 2)", "F(n)", "F(n) + 1", "F(d) / 3 * F(n)", "F(id) // 0", "-(F(n) - 1) % 7", "F(s)",
    "{\"or\":[{\"n\":1},{\"not\":{\"t\":\"a\"}}]}", " and ", " or ", "not ", "(", ")", "'", " = ", "F(", "$",
    "a__in = (QUERY f.A WHERE ", "n__in = (QUERY f.A FIELDS n)", " FIELDS ", "(QUERY f.A WHERE n = 1)", "pk__in = (QUERY f.B FIELDS a)", "WITH", "PREFETCH",
    "{\"a__in\":{\"query\":{\"model\":\"f.A\",\"q\":{\"n\":1}}}}",
    "{\"extends\":[\"f.A\"],\"fields\":{\"h\":{\"type\":\"int\",\"null\":true,\"index\":true}}}", "{\"extends\":[\"f.B\"],\"fields\":{\"h\":{\"type\":\"int\",\"unique\":true,\"null\":true}}}",
    "h", "h__in", "a_ptr", "b_ptr", "c__h", "c__isnull", "F(h)",
};

typedef struct input {
    const uint8_t *p, *end;
} input;

typedef struct command {
    char text[TEXT_MAX];
    size_t used;
    nr_slice argv[ARGS_MAX];
    size_t argc;
    bool glue;
} command;

static uint8_t take(input *in)
{
    return in->p < in->end ? *in->p++ : 0;
}

static void add(command *c, nr_slice s)
{
    if (c->argc == ARGS_MAX || c->used + s.n > TEXT_MAX) return;
    memcpy(c->text + c->used, s.p, s.n);
    if (c->glue && c->argc) c->argv[c->argc - 1].n += s.n;
    else c->argv[c->argc++] = (nr_slice){c->text + c->used, s.n};
    c->used += s.n;
    c->glue = false;
}

static void add_bytes(command *c, input *in)
{
    size_t n = take(in), left = (size_t)(in->end - in->p);
    if (n > left) n = left;
    add(c, (nr_slice){(const char *)in->p, n});
    in->p += n;
}

/* Runs the command, and looks at what it may have changed. */
static void run(world *w, const command *c, unsigned flags)
{
    uint64_t before = world_digest(w);
    nr_err err = {0};
    size_t used;
    const nr_command *cmd = nr_command_find(c->argv, c->argc, &used, &err);
    const char *reply = world_run(w, c->argv, c->argc);
    bool writes = cmd && (cmd->flags & NR_CMD_WRITE), may_write = writes && (w->ok || (flags & TAMPERED)); /* indexes are mended before a write */
    if (!may_write && world_digest(w) != before) world_fail("%s changed the store, and replied %s", cmd ? cmd->name : "nothing", reply);
    if (!may_write && w->replicated.n) world_fail("%s was replicated, and replied %s", cmd ? cmd->name : "nothing", reply);
}

/* What anybody may do to keys. */
static void tamper(world *w, input *in, unsigned flags)
{
    static const char *const keys[] = {"f.A:1",
                                       "f.A:2",
                                       "f.B:a",
                                       "f.B:",
                                       "f.A",
                                       "f.B",
                                       "f.A/pk",
                                       "f.A/i/t.value",
                                       "f.A/i/s.value",
                                       "f.A/s/n.value.set/=1",
                                       "f.A/seq",
                                       "f.B/s/a.value.set/!",
                                       "f.C"};
    static const char *const fields[] = {"id", "t", "n", "s", "k", "definition", "version", "indexes", "f"};
    nr_store *s = w->mem;
    nr_slice key = nr_slice_of(keys[take(in) % COUNT(keys)]), word = nr_slice_of(words[take(in) % COUNT(words)]);
    nr_pair pair = {nr_slice_of(fields[take(in) % COUNT(fields)]), word};
    switch (take(in) % 8) {
    case 0: s->cls->remove(s, key); break;
    case 1: nr_store_mem_set_string(s, key); break;
    case 2: s->cls->hash_put(s, key, &pair, 1); break;
    case 3: s->cls->ordered_add(s, key, word); break;
    case 4: s->cls->set_add(s, key, word); break;
    case 5: s->cls->counter_set(s, key, INT64_MAX - 1); break;
    case 6: s->cls->remove(s, key), s->cls->ordered_add(s, key, word); break;
    default: s->cls->remove(s, key), s->cls->hash_put(s, key, &pair, 1); break;
    }
    if (!(flags & UNTOLD) && world_changed(w, key) && take(in) % 2) world_settle(w);
}

static void play(world *w, input *in, unsigned flags)
{
    static command c;
    c.argc = c.used = 0;
    c.glue = false;
    for (int commands = 0; in->p < in->end && commands < COMMANDS_MAX;) {
        uint8_t b = take(in);
        if (b == END) {
            if (c.argc) run(w, &c, flags);
            commands++;
            c.argc = c.used = 0;
            c.glue = false;
        } else if (b == GLUE) {
            c.glue = true;
        } else if (b == BYTES) {
            add_bytes(&c, in);
        } else if (b == TAMPER) {
            if (flags & TAMPERED) tamper(w, in, flags);
        } else if (b == RESTART) {
            world_restart(w);
        } else {
            add(&c, nr_slice_of(words[b % COUNT(words)]));
        }
    }
    if (c.argc) run(w, &c, flags);
}

/* What is read since it was tampered with is mended by now. */
static void check(world *w, unsigned flags)
{
    static const char *const models[] = {"f.A", "f.B", "f.C", "{f}x.Y"};
    for (size_t i = 0; i < COUNT(models); i++) {
        nr_slice count[] = {NR_S("COUNT"), nr_slice_of(models[i])}, argv[] = {NR_S("INDEX"), NR_S("CHECK"), nr_slice_of(models[i])};
        world_run(w, count, COUNT(count));
        world_settle(w);
        const char *reply = world_run(w, argv, COUNT(argv));
        if (w->ok ? strcmp(reply, "[]") != 0 : w->code == NR_E_CORRUPT && !(flags & TAMPERED)) world_fail("INDEX CHECK %s: %s", models[i], reply);
    }
}

static void define(world *w)
{
    nr_slice a[] = {NR_S("MODEL"), NR_S("SET"), NR_S("f.A"), nr_slice_of(model_a)},
             b[] = {NR_S("MODEL"), NR_S("SET"), NR_S("f.B"), nr_slice_of(model_b)};
    world_run(w, a, COUNT(a));
    world_run(w, b, COUNT(b));
    if (!w->ok) world_fail("%s", w->reply.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, data + size};
    unsigned flags = take(&in);
    world w, replica;
    world_open(&w);
    world_open(&replica);
    if ((flags & WITH_REPLICA) && !(flags & TAMPERED)) w.replica = &replica;
    if (!(flags & EMPTY)) define(&w);
    if (flags & SMALL_LIMITS) w.limits = (nr_limits){6, 3, 1 << 16, 5000};
    play(&w, &in, flags);
    w.limits = NR_LIMITS_NONE;
    if (!(flags & TAMPERED) || !(flags & UNTOLD)) check(&w, flags);
    if (w.replica && world_digest(&w) != world_digest(&replica)) world_fail("the replica has another store");
    world_close(&w);
    world_close(&replica);
    return 0;
}
