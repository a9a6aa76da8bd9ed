/* commands.c -- the table of commands. The module registers its rows, the reference is printed from it, tools and tests call through it. */
#include "engine/commands.h"
#include "engine/follow.h"

enum { READ = 0, WRITE = NR_CMD_WRITE | NR_CMD_DENYOOM, REMOVE = NR_CMD_WRITE | NR_CMD_DELETES };

const nr_command nr_commands[] = {
    /* name            arity key  flags                          run                   syntax, summary, complexity */
    {"MODEL SET",      4,    2,   WRITE,                         nr_cmd_model_set,
     "<model> <json>", "Creates a model, or migrates it", "O(1) for a new model, O(N) in its entities for a change"},
    {"MODEL GET",      3,    2,   NR_CMD_FAST,                   nr_cmd_model_get,
     "<model>", "The definition as it was given", "O(1)"},
    {"MODEL LIST",     -2,   0,   READ,                          nr_cmd_model_list,
     "[pattern]", "Names of the models that the user may read", "O(M) in the models; the first call after a start O(K) in the keys"},
    {"MODEL DROP",     -3,   2,   REMOVE,                        nr_cmd_model_drop,
     "<model> [ENTITIES]", "Removes a model that nothing refers to, with ENTITIES its entities too", "O(N) in the entities"},
    {"SAVE",           -4,   1,   WRITE,                         nr_cmd_save,
     "<model> [INSERT|UPDATE] [BY <unique field>] (<field> <value> | NULL <field>)... | JSON <object or array>",
     "Inserts an entity, or changes the named fields of one that is there", "O(log N) for each index"},
    {"GET",            -3,   1,   NR_CMD_FAST,                   nr_cmd_get,
     "<model> <pk> [FIELDS <f>...]", "One entity, or nil", "O(1)"},
    {"MGET",           -3,   1,   NR_CMD_FAST,                   nr_cmd_mget,
     "<model> <pk>...", "Entities by primary key, nil for missing ones", "O(P) in the primary keys given"},
    {"QUERY",          -2,   1,   READ,                          nr_cmd_query,
     "<model> [clauses]", "Entities that match", "O(log N + R) with an index, R rows read; O(N) without"},
    {"COUNT",          -2,   1,   READ,                          nr_cmd_count,
     "<model> [filters]", "How many entities match", "O(log N) when one index tells, else as QUERY"},
    {"EXISTS",         -2,   1,   READ,                          nr_cmd_exists,
     "<model> [filters]", "1 when an entity matches, else 0", "as QUERY with LIMIT 0 1"},
    {"DELETE",         -3,   1,   REMOVE,                        nr_cmd_delete,
     "<model> (<filters> | ALL | PK <pk>...)", "Removes entities; replies how many", "O(log N) for each index of each entity"},
    {"EXPLAIN",        -3,   2,   READ,                          nr_cmd_explain,
     "<command without NONREL.> <model> <arguments>", "The plan of QUERY, COUNT, EXISTS or DELETE as a tree; runs nothing", "O(log N) for each index"},
    {"INDEX LIST",     3,    2,   READ,                          nr_cmd_index_list,
     "<model>", "The model's indexes: name, fields, lookups, owners, type, key or prefix, entries, state, progress", "O(I) in the indexes"},
    {"INDEX CHECK",    -3,   2,   READ,                          nr_cmd_index_check,
     "<model>", "Compares every index with the entities: one line for each missing or surplus entry", "O(N) in the entities, O(K) in the keys"},
    {"INDEX SYNC",     3,    2,   REMOVE,                        nr_cmd_index_sync,
     "<model>", "Writes what others changed in entities into the indexes; a primary sends it to its copies, nobody else needs it", "O(log N) for each entity changed"},
    {"MODEL DIFF",     -3,   2,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"INDEX CREATE",   -3,   2,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"INDEX DROP",     -3,   2,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"INDEX REBUILD",  -3,   2,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"INDEX STATS",    -3,   2,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"INDEX SUGGEST",  -2,   0,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"UPDATE",         -2,   1,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"AGGREGATE",      -2,   1,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"RELATE",         -2,   1,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"PROFILE",        -3,   2,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"AUTOLOAD",       -1,   0,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {NULL,             0,    0,   0,                             NULL,         NULL, NULL, NULL},
};

bool nr_cmd_later(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    return nr_fail(&c->err, NR_E_SYNTAX, "this command is not available in this version");
}
