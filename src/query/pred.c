/* pred.c -- evaluation and printing of predicates. Depth is bounded by whoever builds them. */
#include "query/pred.h"

bool nr_pred_eval(const nr_pred *p, const nr_value *row)
{
    if (p->op == NR_P_LEAF) return p->lookup->eval(&row[p->field->id], p->args, p->n_args);
    if (p->op == NR_P_NOT) return !nr_pred_eval(p->kids[0], row);
    bool stop = p->op == NR_P_OR;
    for (size_t i = 0; i < p->n; i++)
        if (nr_pred_eval(p->kids[i], row) == stop) return stop;
    return !stop;
}

void nr_pred_fields(const nr_pred *p, bool *want)
{
    if (p->op == NR_P_LEAF) want[p->field->id] = true;
    for (size_t i = 0; i < p->n; i++) nr_pred_fields(p->kids[i], want);
}

static void print_leaf(const nr_pred *p, nr_buf *out)
{
    nr_buf_printf(out, "%.*s__%s %s", NR_FMT(p->field->name), p->lookup->name, NR_SHOW(p->text));
}

void nr_pred_print(const nr_pred *p, nr_buf *out)
{
    if (p->op == NR_P_LEAF) {
        print_leaf(p, out);
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
