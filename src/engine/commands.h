/* commands.h -- the handlers that commands.c lists, and what they share. */
#ifndef NR_COMMANDS_H
#define NR_COMMANDS_H

#include "engine/levels.h"
#include "plan/plan.h"

bool nr_cmd_save(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_get(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_mget(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_query(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_count(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_exists(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_delete(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_update(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_relate(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_explain(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_profile(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_list(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_check(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_stats(nr_call *c, const nr_slice *argv, size_t argc);

/* "lookups" and those that the index answers: two members of a map. */
void nr_reply_lookups(nr_call *c, const nr_index *ix);

bool nr_cmd_model_help(nr_call *c, const nr_slice *argv, size_t argc);
bool nr_cmd_index_help(nr_call *c, const nr_slice *argv, size_t argc);

bool nr_cmd_model_diff(nr_call *c, const nr_slice *argv, size_t argc);

/* Bytes of JSON that a command may bring: a tree of small values takes some 60 times its text. */
size_t nr_json_budget(const nr_call *c);

/* What binding may take of a call. */
nr_bind_with nr_bind_with_of(nr_call *c);

/* Starts a run of plans for a call; nr_run_close ends it. */
void nr_run_start(nr_run *run, nr_call *c, nr_model *m);

/* A planner over the same. */
nr_planner nr_planner_for(nr_call *c, nr_model *m);

/* The line of EXPLAIN and PROFILE about a count that indexes told; text: what nr_plan_count says. */
nr_slice nr_count_line(nr_call *c, nr_slice text, uint64_t count);

/* The filters of a DELETE, COUNT or EXISTS, bound; argv behind the model. */
bool nr_filters_bind(nr_call *c, nr_model *m, const nr_slice *argv, size_t argc, nr_query *out);

/* Every row of a plan, appended to rows (in the run's arena). */
typedef NR_VEC(uint32_t) nr_row_list;
bool nr_run_collect(nr_run *run, const nr_node *root, nr_row_list *rows);

/* The rows that match, planned, bounded and noted as for any query. */
bool nr_rows_matching(nr_call *c, nr_model *m, const nr_query *q, nr_row_list *rows);

/* What UPDATE does with the entities that match, by level. */
typedef struct nr_update_part {
    bool *given;                /* by field id */
    bool any;                   /* there is something to do: given, or a clock */
    nr_value *values;           /* SET, NULL */
    const nr_expr **exprs;      /* EXPR; NULL: values has it */
} nr_update_part;

typedef struct nr_update {
    nr_query query;
    nr_levels levels;
    nr_field **fields;          /* with several levels and EXPR: the fields of all as those of one row, by level; NULL: as they are */
    size_t n_fields;            /* of all levels */
    nr_update_part *parts;      /* by level */
} nr_update;

/* Reads and binds the arguments of UPDATE behind the model. writes: the models above it are needed for that too. */
bool nr_update_bind(nr_call *c, nr_model *m, bool writes, const nr_slice *argv, size_t argc, nr_update *out);

#endif
