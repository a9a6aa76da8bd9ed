/* reference.c -- prints docs/reference.md from the tables that the program runs on, so that the page says what this version does and nothing else.
 *
 * What a table does not hold (replies, what an error means, what a setting is for) stands here, by name. A command or setting that has no text
 * here, or a reply of no command, ends the program with an error, and the build with it. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/commands.h"
#include "module.h"
#include "plan/passes.h"
#include "query/ast.h"
#include "query/lookup.h"
#include "types/container.h"

typedef struct note {
    const char *name, *text;
} note;

static _Noreturn void die(const char *what, const char *name)
{
    fprintf(stderr, "reference: %s: %s\n", what, name);
    exit(1);
}

static const char *note_find(const note *notes, const char *name)
{
    for (; notes->name; notes++)
        if (strcmp(notes->name, name) == 0) return notes->text;
    return NULL;
}

static const char *note_need(const note *notes, const char *name)
{
    const char *text = note_find(notes, name);
    if (!text) die("has no text in tools/reference.c", name);
    return text;
}

/* Text for a cell of a table: what Markdown would take for its own is escaped, outside of code only where code needs none. */
static void cell(const char *text)
{
    bool code = false;
    for (; *text; text++) {
        if (*text == '`') code = !code;
        if (*text == '|') fputs("\\|", stdout);
        else if (*text == '<' && !code) fputs("&lt;", stdout);
        else putchar(*text);
    }
}

static void row(const char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fputs("| ", stdout);
        cell(cells[i]);
        putchar(' ');
    }
    puts("|");
}

#define ROW(...) row((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void head(const char *const *cells, size_t n)
{
    row(cells, n);
    for (size_t i = 0; i < n; i++) fputs("| --- ", stdout);
    puts("|");
}

#define HEAD(...) head((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *code(nr_arena *a, const char *text)
{
    return *text ? nr_arena_printf(a, "`%s`", text).p : "";
}

/* ---- commands -------------------------------------------------------------------------------------------------------------------------- */

static const note replies[] = {
    {"MODEL SET", "`OK`"},
    {"MODEL GET", "the document as compact JSON"},
    {"MODEL LIST", "an array of names, sorted"},
    {"MODEL DROP", "`OK`"},
    {"MODEL HELP", "an array of lines: a subcommand with its arguments, and what it does"},
    {"SAVE", "the primary key, an integer for integer keys; for a JSON array an array of them, in its order"},
    {"GET", "the entity, or nil"},
    {"MGET", "an array of entities in the order of the keys, nil for those that are not there"},
    {"QUERY", "an array of entities; with FLAT of values; with WITHCOUNT an array of the total and that array; with PAGE an array that ends in a token, or nil"},
    {"AGGREGATE", "an array of rows, also of one; a row is a map of its group keys and results by name"},
    {"COUNT", "an integer"},
    {"EXISTS", "1 or 0"},
    {"UPDATE", "an integer: the entities that match, changed or not"},
    {"DELETE", "an integer: the entities removed, those that went with them included"},
    {"RELATE", "an integer: the relations made and removed; `NOTFOUND` when the entity or one of the others is not there, but REMOVE takes off what is related to an entity that is gone"},
    {"EXPLAIN", "an array of lines, the root of the plan first, two spaces of indent a level; the last one, `Passes ...`, names the passes without which the plan would be another, if there are any"},
    {"PROFILE", "the lines of EXPLAIN, each with `| rows= batches= steps= time=` behind it: rows given, batches that had any, how often one was asked for, and the operator's own time; a line `Total time=` at the end"},
    {"MODEL DIFF", "an array of lines, `add field <name>`, `build index <name>` and their like; `refuse <error>` when MODEL SET would; empty when it would do nothing"},
    {"INDEX CREATE", "`OK`; a lookup is its name, or the JSON object that stands for it in a definition"},
    {"INDEX DROP", "`OK`; `NOTFOUND` when INDEX CREATE has not asked for it"},
    {"INDEX REBUILD", "`OK`; INDEX LIST tells how far it is"},
    {"INDEX SUGGEST",
     "an array of maps, those that read most rows first: `model`, `lookup`, `queries`, `rows`, and `create`, the command that makes the index; of models that the user may "
     "read, since the start of the server"},
    {"INDEX HELP", "an array of lines: a subcommand with its arguments, and what it does"},
    {"INDEX STATS",
     "an array of maps: `name`, `lookups`, `keys` (of the server that it takes), `entries`, `distinct` (keys of the index), `bytes`, `bytes_per_entity`"},
    {"AUTOLOAD", "an array of lines, one for each definition or wish that the stored data does not allow; empty when all files are in force"},
    {"INDEX OWNERS", "`OK`"},
    {"INDEX BUILD", "`OK`"},
    {"INDEX LIST",
     "an array of maps, which have `key` for a sorted set and `prefix` for sets; `owners` are `model` (the definition), `command` (INDEX CREATE) and `file:<name>`; "
     "`entries` is exact, but for sets of a native model that may have several entries an entity, or none (substrings, elements, keys): of those it is what the first 1,000 "
     "entities have, and as much for each other one; INDEX STATS counts; `state` is `ready`, `waiting` (to be built), `building`, or `stale` (the next write rebuilds it); `progress` is in percent"},
    {"INDEX SYNC", "`OK`"},
    {"INDEX CHECK",
     "an array of lines, `missing <index> <pk>`, `surplus <index> <pk>`, `stale <index>` or `wrongtype <index> <key>`; empty when all is well"},
    {NULL, NULL},
};

static void print_command(const nr_command *cmd)
{
    bool write = cmd->flags & NR_CMD_WRITE;
    printf("\n### NONREL.%s\n\n```\nNONREL.%s %s\n```\n\n%s.\n\n", cmd->name, cmd->name, cmd->syntax, cmd->summary);
    printf("- Replies %s.\n- %s%s\n- Time: %s.\n", note_need(replies, cmd->name), write ? "Writes" : "Reads only",
           !write                        ? "."
           : cmd->flags & NR_CMD_DENYOOM ? "; refused when the server is out of memory."
                                         : "; works when the server is out of memory.",
           cmd->complexity);
}

static void check_replies(void)
{
    for (const note *n = replies; n->name; n++) {
        const nr_command *cmd = nr_commands;
        while (cmd->name && strcmp(cmd->name, n->name) != 0) cmd++;
        if (!cmd->name) die("is no command", n->name);
    }
}

static void print_commands(void)
{
    check_replies();
    puts("\n## Commands\n\nThe model is the one key that a command declares. An entity is a map of its fields in RESP3, a flat array of names and "
         "values in RESP2;\n"
         "the primary key comes first, then the fields in the order of the definition, NULL ones too.");
    for (const nr_command *cmd = nr_commands; cmd->name; cmd++)
        print_command(cmd);
}

/* ---- clauses and lookups --------------------------------------------------------------------------------------------------------------- */

static const char *commands_of(const nr_clause *c)
{
    if (c->group & NR_CL_CHANGE) return "UPDATE";
    if (c->group & NR_CL_FILTERS) return "QUERY, AGGREGATE, COUNT, EXISTS, UPDATE, DELETE";
    if (c->group & NR_CL_FIELDS) return "QUERY, GET";
    if (!(c->group & NR_CL_SHAPE)) return "AGGREGATE";
    return c->group & NR_CL_GROUPS ? "QUERY, AGGREGATE" : "QUERY";
}

static void print_clauses(nr_arena *a)
{
    puts("\n## Clauses\n\nIn any order behind the model. `<filters>` are FILTER, EXCLUDE, WHERE and Q: all of them hold together, and only they may "
         "stand more than once.\n"
         "The words are good in any case, but inside a list of fields or lookups only in capitals.\n");
    HEAD("clause", "in", "meaning");
    for (const nr_clause *c = nr_clauses; c->word; c++) {
        if (c->later) continue;
        ROW(code(a, c->syntax), commands_of(c), c->doc);
    }
    puts("\nFunctions of AGGREGATE, each behind its name a field, or a transform of one, and `AS` with the name of the result, which is "
         "`<field>__<function>` in small\nletters without it, and `count` for `COUNT *`. Over no values COUNT and COUNTDISTINCT are 0, the others NULL.\n");
    HEAD("function", "of", "gives");
    for (const nr_aggregate *f = nr_aggregates; f->name; f++) ROW(code(a, f->name), nr_arena_printf(a, "%s%s", f->wants, f->star ? ", `*`" : "").p, f->doc);
}

static void print_expressions(nr_arena *a)
{
    puts("\n## Expressions\n\n`WHERE` takes a text, one argument: comparisons with `and` (`&`), `or` (`|`), `not` (`~`) and parentheses; `or` binds "
         "weaker than "
         "`and`, that\nweaker than `not`. Words are good in any case, up to 64 levels may be nested. What is wrong is said with the character where "
         "it is.\n");
    HEAD("comparison", "means");
    ROW(code(a, "path = value"), "as in `FILTER`; the path may end in a lookup: `title__icontains = 'x'`");
    ROW(code(a, "path != value"), "not (path = value): NULL is there too. The path has no lookup here and below");
    ROW("`path < value`, `<=`, `>`, `>=`", "the lookups lt, lte, gt, gte");
    puts("");
    HEAD("value", "means");
    ROW(code(a, "'text'"), "a text; `''` inside is one quote");
    ROW("`3`, `-2.5`, `true`, `false`, `null`", "as in JSON, in the clause `Q`");
    ROW(code(a, "$name"), "what `PARAMS` gives for it, read as `FILTER` reads its values: a JSON array for in, range and their like");
    ROW(code(a, "(value, ...)"), "a list, for in, range and their like; one value in parentheses is a list, too, unless it is computed with");
    ROW(code(a, "(QUERY model WHERE ...)"),
        "for in and its like, alone behind `=`: what another query gives, of any model: primary keys, or with `FIELDS path` in front of the `)` the values of a path "
        "as FIELDS takes it; NULLs among them are ignored. Without `WHERE`: of all entities. Values are compared as those of `F(path)` are. In `Q` "
        "`{\"query\": {\"model\": ..., \"field\": ..., \"q\": {...}}}`");
    ROW(code(a, "F(path)"),
        "the value of another field of the same entity, or of one behind references (`F(author__age)`, NULL when they lead nowhere; not in `EXPR`), for exact, "
        "lt, lte, gt and gte: numbers are compared with numbers, texts with texts, the rest with the same type");
    ROW("`F(views) * 2 + 1`",
        "`+ - * / // %` on numbers: `/` divides truly, `//` rounds down, `%` is what is left then. A value that is computed is asked of each row; no "
        "index helps");
    puts("\nIntegers and decimals are computed exactly, with up to 38 digits; more is an error. As soon as a float takes part it is in double. NULL "
         "on either side, and a\n"
         "division by zero, match nothing.");
}

/* The types that a lookup suits, as few words as they take. */
static const char *suited(nr_arena *a, const nr_lookup *l)
{
    nr_buf with = nr_buf_in(a), without = nr_buf_in(a);
    for (const nr_type *const *t = nr_types; *t; t++) {
        if ((*t)->flags & NR_TF_RELATION) continue;
        nr_buf *b = nr_lookup_suits(l, *t) ? &with : &without;
        nr_buf_printf(b, "%s%s", b->n ? ", " : "", (*t)->name);
    }
    if (!without.n) return "all";
    bool most = with.n > without.n;
    return nr_arena_printf(a, "%s%.*s", most ? "all but " : "", NR_FMT(nr_buf_slice(most ? &without : &with))).p;
}

/* What an index may be of, the one that the lookup's name in "index" makes first. */
static const char *ways(nr_arena *a, const nr_lookup *l)
{
    nr_buf b = nr_buf_in(a);
    for (const nr_way *w = l->ways; w->keyfn; w++) {
        bool sets = w->keyfn->shape != NR_KS_ORDERED && (w->flags & NR_WAY_POINTS), ordered = w->keyfn->shape != NR_KS_SET;
        nr_buf_printf(&b, "%s`%s` (%s%s)%s", b.n ? ", " : "", w->keyfn->name, sets ? "set" : "", ordered ? (sets ? ", ordered" : "ordered") : "",
                      w->flags & NR_WAY_EXACT ? "" : " and a look at each");
    }
    nr_buf_byte(&b, 0);
    return nr_buf_slice(&b).p;
}

static void print_transforms(nr_arena *a)
{
    puts("\nText lookups on fields of other types look at the canonical text, and so does an index for them. A needle of one or two characters is in "
         "no\n"
         "`substrings` index: it is looked for in all rows. A text of more than 16,384 different trigrams has one entry, and every needle looks at it.\n\n## Transforms\n\n`<field>__<transform>__<lookup>`: the lookup is asked of a part of "
         "the value, in UTC; NULL "
         "stays NULL. `\"index\": [\"month\"]` makes a set\nindex of the part; `year` makes an ordered index of the values themselves.\n");
    HEAD("transform", "of", "gives", "which is");
    for (const nr_transform *t = nr_transforms; t->name; t++) {
        nr_buf types = nr_buf_in(a);
        for (const nr_type *const *type = nr_types; *type; type++)
            if (nr_transform_suits(t, *type)) nr_buf_printf(&types, "%s%s", types.n ? ", " : "", (*type)->name);
        nr_buf_byte(&types, 0);
        ROW(code(a, t->name), nr_buf_slice(&types).p, t->gives, t->doc);
    }
}

static void print_lookups(nr_arena *a)
{
    static const char *const operands[] = {
        [NR_ARG_ONE] = "a value of the field",
        [NR_ARG_LIST] = "a JSON array",
        [NR_ARG_PAIR] = "a JSON array of two",
        [NR_ARG_TRUTH] = "`true` or `false`, `1` or `0`",
    };
    puts("\n## Lookups\n\n`<field>__<lookup>`, or `<field>` alone for exact; `pk` means the primary key. A relation has the lookups of its target's "
         "primary key. Operands are\n"
         "read by the field's type: what is not of its syntax is BADVALUE, what no entity can have matches nothing. Every lookup works without\n"
         "an index too, by reading entities. Of `isnull` a set index answers `true` alone.\n");
    HEAD("lookup", "operand", "fields", "key functions of indexes that help", "true of");
    size_t at = 0;
    for (const nr_lookup *l; (l = nr_lookup_next(&at));)
        ROW(code(a, l->name), l->takes == NR_LT_TEXT ? "a text" : operands[l->arg], suited(a, l), ways(a, l), l->doc);
    print_transforms(a);
}

/* ---- types and definitions ------------------------------------------------------------------------------------------------------------- */

static void print_types(nr_arena *a)
{
    static const char *const kinds[] = {
        [NR_REPLY_STRING] = "bulk string", [NR_REPLY_INTEGER] = "number", [NR_REPLY_DOUBLE] = "double", [NR_REPLY_BOOL] = "boolean",
        [NR_REPLY_LIST] = "array",         [NR_REPLY_SET] = "set",        [NR_REPLY_MAP] = "map"};
    puts("\n## Field types\n\nIn RESP2 every value is a bulk string of its canonical text, NULL is nil.\n\nThe text of list, set, dict, embedded and "
         "json is compact JSON, in arguments any JSON text. What stands in one is replied in RESP3 as its own type\nis; where nothing is declared, "
         "JSON's numbers are numbers or doubles (a bulk string when neither says the same), its strings bulk strings.");
    printf("Such a text has at most %d bytes, %d elements and members, and %d levels.\n\n", NR_CONTAINER_BYTES, NR_CONTAINER_ITEMS, NR_JSON_DEPTH);
    HEAD("type", "Django's names", "what it is", "a write takes", "RESP3");
    for (const nr_type *const *t = nr_types; *t; t++)
        ROW(code(a, (*t)->name), (*t)->django, (*t)->doc, (*t)->expects,
            (*t)->flags & NR_TF_MANY ? "" : (*t)->flags & NR_TF_RELATION ? "as the target's primary key" : kinds[(*t)->reply]);
}

static const char *types_with(nr_arena *a, unsigned flags)
{
    nr_buf b = nr_buf_in(a);
    for (const nr_type *const *t = nr_types; *t; t++)
        if ((*t)->flags & flags) nr_buf_printf(&b, "%s%s", b.n ? ", " : "", (*t)->name);
    nr_buf_byte(&b, 0);
    return nr_buf_slice(&b).p;
}

static void print_options(nr_arena *a)
{
    puts("\n## Definitions\n\nThe document of MODEL SET is a JSON object:\n");
    HEAD("key", "takes", "meaning");
    for (const nr_schema_option *o = nr_schema_keys; o->name; o++)
        if (o->set) ROW(code(a, o->name), o->expects, o->doc);
    puts("\nA field is an object of options:\n");
    HEAD("option", "takes", "types", "meaning");
    for (const nr_schema_option *o = nr_schema_options; o->name; o++)
        if (o->set) ROW(code(a, o->name), o->expects, o->types ? types_with(a, o->types) : "all", o->doc);
    printf("\nA definition has at most %d bytes and %d fields; a model's name at most %d bytes, a field's %d, a primary key's text %d.\n",
           NR_SCHEMA_BYTES_MAX, NR_FIELDS_MAX, NR_MODEL_NAME_MAX, NR_FIELD_NAME_MAX, NR_PK_TEXT_MAX);
}

/* ---- indexes --------------------------------------------------------------------------------------------------------------------------- */

static const char *const sample =
    "{\"fields\": {\"title\": {\"type\": \"char\", \"index\": true}, \"slug\": {\"type\": \"slug\", \"unique\": true}, "
    "\"status\": {\"type\": \"char\", \"null\": true, \"index\": [\"exact\"]}, \"author\": {\"type\": \"fk\", \"to\": \"auth.User\"}}, "
    "\"indexes\": [{\"name\": \"feed\", \"fields\": [\"status\", \"-title\"]}], \"unique_together\": [[\"author\", \"title\"]]}";

static const char *set_key(nr_arena *a, const nr_index *ix, const nr_value *v)
{
    nr_buf b = nr_buf_in(a);
    nr_index_set_key(ix, v, &b);
    nr_buf_byte(&b, 0);
    return code(a, nr_buf_slice(&b).p);
}

static void print_set_keys(nr_arena *a, const nr_index *ix)
{
    static const char longer[] = "a text of more than sixty-four bytes, which is too long for the name of a key";
    const nr_value v = {.kind = NR_V_TEXT, .s = NR_S("draft")}, none = NR_NULL, digest = {.kind = NR_V_TEXT, .s = NR_S(longer)};
    const char *name = nr_arena_copy(a, ix->path.field->name).p;
    printf("\nThe sets of `%s`:\n\n", name);
    HEAD("value", "key");
    ROW("`draft`", set_key(a, ix, &v));
    ROW("NULL", set_key(a, ix, &none));
    ROW("over 64 bytes: a digest, and what it finds is verified", set_key(a, ix, &digest));
}

static void print_indexes(nr_arena *a)
{
    static const char *const structures[] = {
        [NR_IX_PK] = "sorted set", [NR_IX_ORDERED] = "sorted set", [NR_IX_SET] = "a set for each value, under the prefix"};
    nr_err err = {.code = NR_OK};
    nr_schema *s = nr_schema_parse(NR_S("blog.Post"), nr_slice_of(sample), NULL, NULL, a, &err);
    nr_index *indexes;
    size_t n;
    if (!s) die("the sample definition", err.msg);
    if (!nr_schema_indexes(s, NULL, a, &indexes, &n, &err)) die("the sample's indexes", err.msg);
    printf("\n## Indexes\n\n`\"index\": true`, `unique`, and a list with a lookup that needs order make an ordered index; a list of none but such as "
           "a set can answer makes a set\n"
           "index; relations always have a set index. The model `blog.Post` of\n\n```json\n%s\n```\n\nhas:\n\n",
           sample);
    HEAD("index", "key", "structure");
    for (size_t i = 0; i < n; i++)
        ROW(code(a, nr_arena_copy(a, indexes[i].name).p), code(a, nr_arena_copy(a, indexes[i].key).p), structures[indexes[i].kind]);
    for (size_t i = 0; i < n; i++)
        if (indexes[i].kind == NR_IX_SET && nr_slice_is(indexes[i].path.field->name, "status")) print_set_keys(a, &indexes[i]);
    puts("\nAn index is named by its field and its key function, which says what of a value is indexed; one of several fields by its `name`, or by its "
         "fields and `together`; one of `unique_together` and of `unique_for_...` by its fields and `unique`. The format is the function's version: an index of "
         "another one is built anew.\n");
    HEAD("key function", "format", "indexes");
    for (const nr_keyfn *const *k = nr_keyfns; *k; k++) ROW(code(a, (*k)->name), nr_arena_printf(a, "%u", (*k)->format).p, (*k)->doc);
}

/* ---- errors, settings, INFO ------------------------------------------------------------------------------------------------------------ */

/* A code without a text is of no use in this version. */
static const char *const errors[NR_E_COUNT] = {
    [NR_E_SYNTAX] = "the arguments, or a document's JSON, are not as the command takes them; also what is not available in this version",
    [NR_E_NOMODEL] = "there is no such model, or it is abstract; or a reference that has a value refers to a model that is not defined",
    [NR_E_NOFIELD] = "the model has no such field",
    [NR_E_NOLOOKUP] = "the field has no such lookup",
    [NR_E_BADVALUE] = "a value is not of the field's type or not allowed by its options; in MODEL SET the definition is at fault",
    [NR_E_NOTNULL] = "a field that cannot be NULL would be",
    [NR_E_NOTUNIQUE] = "another entity has this value of a unique field",
    [NR_E_EXISTS] = "the entity is there, and INSERT or a BY that finds nobody wants a new one; MODEL SET, and the key holds something else",
    [NR_E_NOTFOUND] = "SAVE UPDATE, and there is no such entity; or a reference with \"check\" is set to one that is not there",
    [NR_E_CONFLICT] = "the key of the entity holds something that is no entity; or BY finds another entity than the primary key given",
    [NR_E_PROTECTED] = "something else depends on it: entities that refer with on_delete protect or restrict, models that refer, entities of a model to be dropped",
    [NR_E_LIMIT] = "a budget is used up (see the settings), or a counter; or the server may evict index keys. An answer is never cut short",
    [NR_E_NOPERM] = "the user may not use the command or the key of the model (the server's own), or another model that the command touches",
    [NR_E_LOADING] = "the server's own: it is still loading its data",
    [NR_E_CORRUPT] = "keys do not hold what they should; the message names the key",
};

static void print_errors(nr_arena *a)
{
    puts("\n## Errors\n\nThe first word is a code, then a sentence says what to do. A command that fails has changed nothing; when even that could "
         "not be kept, CORRUPT says so.\n");
    HEAD("code", "meaning");
    for (int i = NR_OK + 1; i < NR_E_COUNT; i++)
        if (errors[i]) ROW(code(a, nr_code_word((nr_code)i)), errors[i]);
}

static const note settings[] = {
    {"max-scan", "rows that a command may examine"},
    {"max-results", "rows that a query may return, and entities that MGET may be asked for"},
    {"max-memory", "bytes that a command may hold"},
    {"max-time", "milliseconds that a command may take"},
    {"allow-eviction",
     "writes although maxmemory-policy is allkeys-*, which may evict index keys: answers could miss rows then. Without it such writes are refused"},
    {"unindexed",
     "what becomes of a filter for which no index narrows the rows down: `scan` reads them all, `error` refuses with NOINDEX, `auto` reads them and has the "
     "index built, as INDEX CREATE would"},
    {"passes-off",
     "passes of the planner, one or several of the list below, that it does not take: answers stay the same, and one finds out which of them makes a query slow"},
    {"store", "where a new model that does not say so has its indexes: `native`, in sorted sets and sets, or `memory`"},
    {NULL, NULL},
};

/* Stands in for the server: the module registers its settings here, and they are printed. */
static int print_setting(RedisModuleCtx *ctx, const char *name, long long value, unsigned flags, long long low, long long high,
                         RedisModuleConfigGetNumericFunc get, RedisModuleConfigSetNumericFunc set, RedisModuleConfigApplyFunc apply, void *at)
{
    (void)ctx, (void)get, (void)set, (void)apply, (void)at;
    printf("| `nonrel.%s` | %lld%s | %lld | %lld | %s |\n", name, value, flags & REDISMODULE_CONFIG_MEMORY ? " bytes" : "", low, high,
           note_need(settings, name));
    return REDISMODULE_OK;
}

static int print_flag(RedisModuleCtx *ctx, const char *name, int value, unsigned flags, RedisModuleConfigGetBoolFunc get,
                      RedisModuleConfigSetBoolFunc set, RedisModuleConfigApplyFunc apply, void *at)
{
    (void)ctx, (void)flags, (void)get, (void)set, (void)apply, (void)at;
    printf("| `nonrel.%s` | %s | no | yes | %s |\n", name, value ? "yes" : "no", note_need(settings, name));
    return REDISMODULE_OK;
}

static int print_choice(RedisModuleCtx *ctx, const char *name, int value, unsigned flags, const char **names, const int *values, int n,
                        RedisModuleConfigGetEnumFunc get, RedisModuleConfigSetEnumFunc set, RedisModuleConfigApplyFunc apply, void *at)
{
    (void)ctx, (void)flags, (void)values, (void)get, (void)set, (void)apply, (void)at;
    printf("| `nonrel.%s` | %s | %s | %s | %s |\n", name, names[value], names[0], names[n - 1], note_need(settings, name));
    return REDISMODULE_OK;
}

static int end_settings(RedisModuleCtx *ctx)
{
    (void)ctx;
    return REDISMODULE_OK;
}

static void print_settings(void)
{
    puts("\n## Settings\n\n`CONFIG SET nonrel.max-scan 1000000`, in redis.conf `nonrel.max-scan 1000000`. A command that passes a limit stops with "
         "LIMIT.\n");
    HEAD("setting", "default", "lowest", "highest", "is about");
    RedisModule_RegisterNumericConfig = print_setting;
    RedisModule_RegisterEnumConfig = print_choice;
    RedisModule_RegisterBoolConfig = print_flag;
    RedisModule_LoadConfigs = end_settings;
    if (nr_register_settings(NULL) != REDISMODULE_OK) die("settings", "were not registered");
    nr_call c = {.limits = NR_LIMITS_DEFAULT};
    printf("\nJSON takes a multiple of its text when it is read: the text of an argument may have one part in %lld of what is left of max-memory, "
           "%zu bytes by default.\n",
           (long long)c.limits.max_memory / (long long)nr_json_budget(&c), nr_json_budget(&c));
    puts("\nPasses of the planner:\n");
    for (size_t i = 0; i < NR_PASSES; i++) printf("- `%s`: %s\n", nr_passes[i].name, nr_passes[i].what);
}

static const note info[] = {
    {"nonrel_version", "of the module"},
    {"nonrel_models", "models in all databases, abstract ones too"},
    {"nonrel_entities", "their entities"},
    {"nonrel_index_entries", "entries of their indexes, were there one of each entity in each index; INDEX STATS counts"},
    {"nonrel_memory", "bytes of the tables in memory"},
    {"nonrel_left_out", "keys that were met under a model's prefix and are no entities by its definition"},
    {"nonrel_corrupt", "models that are marked CORRUPT: the log says why"},
    {"nonrel_indexes_waiting", "indexes that are not built yet; INDEX LIST tells how far they are"},
    {"nonrel_indexes_evictable", "1 when maxmemory-policy may evict index keys"},
    {"nonrel_calls", "commands since the start"},
    {"nonrel_errors", "those that failed"},
    {"nonrel_autoload_definitions", "definitions in the files of AUTOLOAD, a model in an index file being one"},
    {"nonrel_autoload_refused", "of these, what is not in force; `nonrel_autoload_refused_1` and so on say why"},
    {"nonrel_db0_<model>", "the same for each model of a database, and how often its table was built, the last time from how many entities in how many milliseconds, and index entries to be mended: entities, indexes, index_entries, indexes_waiting, saves, deletes, queries, memory, table_builds, table_rows, table_msec, repairs, left_out, corrupt"},
    {NULL, NULL},
};

static void print_info(nr_arena *a)
{
    puts("\n## INFO nonrel\n");
    HEAD("field", "meaning");
    for (const note *n = info; n->name; n++) ROW(code(a, n->name), n->text);
}

int main(void)
{
    nr_arena a;
    nr_arena_init(&a, nr_env_libc());
    puts("# Reference\n\nGenerated by `make docs` from the tables of NONREL " NR_VERSION
         "; do not edit it by hand. The [guide](guide.md) is the place to begin.");
    print_commands();
    print_clauses(&a);
    print_expressions(&a);
    print_lookups(&a);
    print_types(&a);
    print_options(&a);
    print_indexes(&a);
    print_errors(&a);
    print_settings();
    print_info(&a);
    nr_arena_clear(&a);
    return 0;
}
