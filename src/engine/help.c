/* help.c -- MODEL HELP and INDEX HELP: what the server's error about an unknown subcommand sends people to. The lines are those of the table of commands. */
#include <string.h>

#include "engine/commands.h"

static bool is_of(const nr_command *cmd, const char *container)
{
    size_t n = strlen(container);
    return strncmp(cmd->name, container, n) == 0 && cmd->name[n] == ' ';
}

static bool help(nr_call *c, const char *container)
{
    size_t n = 0;
    for (const nr_command *cmd = nr_commands; cmd->name; cmd++) n += is_of(cmd, container);
    c->sink->cls->array(c->sink, n);
    for (const nr_command *cmd = nr_commands; cmd->name; cmd++)
        if (is_of(cmd, container))
            c->sink->cls->bulk(c->sink, nr_arena_printf(&c->arena, "NONREL.%s%s%s -- %s", cmd->name, *cmd->syntax ? " " : "", cmd->syntax, cmd->summary));
    return true;
}

bool nr_cmd_model_help(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argv, (void)argc;
    return help(c, "MODEL");
}

bool nr_cmd_index_help(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argv, (void)argc;
    return help(c, "INDEX");
}
