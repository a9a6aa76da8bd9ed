/* load_jsonl.c -- `nonrel load <model> <file>`: a line is an entity, the server reads the JSON. */
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "cli/lines.h"
#include "cli/load.h"
#include "cli/progress.h"

enum { LINE_MAX_BYTES = 512 << 20 }; /* the server's own limit for an argument, proto-max-bulk-len */

typedef struct job {
    const char *model;
    nr_load load;
    nr_lines lines;
    nr_progress progress;
    nr_err err; /* of the file, not of the server */
} job;

static bool fail_line(job *j, const char *why)
{
    return nr_fail(&j->err, NR_E_SYNTAX, "line %" PRIu64 ": %s", j->lines.number, why);
}

static nr_slice skip_space(nr_slice s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r')) s = (nr_slice){s.p + 1, s.n - 1};
    return s;
}

static bool send_line(job *j, nr_slice line)
{
    nr_slice text = skip_space(line);
    if (text.n == 0) return true;
    if (text.p[0] != '{') return fail_line(j, "not a JSON object");
    const nr_slice args[] = {NR_S("NONREL.SAVE"), nr_slice_of(j->model), NR_S("JSON"), line};
    nr_progress_show(&j->progress, j->lines.at, j->load.saved);
    return nr_load_send(&j->load, (nr_label){j->model, {NULL, 0}, j->lines.number}, args, 4);
}

static void send_lines(job *j)
{
    nr_slice line;
    bool going = true;
    while (going) {
        switch (nr_lines_next(&j->lines, &line)) {
        case NR_LINES_ONE: going = send_line(j, line); break;
        case NR_LINES_END: going = false; break;
        case NR_LINES_LONG: going = fail_line(j, "longer than 512 MB"); break;
        case NR_LINES_FAILED: going = fail_line(j, strerror(errno)); break;
        }
    }
}

static uint64_t size_of(FILE *in)
{
    struct stat st;
    return fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

static bool run(job *j, FILE *in, redisContext *redis)
{
    const nr_env *env = nr_env_libc();
    nr_load_init(&j->load, redis);
    nr_lines_init(&j->lines, in, LINE_MAX_BYTES, env);
    nr_progress_start(&j->progress, stderr, env, j->model, size_of(in));
    send_lines(j);
    bool good = nr_load_drain(&j->load);
    int64_t elapsed = nr_progress_stop(&j->progress);
    nr_lines_clear(&j->lines);
    if (j->err.code) fprintf(stderr, "nonrel: %s\n", j->err.msg);
    if (!good || j->err.code) {
        nr_load_explain(&j->load, stderr);
        return false;
    }
    printf("%" PRIu64 " entities saved in %" PRId64 ".%" PRId64 " s, %" PRIu64 " a second\n", j->load.saved, elapsed / 1000000,
           elapsed / 100000 % 10, nr_progress_rate(j->load.saved, elapsed));
    return true;
}

int nr_load_jsonl(const nr_options *o, const char *model, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0, good = false;
    nr_err err = {0};
    FILE *in = is_stdin ? stdin : fopen(path, "r");
    if (!in) {
        fprintf(stderr, "nonrel: %s: %s\n", path, strerror(errno));
        return 1;
    }
    redisContext *redis = nr_client_open(o, &err);
    if (redis) {
        job *j = nr_env_libc()->alloc(sizeof *j);
        memset(j, 0, sizeof *j);
        j->model = model;
        good = run(j, in, redis);
        nr_env_libc()->free(j);
        redisFree(redis);
    } else {
        fprintf(stderr, "nonrel: %s\n", err.msg);
    }
    if (!is_stdin) fclose(in);
    return good ? 0 : 1;
}
