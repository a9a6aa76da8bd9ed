/* reference.c -- links brought up to date when a command first needs them. */
#include "exec/reference.h"

#include "table/rows.h"
#include "table/table.h"

nr_reference nr_reference_of(nr_model *from, const nr_field *f, nr_model *to)
{
    nr_reference r = {.from = from, .to = to};
    nr_links *l = nr_table_links(from->table, f->id);
    nr_links_sync(l, from->table, nr_table_column(from->table, f->id), &f->spec, to->rows);
    r.at = nr_links_at(l, &r.n);
    return r;
}

uint32_t nr_reference_follow(const nr_reference *r, uint32_t row)
{
    uint32_t to = row < r->n ? r->at[row] : NR_NO_ROW;
    return to != NR_NO_ROW && nr_table_has(r->to->table, to) ? to : NR_NO_ROW;
}
