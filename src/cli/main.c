/* main.c -- the `nonrel` program: a table of commands. Exit codes: 0 done, 1 failed, 2 wrong usage. */
#include <signal.h>
#include <stdlib.h>

#include "cli/load.h"

#ifndef NR_VERSION
#define NR_VERSION "0.1.0"
#endif

enum { DONE, FAILED, USAGE };

static int usage(const char *what)
{
    fprintf(stderr, "nonrel: %s\n`nonrel help` shows how to use it\n", what);
    return USAGE;
}

static int run_load_debian(const nr_options *o)
{
    return nr_load_debian(o);
}

static int run_load_file(const nr_options *o)
{
    return nr_load_jsonl(o, o->words[1], o->words[2]);
}

static int run_version(const nr_options *o)
{
    (void)o;
    puts("nonrel " NR_VERSION);
    return DONE;
}

static int run_help(const nr_options *o);

/* A row fits when the words are as many and the given ones are equal; the first that fits runs. */
static const struct command {
    const char *words[3]; /* <...> stands for any word; NULL behind the last */
    int (*run)(const nr_options *o);
    const char *doc;
} commands[] = {
    {{"load", "debian"}, run_load_debian, "load this machine's package catalogue: debian.Package, Maintainer, Section"},
    {{"load", "<model>", "<file.jsonl | ->"}, run_load_file, "load JSON lines, one entity each, from a file or the standard input"},
    {{"help"}, run_help, "show this page"},
    {{"version"}, run_version, "show the version"},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static void command_print(FILE *out, const char *before, const struct command *c)
{
    fputs(before, out);
    for (size_t k = 0; k < 3 && c->words[k]; k++) fprintf(out, " %s", c->words[k]);
    fputc('\n', out);
}

static int run_help(const nr_options *o)
{
    (void)o;
    printf("usage: nonrel [options] <command>\n\ncommands\n");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        command_print(stdout, " ", &commands[i]);
        printf("      %s\n", commands[i].doc);
    }
    printf("\noptions, anywhere; -- ends them\n");
    nr_options_help(stdout);
    printf("\nexit code: 0 done, 1 failed, 2 wrong usage\n");
    return DONE;
}

static bool command_fits(const struct command *c, const nr_options *o)
{
    size_t n = 0;
    for (; n < 3 && c->words[n]; n++) {
        if (n == o->n_words) return false;
        if (c->words[n][0] != '<' && strcmp(c->words[n], o->words[n]) != 0) return false;
    }
    return n == o->n_words;
}

/* No row fits: says which ones begin with the same word, if any. */
static int refuse(const nr_options *o)
{
    char what[2 * NR_SHOW_MAX];
    bool known = false;
    for (size_t i = 0; i < N_COMMANDS; i++) known = known || strcmp(commands[i].words[0], o->words[0]) == 0;
    snprintf(what, sizeof what, "%s %s", known ? "wrong arguments for" : "unknown command", NR_SHOW(nr_slice_of(o->words[0])));
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].words[0], o->words[0]) == 0) command_print(stderr, "usage: nonrel", &commands[i]);
    return usage(what);
}

static int run_command(const nr_options *o)
{
    if (o->help) return run_help(o);
    if (o->version) return run_version(o);
    if (o->n_words == 0) return usage("which command? load, help or version");
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (command_fits(&commands[i], o)) return commands[i].run(o);
    return refuse(o);
}

int main(int argc, char **argv)
{
    nr_options o;
    nr_err err = {0};
    signal(SIGPIPE, SIG_IGN); /* a lost connection is an error with a message, not the end */
    if (!nr_options_read(&o, argc, (const char **)argv, getenv("REDISCLI_AUTH"), &err)) return usage(err.msg);
    int code = run_command(&o);
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "nonrel: cannot write the output\n");
    return code ? code : FAILED;
}
