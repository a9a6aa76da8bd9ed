/* matcher.c -- patterns come from the engine's set; what they are too costly for is an error. */
#include "query/matcher.h"

nr_matcher *nr_matcher_new(nr_slice pattern, bool caseless, const nr_ready_for *with)
{
    nr_regex *regex = nr_regex_get(with->patterns, pattern, caseless, with->err);
    if (!regex) return NULL;
    nr_matcher *m = NR_NEW(with->arena, nr_matcher);
    nr_regex_needs needs = nr_regex_literals(with->arena, pattern);
    *m = (nr_matcher){.next = *with->matchers, .regex = regex, .pattern = pattern, .prefix = needs.prefix, .literal = needs.literal, .with = with};
    *with->matchers = m;
    return m;
}

void nr_matchers_release(nr_matcher *first)
{
    for (; first; first = first->next) nr_regex_release(first->regex);
}

static bool has_time(void *ctx)
{
    const nr_matcher *m = ctx;
    const nr_env *env = m->with->arena->env;
    return env->mono_us(env->ctx) < m->with->deadline_us;
}

bool nr_matcher_true(nr_matcher *m, nr_slice text)
{
    nr_regex_found r = nr_regex_search(m->regex, text, (nr_regex_watch){.go_on = has_time, .ctx = m});
    if (r == NR_REGEX_STOPPED || r == NR_REGEX_HARD)
        nr_fail(m->with->err, NR_E_LIMIT, "the pattern %s needs more %s than it may on a text of %zu bytes", NR_SHOW(m->pattern),
                r == NR_REGEX_HARD ? "steps" : "time (nonrel.max-time)", text.n);
    return r == NR_REGEX_YES;
}
