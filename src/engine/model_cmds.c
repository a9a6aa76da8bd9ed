/* model_cmds.c -- MODEL GET and MODEL LIST. */
#include <stdlib.h>

#include "base/glob.h"
#include "engine/models.h"

bool nr_cmd_model_get(nr_call *c, const nr_slice *argv, size_t argc)
{
    (void)argc;
    nr_model *m = nr_model_find(c, argv[0]);
    if (!m) return nr_model_missing(c, argv[0]);
    c->sink->cls->bulk(c->sink, m->schema->source);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return nr_slice_cmp(*(const nr_slice *)a, *(const nr_slice *)b);
}

bool nr_cmd_model_list(nr_call *c, const nr_slice *argv, size_t argc)
{
    if (argc > 1) return nr_fail(&c->err, NR_E_SYNTAX, "MODEL LIST takes one pattern, got %zu", argc);
    if (!nr_models_load_all(c)) return false;
    nr_slices names = {0};
    size_t at = 0;
    for (nr_model *m; (m = nr_catalog_next(c->engine->catalog, c->db, &at));) {
        nr_slice name = m->schema->name;
        if (!nr_model_may(c, name, false)) continue;
        if (!argc || nr_glob(argv[0], name)) nr_vec_push(&c->arena, &names, name);
    }
    if (names.n) qsort(names.at, names.n, sizeof *names.at, compare_names);
    c->sink->cls->array(c->sink, names.n);
    for (size_t i = 0; i < names.n; i++) c->sink->cls->bulk(c->sink, names.at[i]);
    return true;
}
