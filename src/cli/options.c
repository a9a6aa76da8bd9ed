/* options.c -- one table: what an option is called, where its value goes, how it is read, what the help page says of it. */
#include "cli/options.h"

typedef struct option {
    const char *name, *value;                  /* value: NULL when it takes none */
    size_t at;                                 /* offset in nr_options */
    bool (*read)(const char *text, void *out); /* false: bad value */
    const char *expects, *doc;
} option;

static bool read_text(const char *text, void *out)
{
    memcpy(out, &text, sizeof text);
    return true;
}

static bool read_int(const char *text, int low, int high, int *out)
{
    long n = 0;
    if (!*text) return false;
    for (const char *p = text; *p; p++) {
        if (*p < '0' || *p > '9') return false;
        n = n * 10 + (*p - '0');
        if (n > high) return false;
    }
    *out = (int)n;
    return n >= low;
}

static bool read_port(const char *text, void *out)
{
    return read_int(text, 1, 65535, out);
}

static bool read_db(const char *text, void *out)
{
    return read_int(text, 0, INT32_MAX, out);
}

static bool read_flag(const char *text, void *out)
{
    (void)text;
    *(bool *)out = true;
    return true;
}

#define AT(member) offsetof(nr_options, member)

/* clang-format off */
static const option options[] = {
    /* name       value         member        reader     expects                        doc */
    {"-h",        "<host>",     AT(host),     read_text, "a host name",                 "server host name (127.0.0.1)"},
    {"-p",        "<port>",     AT(port),     read_port, "a port from 1 to 65535",      "server port (6379)"},
    {"-s",        "<socket>",   AT(socket),   read_text, "the path of a socket",        "server socket, instead of host and port"},
    {"-a",        "<password>", AT(password), read_text, "a password",                  "password; better: set REDISCLI_AUTH"},
    {"--pass",    "<password>", AT(password), read_text, "a password",                  "the same as -a"},
    {"--user",    "<name>",     AT(user),     read_text, "a user name",                 "ACL user; needs a password"},
    {"-n",        "<db>",       AT(db),       read_db,   "a database number, 0 or more", "database number (0)"},
    {"--help",    NULL,         AT(help),     read_flag, NULL,                          "the same as the command help"},
    {"-v",        NULL,         AT(version),  read_flag, NULL,                          "the same as the command version"},
    {"--version", NULL,         AT(version),  read_flag, NULL,                          "the same as the command version"},
};
/* clang-format on */

static const option *option_find(const char *name)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0) return &options[i];
    return NULL;
}

/* Reads the option at argv[*i] and steps over its value. */
static bool option_read(nr_options *o, int argc, const char **argv, int *i, nr_err *err)
{
    const option *op = option_find(argv[*i]);
    if (!op) return nr_fail(err, NR_E_SYNTAX, "unknown option %s", NR_SHOW(nr_slice_of(argv[*i])));
    void *out = (char *)o + op->at;
    if (!op->value) return op->read(NULL, out);
    if (*i + 1 == argc) return nr_fail(err, NR_E_SYNTAX, "%s needs %s", op->name, op->expects);
    const char *value = argv[++*i];
    if (op->read(value, out)) return true;
    return nr_fail(err, NR_E_SYNTAX, "%s needs %s, not %s", op->name, op->expects, NR_SHOW(nr_slice_of(value)));
}

bool nr_options_read(nr_options *o, int argc, const char **argv, const char *auth, nr_err *err)
{
    *o = (nr_options){.host = "127.0.0.1", .port = 6379, .password = auth, .words = argv};
    bool ended = false;
    for (int i = 1; i < argc; i++) {
        if (ended || argv[i][0] != '-' || !argv[i][1]) {
            argv[o->n_words++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            ended = true;
        } else if (!option_read(o, argc, argv, &i, err)) {
            return false;
        }
    }
    if (o->user && !o->password) return nr_fail(err, NR_E_SYNTAX, "--user needs a password: -a, --pass or REDISCLI_AUTH");
    return true;
}

void nr_options_help(FILE *out)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        fprintf(out, "  %-9s %-11s %s\n", options[i].name, options[i].value ? options[i].value : "", options[i].doc);
}
