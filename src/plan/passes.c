/* passes.c -- the table of passes. */
#include "plan/passes.h"

const nr_pass_row nr_passes[NR_PASSES] = {
    {NR_PASS_SIMPLIFY,  "simplify",  "trees are made flat, an OR of one field's values becomes one `in`, what is dear is asked last"},
    {NR_PASS_INDEX,     "index",     "lookups are answered by indexes"},
    {NR_PASS_NARROW,    "narrow",    "several lookups on one ordered index are one range of it"},
    {NR_PASS_COMPOSITE, "composite", "an index of several fields answers several lookups, or an order behind them"},
    {NR_PASS_MASK,      "mask",      "further indexes leave out rows before they are opened"},
    {NR_PASS_ORDER,     "order",     "an index is walked in the order that is asked for, until the LIMIT"},
    {NR_PASS_COUNT,     "count",     "COUNT by the sizes of indexes"},
    {NR_PASS_ANSWER,    "answer",    "aggregates by indexes: counts, the first and the last"},
    {NR_PASS_TOP,       "top",       "an order by one column of numbers needs no rows but those of the LIMIT"},
    {NR_PASS_COLUMNS,   "columns",   "values are read from columns, not from the entities"},
    {NR_PASS_KEYS,      "keys",      "a join that finds few targets looks for their keys in the index of the reference"},
    {NR_PASS_BORROWED,  "borrowed",  "a path along references that has an index of its own is no join"},
};
