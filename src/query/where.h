/* where.h -- the clauses WHERE, WHEN and HAVING: comparisons, and, or, not and parentheses, as text.
 *
 * or, | bind weaker than and, &, these weaker than not, ~. A comparison is a path, one of = != < <= > >=, and a value (expr_read.h). The path may end in a lookup
 * in front of =; in front of the others it has none. What comes of it is what the clause Q gives, and comparisons with expressions (NR_P_COMPARE). */
#ifndef NR_WHERE_H
#define NR_WHERE_H

#include "query/bind_leaf.h"

/* NULL: err (SYNTAX with the character and what was expected; LIMIT when nested too deeply; and what nr_bind_json_leaf says). */
const nr_pred *nr_where_bind(nr_binder *b, const nr_ast_where *where);

#endif
