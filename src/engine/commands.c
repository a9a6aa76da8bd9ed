/* commands.c -- the table of commands. The module registers its rows, the reference is printed from it, tools and tests call through it. */
#include "engine/aggregate.h"
#include "engine/follow.h"
#include "engine/index_cmds.h"
#include "engine/load_files.h"
#include "engine/online.h"
#include "engine/scans.h"

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
    {"MODEL DIFF",     4,    2,   READ,                          nr_cmd_model_diff,
     "<model> <json>", "What MODEL SET would do: fields and indexes that come and go, or why it would refuse; does nothing", "O(1), and O(N) in the entities for what MODEL SET would have to look at"},
    {"SAVE",           -4,   1,   WRITE,                         nr_cmd_save,
     "<model> [INSERT|UPDATE] [BY <unique field>] [TTL <seconds> | PXAT <ms>] [IF <lookup> <value>]... (<field> <value> | NULL <field>)... | JSON <object or array>",
     "Inserts an entity, or changes the named fields of one that is there", "O(log N) for each index"},
    {"GET",            -3,   1,   NR_CMD_FAST,                   nr_cmd_get,
     "<model> <pk> [FIELDS <f>...] [WITH <relation>...]", "One entity, or nil", "O(1)"},
    {"MGET",           -3,   1,   NR_CMD_FAST,                   nr_cmd_mget,
     "<model> <pk>...", "Entities by primary key, nil for missing ones", "O(P) in the primary keys given"},
    {"QUERY",          -2,   1,   READ,                          nr_cmd_query,
     "<model> [clauses]", "Entities that match", "O(log N + R) with an index, R rows read; O(N) without"},
    {"COUNT",          -2,   1,   READ,                          nr_cmd_count,
     "<model> [filters]", "How many entities match", "O(log N) when one index tells, else as QUERY"},
    {"EXISTS",         -2,   1,   READ,                          nr_cmd_exists,
     "<model> [filters]", "1 when an entity matches, else 0", "as QUERY with LIMIT 0 1"},
    {"AGGREGATE",      -2,   1,   READ,                          nr_cmd_aggregate,
     "<model> [filters] [GROUPBY <f>...] (<function> <field|*> [AS <name>])... [ORDER <[-]name>...] [LIMIT <offset> <count>]",
     "Functions of all that match, or of each group: an array of rows, in the order of the group keys", "O(N) in the rows that match; O(G log N) in the groups when rows alone are counted by a field with an index in memory"},
    {"DELETE",         -3,   1,   REMOVE,                        nr_cmd_delete,
     "<model> (<filters> | ALL | PK <pk>...)", "Removes entities, and does to those that refer to them what on_delete says; replies how many are removed in all", "O(log N) for each index of each entity"},
    {"UPDATE",         -5,   1,   WRITE,                         nr_cmd_update,
     "<model> (<filters> | ALL) (SET <field> <value>... | EXPR <field> <expression>... | NULL <field>...)...",
     "Changes fields of all entities that match, or of none; replies how many match", "O(log N) for each index of each entity"},
    {"EXPLAIN",        -3,   2,   READ,                          nr_cmd_explain,
     "<command without NONREL.> <model> <arguments>", "The plan of QUERY, AGGREGATE, COUNT, EXISTS, UPDATE or DELETE as a tree; runs nothing", "O(log N) for each index"},
    {"PROFILE",        -3,   2,   READ,                          nr_cmd_profile,
     "<command without NONREL.> <model> <arguments>", "Runs a QUERY, AGGREGATE, COUNT, EXISTS, GET or MGET and replies its plan in place of the answer, with rows, batches, steps and time of each operator", "as the command"},
    {"INDEX LIST",     3,    2,   READ,                          nr_cmd_index_list,
     "<model>", "The model's indexes: name, fields, lookups, owners, type, key or prefix, entries, state, progress", "O(I) in the indexes, and up to 1,000 entities are read"},
    {"INDEX CREATE",   -5,   2,   WRITE,                         nr_cmd_index_create,
     "<model> <field> <lookup>...", "Asks for indexes that answer these lookups, whatever the definition says; a large model's are built while the server goes on", "O(1), and O(N) in the entities in slices behind it"},
    {"INDEX DROP",     -4,   2,   REMOVE,                        nr_cmd_index_drop,
     "<model> <field> [<lookup>...]", "Takes back what INDEX CREATE asked for, without lookups all of the field; what another owner wants stays", "O(1) for an ordered index, O(K) in the keys for sets"},
    {"INDEX REBUILD",  -3,   2,   WRITE,                         nr_cmd_index_rebuild,
     "<model> [field]", "Makes the model's indexes, or those of a field, anew", "O(N) in the entities, in slices behind it"},
    {"INDEX CHECK",    -3,   2,   READ,                          nr_cmd_index_check,
     "<model> [REPAIR]", "Compares every index with the entities: one line for each missing or surplus entry; with REPAIR these are mended right behind the command", "O(N) in the entities, O(K) in the keys"},
    {"INDEX STATS",    3,    2,   READ,                          nr_cmd_index_stats,
     "<model>", "What each index costs: keys, entries, distinct keys, bytes, bytes an entity", "O(D log N) in the distinct keys, O(K) in the keys of the database"},
    {"INDEX SUGGEST",  2,    0,   READ,                          nr_cmd_index_suggest,
     "", "Lookups that were answered by reading all rows: how often, how many rows, and the command that makes an index", "O(S log S) in the lookups noted, 1,000 at most"},
    {"INDEX SYNC",     -3,   2,   REMOVE,                        nr_cmd_index_sync,
     "<model> [ALL] [SEQ <n>]", "Writes what others changed in entities into the indexes, and the counter, which the primary decides; a primary sends it to its copies, nobody else needs it", "O(log N) for each entity changed"},
    {"INDEX OWNERS",   4,    2,   REMOVE,                        nr_cmd_index_owners,
     "<model> <json>", "Who wants which indexes; a primary sends it to its copies, nobody else may", "as INDEX CREATE and DROP"},
    {"INDEX BUILD",    -5,   2,   REMOVE,                        nr_cmd_index_build,
     "<model> <index> START | CLEAR <key>... | FILL <pk>... | DONE", "A step of building an index; a primary sends it to its copies, nobody else may", "O(log N) for each primary key"},
    {"RELATE",         -2,   1,   READ,                          nr_cmd_later, NULL, NULL, NULL},
    {"AUTOLOAD",       1,    0,   WRITE,                         nr_cmd_autoload,
     "", "Reads the files of the module's AUTOLOAD directory again and puts their definitions and indexes into force", "O(K) in the keys the first time, else as MODEL SET for each model that has changed"},
    {NULL,             0,    0,   0,                             NULL,         NULL, NULL, NULL},
};

bool nr_cmd_later(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    return nr_fail(&c->err, NR_E_SYNTAX, "this command is not available in this version");
}
