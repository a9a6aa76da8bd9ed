/* profile.c -- PROFILE: a read is run as it is, its answer is dropped, and what the operators counted is replied. */
#include "engine/commands.h"

/* -- a sink that leads nowhere ------------------------------------------------------------------------------------------------------------ */

static void drop_integer(nr_sink *s, int64_t i)
{
    (void)s;
    (void)i;
}

static void drop_bulk(nr_sink *s, nr_slice text)
{
    (void)s;
    (void)text;
}

static void drop_status(nr_sink *s, const char *text)
{
    (void)s;
    (void)text;
}

static void drop_null(nr_sink *s)
{
    (void)s;
}

static void drop_group(nr_sink *s, size_t n)
{
    (void)s;
    (void)n;
}

static void drop_number(nr_sink *s, int64_t i, nr_slice text)
{
    (void)s;
    (void)i;
    (void)text;
}

static void drop_dbl(nr_sink *s, double d, nr_slice text)
{
    (void)s;
    (void)d;
    (void)text;
}

static void drop_boolean(nr_sink *s, bool b, nr_slice text)
{
    (void)s;
    (void)b;
    (void)text;
}

static const nr_sink_class nowhere = {
    .integer = drop_integer,
    .bulk = drop_bulk,
    .status = drop_status,
    .null = drop_null,
    .array = drop_group,
    .map = drop_group,
    .number = drop_number,
    .dbl = drop_dbl,
    .boolean = drop_boolean,
    .set = drop_group,
};

/* -- the command -------------------------------------------------------------------------------------------------------------------------- */

static const char *const profiled[] = {"QUERY", "AGGREGATE", "COUNT", "EXISTS", "GET", "MGET"};

static const nr_command *profiled_find(nr_call *c, const nr_slice *argv, size_t argc)
{
    size_t used;
    for (size_t i = 0; i < sizeof profiled / sizeof *profiled; i++)
        if (nr_slice_caseis(argv[0], profiled[i])) return nr_command_find(argv, argc, &used, &c->err);
    nr_fail(&c->err, NR_E_SYNTAX, "PROFILE runs reads only: QUERY, AGGREGATE, COUNT, EXISTS, GET or MGET, got %s", NR_SHOW(argv[0]));
    return NULL;
}

static bool run(nr_call *c, const nr_command *cmd, const nr_slice *argv, size_t argc, nr_slices *lines)
{
    nr_sink *sink = c->sink, dropped = {&nowhere};
    int64_t begin = c->env->mono_us(c->env->ctx);
    c->sink = &dropped;
    c->profile = lines;
    bool ok = cmd->run(c, argv, argc);
    c->profile = NULL;
    c->sink = sink;
    nr_vec_push(&c->arena, lines, nr_arena_printf(&c->arena, "Total time=%lldus", (long long)(c->env->mono_us(c->env->ctx) - begin)));
    return ok;
}

bool nr_cmd_profile(nr_call *c, const nr_slice *argv, size_t argc)
{
    nr_slices lines = {0};
    const nr_command *cmd = profiled_find(c, argv, argc);
    if (!cmd || !nr_command_takes(cmd, argc - 1, &c->err) || !run(c, cmd, argv + 1, argc - 1, &lines)) return false;
    c->sink->cls->array(c->sink, lines.n);
    for (size_t i = 0; i < lines.n; i++) c->sink->cls->bulk(c->sink, lines.at[i]);
    return true;
}
