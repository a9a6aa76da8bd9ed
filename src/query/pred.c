/* pred.c -- evaluation and printing of predicates. Depth is bounded by whoever builds them. */
#include "query/pred.h"

#include "query/pairing.h"

enum { SHOWN = 200 }; /* bytes of an expression that are printed as they are */

/* Any of what the path gives will do. */
static bool eval_path(const nr_pred *leaf, const nr_value *v)
{
    nr_mark mark = nr_arena_mark(leaf->scratch);
    nr_values given = {0};
    bool found = false;
    nr_path_values(&leaf->path, v, nr_lookup_form(leaf->lookup), leaf->scratch, &given);
    for (size_t i = 0; !found && i < given.n; i++) found = leaf->lookup->eval(&given.at[i], &leaf->args);
    nr_arena_rewind(leaf->scratch, mark);
    return found;
}

bool nr_pred_holds(const nr_pred *leaf, const nr_value *v)
{
    return leaf->direct ? leaf->lookup->eval(v, &leaf->args) : eval_path(leaf, v);
}

bool nr_pred_eval(const nr_pred *p, const uint32_t *rows, const nr_value *values)
{
    if (p->op == NR_P_LEAF) return nr_pred_holds(p, &values[p->field->id]);
    if (p->op == NR_P_COMPARE) return nr_compare_holds(p->compare, rows ? rows[0] : NR_NO_ROW, values);
    if (p->op == NR_P_ROWS) return nr_pred_has_row(p, rows[p->at]);
    if (p->op == NR_P_NOT) return !nr_pred_eval(p->kids[0], rows, values);
    bool stop = p->op == NR_P_OR;
    for (size_t i = 0; i < p->n; i++)
        if (nr_pred_eval(p->kids[i], rows, values) == stop) return stop;
    return !stop;
}

bool nr_pred_waits(const nr_pred *p)
{
    bool waits = p->op == NR_P_LINK || p->op == NR_P_PAIRED || p->op == NR_P_QUERY || (p->op == NR_P_COMPARE && p->compare->n_joined && !p->compare->sight);
    for (size_t i = 0; !waits && nr_pred_is_tree(p) && i < p->n; i++) waits = nr_pred_waits(p->kids[i]);
    return waits;
}

void nr_pred_fields(const nr_pred *p, bool *want)
{
    if (p->op == NR_P_LEAF || p->op == NR_P_QUERY) want[p->field->id] = true;
    if (p->op == NR_P_LINK && !p->link->reverse) want[p->link->field->id] = true;
    if (p->op == NR_P_COMPARE) nr_compare_fields(p->compare, want);
    for (size_t i = 0; nr_pred_is_tree(p) && i < p->n; i++) nr_pred_fields(p->kids[i], want);
}

static void print_leaf(const nr_pred *p, nr_buf *out)
{
    nr_path_print(&p->path, out);
    nr_buf_printf(out, "__%s ", p->lookup->name);
    if (p->op != NR_P_LEAF && p->text.n <= SHOWN) nr_buf_add(out, p->text);
    else nr_buf_printf(out, "%s", NR_SHOW(p->text));
}

void nr_pred_print(const nr_pred *p, nr_buf *out)
{
    if (p->op == NR_P_LEAF || p->op == NR_P_COMPARE || p->op == NR_P_QUERY) {
        print_leaf(p, out);
        return;
    }
    if (p->op == NR_P_ROWS) {
        nr_buf_add(out, p->text);
        return;
    }
    if (p->op == NR_P_LINK || p->op == NR_P_PAIRED) {
        nr_buf_printf(out, "%.*s.", NR_FMT(p->op == NR_P_LINK ? p->link->name : p->pairing->name));
        nr_pred_print(p->kids[0], out);
        return;
    }
    if (p->op == NR_P_NOT) nr_buf_add(out, NR_S("NOT "));
    if (p->n == 0) nr_buf_add(out, p->op == NR_P_AND ? NR_S("everything") : NR_S("nothing"));
    bool brackets = p->op != NR_P_NOT && p->n > 1;
    if (brackets) nr_buf_byte(out, '(');
    for (size_t i = 0; i < p->n; i++) {
        if (i) nr_buf_add(out, p->op == NR_P_AND ? NR_S(" AND ") : NR_S(" OR "));
        nr_pred_print(p->kids[i], out);
    }
    if (brackets) nr_buf_byte(out, ')');
}
