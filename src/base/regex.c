/* regex.c -- PCRE2 counts its steps anew at every start position, so that a search is cut into slices of starts by its offset limit. */
#include "base/regex.h"

#include "base/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    SLICE = 256,               /* starts, in bytes */
    SLICE_MAX = 65536,         /* of a text that is cheap to search: PCRE2 looks for some letters through to the end, once a slice */
    STEPS = 20000,             /* of each start; in a larger slice so many fewer that the slice has no more */
    DEPTH = 2000,
    HEAP_KB = 2048,
    HARD_STEPS = 10000000,     /* of each start in a slice that was too much */
    HARD_HEAP_KB = 32768,
    JIT_STACK = 32 << 10, JIT_STACK_MAX = 1 << 20
};

struct nr_regex {
    nr_regexes *set;
    nr_slice pattern;
    pcre2_code *code;
    pcre2_match_data *data;
    size_t users;
    uint64_t used;             /* the set's clock at the last use; 0: out of the set, freed by its last user */
    bool caseless, anchored;
};

struct nr_regexes {
    const nr_env *env;
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *match, *hard;
    pcre2_jit_stack *stack;    /* NULL: without jit */
    uint64_t clock;
    size_t n;
    nr_regex *at[NR_REGEX_KEPT];
};

static void *take(size_t n, void *env)
{
    return ((const nr_env *)env)->alloc(n ? n : 1);
}

static void give(void *p, void *env)
{
    if (p) ((const nr_env *)env)->free(p);
}

static pcre2_match_context *match_context(nr_regexes *set, uint32_t steps, uint32_t depth, uint32_t heap_kb)
{
    pcre2_match_context *c = pcre2_match_context_create(set->general);
    pcre2_set_match_limit(c, steps);
    pcre2_set_depth_limit(c, depth);
    pcre2_set_heap_limit(c, heap_kb);
    if (set->stack) pcre2_jit_stack_assign(c, NULL, set->stack);
    return c;
}

nr_regexes *nr_regexes_new(const nr_env *env, bool jit)
{
    nr_regexes *set = env->alloc(sizeof *set);
    *set = (nr_regexes){.env = env};
    set->general = pcre2_general_context_create(take, give, (void *)(uintptr_t)env);
    set->compile = pcre2_compile_context_create(set->general);
    pcre2_set_newline(set->compile, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(set->compile, PCRE2_BSR_UNICODE);
    if (jit) set->stack = pcre2_jit_stack_create(JIT_STACK, JIT_STACK_MAX, set->general);
    set->match = match_context(set, STEPS, DEPTH, HEAP_KB);
    set->hard = match_context(set, HARD_STEPS, HARD_STEPS, HARD_HEAP_KB);
    return set;
}

static void free_regex(nr_regex *r)
{
    const nr_env *env = r->set->env;
    pcre2_match_data_free(r->data);
    pcre2_code_free(r->code);
    env->free(r);
}

/* Out of the set; whoever still uses it frees it. */
static void evict(nr_regex *r)
{
    r->used = 0;
    if (r->users == 0) free_regex(r);
}

void nr_regexes_free(nr_regexes *set)
{
    for (size_t i = 0; i < set->n; i++) evict(set->at[i]);
    pcre2_match_context_free(set->match);
    pcre2_match_context_free(set->hard);
    if (set->stack) pcre2_jit_stack_free(set->stack);
    pcre2_compile_context_free(set->compile);
    pcre2_general_context_free(set->general);
    set->env->free(set);
}

/* Is there `\G`, or one of the verbs, which no backslash quotes? */
static const char *forbidden(nr_slice pattern)
{
    static const char *const words[] = {"\\G", "(*COMMIT", "(*SKIP", "(*CR", "(*ANY"};
    for (size_t i = 0, slashes = 0; i < pattern.n; i++) {
        nr_slice rest = {pattern.p + i, pattern.n - i};
        for (size_t w = 0; slashes % 2 == 0 && w < sizeof words / sizeof *words; w++)
            if (nr_slice_starts(rest, nr_slice_of(words[w]))) return words[w];
        slashes = pattern.p[i] == '\\' ? slashes + 1 : 0;
    }
    return NULL;
}

/* PCRE2's JIT notes where a repeat has failed and passes these places over; behind a group that can end in several places it passes over matches.
 * Without start optimizations it does not. */
static bool is_misjudged(nr_slice pattern)
{
    bool group = false, repeat = false;
    for (size_t i = 0; i < pattern.n; i++) {
        group = group || pattern.p[i] == '(';
        repeat = repeat || memchr("*+{", pattern.p[i], 3);
    }
    return group && repeat;
}

static pcre2_code *compile(nr_regexes *set, nr_slice pattern, bool caseless, nr_err *err)
{
    if (pattern.n > NR_REGEX_MAX) {
        nr_fail(err, NR_E_BADVALUE, "a regular expression has at most %d bytes, not %zu", NR_REGEX_MAX, pattern.n);
        return NULL;
    }
    if (!nr_utf8_valid(pattern)) {
        nr_fail(err, NR_E_BADVALUE, "regular expression %s is not valid UTF-8", NR_SHOW(pattern));
        return NULL;
    }
    const char *word = forbidden(pattern);
    if (word) {
        nr_fail(err, NR_E_BADVALUE, "regular expression %s: %s is not allowed", NR_SHOW(pattern), word);
        return NULL;
    }
    uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;
    if (is_misjudged(pattern)) options |= PCRE2_NO_START_OPTIMIZE;
    int error;
    size_t at;
    const char *text = pattern.n ? pattern.p : "";
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, pattern.n, options | (caseless ? PCRE2_CASELESS : 0), &error, &at, set->compile);
    if (code) return code;
    char message[160];
    pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
    size_t position = nr_utf8_length((nr_slice){text, at < pattern.n ? at : pattern.n});
    nr_fail(err, NR_E_BADVALUE, "regular expression %s: %s, at position %zu", NR_SHOW(pattern), message, position);
    return NULL;
}

static nr_regex *new_regex(nr_regexes *set, nr_slice pattern, bool caseless, pcre2_code *code)
{
    nr_regex *r = set->env->alloc(sizeof *r + pattern.n);
    uint32_t options = 0;
    if (pattern.n) memcpy(r + 1, pattern.p, pattern.n);
    pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
    /* Where it fails, a hardened system forbids memory that is written and run, the interpreter does the work. */
    if (set->stack) pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    *r = (nr_regex){.set = set, .pattern = {(const char *)(r + 1), pattern.n}, .code = code, .caseless = caseless};
    r->data = pcre2_match_data_create(1, set->general);
    r->anchored = options & PCRE2_ANCHORED;
    return r;
}

/* Where a new one goes: behind the others, or in place of the one that was used longest ago. */
static nr_regex **place(nr_regexes *set)
{
    if (set->n < NR_REGEX_KEPT) return &set->at[set->n++];
    nr_regex **oldest = &set->at[0];
    for (size_t i = 1; i < set->n; i++)
        if (set->at[i]->used < (*oldest)->used) oldest = &set->at[i];
    evict(*oldest);
    return oldest;
}

static nr_regex *use(nr_regex *r)
{
    r->used = ++r->set->clock;
    r->users++;
    return r;
}

nr_regex *nr_regex_get(nr_regexes *set, nr_slice pattern, bool caseless, nr_err *err)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->at[i]->caseless == caseless && nr_slice_eq(set->at[i]->pattern, pattern)) return use(set->at[i]);
    pcre2_code *code = compile(set, pattern, caseless, err);
    if (!code) return NULL;
    nr_regex *r = new_regex(set, pattern, caseless, code);
    *place(set) = r;
    return use(r);
}

void nr_regex_release(nr_regex *regex)
{
    if (--regex->users == 0 && regex->used == 0) free_regex(regex);
}

/* The starts from..last of text. */
static nr_regex_found starts(const nr_regex *r, nr_slice text, size_t from, size_t last, pcre2_match_context *limits, pcre2_match_data *data)
{
    PCRE2_SPTR p = (PCRE2_SPTR)(text.n ? text.p : "");
    pcre2_set_offset_limit(limits, last);
    int rc = pcre2_match(r->code, p, text.n, from, PCRE2_NO_UTF_CHECK, data, limits);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) rc = pcre2_match(r->code, p, text.n, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, data, limits);
    return rc >= 0 ? NR_REGEX_YES : rc == PCRE2_ERROR_NOMATCH ? NR_REGEX_NO : NR_REGEX_HARD;
}

static size_t start_after(nr_slice text, size_t at)
{
    for (at++; at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80;) at++;
    return at;
}

static bool stopped(nr_regex_watch watch)
{
    return watch.go_on && !watch.go_on(watch.ctx);
}

static bool is_too_much(nr_regex_watch watch, size_t setbacks)
{
    return watch.patience && setbacks > watch.patience;
}

/* The same starts one by one, with the large limits; the memory that they take is not kept. */
static nr_regex_found hard_starts(const nr_regex *r, nr_slice text, size_t from, size_t last, nr_regex_watch watch, size_t *setbacks)
{
    pcre2_match_data *data = pcre2_match_data_create(1, r->set->general);
    nr_regex_found found = NR_REGEX_NO;
    for (; from <= last && found == NR_REGEX_NO; from = start_after(text, from)) {
        if (is_too_much(watch, ++*setbacks)) found = NR_REGEX_HARD;
        else found = stopped(watch) ? NR_REGEX_STOPPED : starts(r, text, from, from, r->set->hard, data);
    }
    pcre2_match_data_free(data);
    return found;
}

nr_regex_found nr_regex_search(const nr_regex *regex, nr_slice text, nr_regex_watch watch)
{
    if (!nr_utf8_valid(text)) return NR_REGEX_NO;
    size_t slice = SLICE, setbacks = 0;
    for (size_t from = 0; from <= text.n;) {
        size_t last = text.n - from < slice ? text.n : from + slice - 1;
        if (regex->anchored) last = 0;
        pcre2_set_match_limit(regex->set->match, (uint32_t)(STEPS * (size_t)SLICE / slice));
        nr_regex_found found = starts(regex, text, from, last, regex->set->match, regex->data);
        if (found == NR_REGEX_HARD && slice == SLICE) found = hard_starts(regex, text, from, last, watch, &setbacks);
        bool again = found == NR_REGEX_HARD && slice > SLICE;
        if (regex->anchored || (found != NR_REGEX_NO && !again)) return found;
        if (again && is_too_much(watch, ++setbacks)) return NR_REGEX_HARD;
        if (!again) from = start_after(text, last);
        slice = again ? SLICE : slice < SLICE_MAX ? slice * 2 : slice;
        if (from <= text.n && stopped(watch)) return NR_REGEX_STOPPED;
    }
    return NR_REGEX_NO;
}
