/* load_debian.c -- `nonrel load debian`: the catalogue is read whole before anything is sent, so that half a catalogue is never loaded. */
#include <errno.h>
#include <inttypes.h>
#include <sys/wait.h>

#include "cli/debian.h"
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/sample.h"

#define COMMAND "apt-cache dumpavail"

enum { STEP = 1 << 20 };

typedef struct job {
    const nr_env *env;
    nr_arena arena;
    char *text;          /* what apt-cache printed */
    nr_slice catalogue;  /* that, or the sample */
    nr_load load;
    nr_progress progress;
    nr_debian_counts counts;
} job;

static nr_slice read_all(job *j, FILE *in)
{
    size_t n = 0, cap = 0, got;
    do {
        if (cap - n < STEP) j->text = j->env->realloc(j->text, cap = cap * 2 + STEP);
        n += got = fread(j->text + n, 1, cap - n, in);
    } while (got);
    return (nr_slice){j->text, n};
}

/* What apt-cache prints; the sample when it prints nothing. False, err set, when it stopped in the middle. */
static bool read_catalogue(job *j, nr_err *err)
{
    FILE *in = popen(COMMAND " 2>/dev/null", "r");
    if (!in) return nr_fail(err, NR_E_NOTFOUND, "cannot run %s: %s", COMMAND, strerror(errno));
    j->catalogue = read_all(j, in);
    bool broken = ferror(in) != 0;
    int status = pclose(in);
    if (j->catalogue.n == 0) {
        fprintf(stderr, "nonrel: this machine has no package catalogue (%s prints nothing): loading a small sample\n", COMMAND);
        j->catalogue = nr_sample_catalogue(&j->arena);
        return true;
    }
    if (!broken && status == 0) return true;
    return nr_fail(err, NR_E_CORRUPT, "%s failed in the middle (status %d): nothing is loaded", COMMAND,
                   WIFEXITED(status) ? WEXITSTATUS(status) : status);
}

static bool set_models(redisContext *redis, nr_err *err)
{
    for (const nr_definition *d = nr_debian_models; d->model; d++) {
        const nr_slice args[] = {NR_S("NONREL.MODEL"), NR_S("SET"), nr_slice_of(d->model), nr_slice_of(d->json)};
        nr_err why = {0};
        if (!nr_client_call(redis, args, 4, NULL, &why)) return nr_fail(err, why.code, "definition of %s: %s", d->model, why.msg);
    }
    return true;
}

static bool send_entity(void *ctx, const nr_entity *e)
{
    job *j = ctx;
    nr_progress_show(&j->progress, e->at, j->load.saved);
    return nr_load_send(&j->load, (nr_label){e->model, e->pk, 0}, e->args, e->n_args);
}

static void report(const job *j, int64_t elapsed_us)
{
    const nr_debian_counts *c = &j->counts;
    uint64_t all = j->load.saved;
    printf("%" PRIu64 " stanzas, %" PRIu64 " packages, %" PRIu64 " duplicates skipped\n", c->stanzas, c->packages, c->duplicates);
    printf("%" PRIu64 " sections, %" PRIu64 " maintainers\n", c->sections, c->maintainers);
    if (c->nameless) printf("%" PRIu64 " stanzas without a name skipped\n", c->nameless);
    if (c->bad_bytes) printf("%" PRIu64 " bytes that are not UTF-8 replaced by U+FFFD\n", c->bad_bytes);
    if (c->bad_numbers) printf("%" PRIu64 " sizes that are no numbers left out\n", c->bad_numbers);
    if (c->bad_lines) printf("%" PRIu64 " lines that are not of the format left out\n", c->bad_lines);
    printf("%" PRIu64 " entities saved in %" PRId64 ".%" PRId64 " s, %" PRIu64 " a second\n", all, elapsed_us / 1000000,
           elapsed_us / 100000 % 10, nr_progress_rate(all, elapsed_us));
}

/* The server's own count; it is larger when packages of an older catalogue are there. */
static bool check_count(job *j, nr_err *err)
{
    const nr_slice args[] = {NR_S("NONREL.COUNT"), NR_S("debian.Package")};
    int64_t count = 0;
    if (!nr_client_call(j->load.redis, args, 2, &count, err)) return false;
    uint64_t there = (uint64_t)count, loaded = j->counts.packages;
    if (there < loaded) {
        return nr_fail(err, NR_E_CORRUPT, "%" PRIu64 " packages were saved, but the server counts %" PRIu64, loaded, there);
    }
    if (there > loaded) printf("debian.Package has %" PRIu64 " more, which are not in this catalogue\n", there - loaded);
    return true;
}

static bool run(job *j, redisContext *redis, nr_err *err)
{
    nr_load_init(&j->load, redis);
    if (!set_models(redis, err) || !read_catalogue(j, err)) return false;
    nr_progress_start(&j->progress, stderr, j->env, "debian", j->catalogue.n);
    nr_debian_read(j->catalogue, &j->arena, send_entity, j, &j->counts);
    bool good = nr_load_drain(&j->load);
    int64_t elapsed = nr_progress_stop(&j->progress);
    if (!good) return false;
    report(j, elapsed);
    return check_count(j, err);
}

int nr_load_debian(const nr_options *o)
{
    nr_err err = {0};
    redisContext *redis = nr_client_open(o, &err);
    job *j = nr_env_libc()->alloc(sizeof *j);
    memset(j, 0, sizeof *j);
    j->env = nr_env_libc();
    nr_arena_init(&j->arena, j->env);
    bool good = redis && run(j, redis, &err);
    if (err.code) fprintf(stderr, "nonrel: %s\n", err.msg);
    else if (!good) nr_load_explain(&j->load, stderr);
    nr_arena_clear(&j->arena);
    j->env->free(j->text);
    j->env->free(j);
    if (redis) redisFree(redis);
    return good ? 0 : 1;
}
