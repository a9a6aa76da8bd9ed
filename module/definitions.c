/* definitions.c -- the files of AUTOLOAD: the module's arguments, reading the directory, and the moment when the files are put into force.
 *
 * Modules are loaded before the data, so that OnLoad only reads the files and holds them to what they say; the first event of the loop that is not loading comes
 * before any client, and there they are applied, on a primary. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/load_files.h"
#include "module.h"

enum { FILE_MAX = NR_SCHEMA_BYTES_MAX, PATH_BYTES = 4096 };

static bool read_text(const char *path, nr_autoload *files, nr_slice *text, nr_err *err)
{
    FILE *in = fopen(path, "rb");
    if (!in) return nr_fail(err, NR_E_NOTFOUND, "%s: %s", path, strerror(errno));
    nr_buf b = nr_buf_in(&files->arena);
    char piece[8192];
    size_t n;
    while (b.n <= FILE_MAX && (n = fread(piece, 1, sizeof piece, in)) > 0) nr_buf_add(&b, (nr_slice){piece, n});
    bool ok = !ferror(in) || nr_fail(err, NR_E_NOTFOUND, "%s: it could not be read", path);
    fclose(in);
    if (ok && b.n > FILE_MAX) ok = nr_fail(err, NR_E_LIMIT, "%s: more than %d bytes", path, (int)FILE_MAX);
    *text = nr_buf_slice(&b);
    return ok;
}

static int is_definition(const struct dirent *e)
{
    size_t n = strlen(e->d_name);
    return n > 5 && e->d_name[0] != '.' && !strcmp(e->d_name + n - 5, ".json");
}

/* By bytes: scandir's own order depends on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

typedef bool (*adder)(nr_autoload *a, nr_slice name, nr_slice text, nr_err *err);

/* A folder that is not there has no files. */
static bool read_folder(const char *folder, nr_autoload *files, adder add, nr_err *err)
{
    char path[PATH_BYTES];
    struct dirent **names;
    snprintf(path, sizeof path, "%s/%s", nr_root.directory, folder);
    int n = scandir(path, &names, is_definition, by_name);
    if (n < 0) return errno == ENOENT || nr_fail(err, NR_E_NOTFOUND, "%s: %s", path, strerror(errno));
    bool ok = true;
    for (int i = 0; i < n; i++) {
        nr_slice text;
        snprintf(path, sizeof path, "%s/%s/%s", nr_root.directory, folder, names[i]->d_name);
        ok = ok && read_text(path, files, &text, err) && add(files, nr_slice_of(names[i]->d_name), text, err);
        free(names[i]);
    }
    free(names);
    return ok;
}

bool nr_read_files(void *ctx, nr_autoload *files, nr_err *err)
{
    (void)ctx;
    DIR *there = opendir(nr_root.directory);
    if (!there) return nr_fail(err, NR_E_NOTFOUND, "%s: %s", nr_root.directory, strerror(errno));
    closedir(there);
    return read_folder("models", files, nr_autoload_add_model, err) && read_folder("indexes", files, nr_autoload_add_index, err);
}

static bool read_arguments(RedisModuleString **argv, int argc, nr_err *err)
{
    long long db = 0;
    bool first = nr_slice_caseis(nr_slice_of_string(argv[0]), "AUTOLOAD"), third = argc > 2 && nr_slice_caseis(nr_slice_of_string(argv[2]), "DB");
    int wrong = !first || argc < 3 ? 0 : third && argc > 4 ? 4 : 2;
    if (!first || (argc != 2 && !(argc == 4 && third)))
        return nr_fail(err, NR_E_SYNTAX, "the module's arguments are AUTOLOAD <directory> [DB <number>], got %s", NR_SHOW(nr_slice_of_string(argv[wrong])));
    if (argc == 4 && (RedisModule_StringToLongLong(argv[3], &db) != REDISMODULE_OK || db < 0 || db > INT_MAX))
        return nr_fail(err, NR_E_BADVALUE, "DB is %s, expected a number from 0", NR_SHOW(nr_slice_of_string(argv[3])));
    nr_slice dir = nr_slice_of_string(argv[1]);
    if (dir.n >= PATH_BYTES / 2 || memchr(dir.p, 0, dir.n)) return nr_fail(err, NR_E_BADVALUE, "AUTOLOAD: the name of the directory is too long, or none");
    nr_root.directory = RedisModule_Alloc(dir.n + 1);
    memcpy(nr_root.directory, dir.p, dir.n);
    nr_root.directory[dir.n] = 0;
    nr_root.autoload_db = (int)db;
    return true;
}

static void apply(RedisModuleCtx *ctx, nr_autoload *files)
{
    nr_call c;
    nr_store_redis store;
    int db = RedisModule_GetSelectedDb(ctx);
    if (RedisModule_SelectDb(ctx, nr_root.autoload_db) != REDISMODULE_OK) {
        RedisModule_Log(ctx, "warning", "AUTOLOAD: there is no database %d", nr_root.autoload_db);
        return;
    }
    nr_call_init(&c, nr_root.engine);
    nr_store_redis_init(&store, ctx);
    c.store = &store.base;
    c.db = nr_root.autoload_db;
    c.host = (nr_host){.ctx = ctx, .replicate = nr_replicate};
    c.limits = NR_LIMITS_NONE;
    c.cluster = nr_root.cluster;
    c.in_memory = nr_root.in_memory;
    nr_root.busy++;
    if (!nr_engine_autoload(&c, files)) RedisModule_Log(ctx, "warning", "AUTOLOAD: %s %s", nr_code_word(c.err.code), c.err.msg);
    nr_root.busy--;
    nr_store_redis_clear(&store);
    nr_call_clear(&c);
    RedisModule_SelectDb(ctx, db);
    if (nr_engine_wants_building(nr_root.engine)) nr_build_soon(ctx);
}

/* The first time that is not in the middle of loading. A copy has the definitions of its primary. */
static void on_loop(RedisModuleCtx *ctx, RedisModuleEvent e, uint64_t sub, void *data)
{
    (void)e;
    (void)data;
    int flags = RedisModule_GetContextFlags(ctx);
    if (!nr_root.files || sub != REDISMODULE_SUBEVENT_EVENTLOOP_BEFORE_SLEEP || (flags & REDISMODULE_CTX_FLAGS_LOADING)) return;
    nr_autoload *files = nr_root.files;
    nr_root.files = NULL;
    if (flags & REDISMODULE_CTX_FLAGS_MASTER) apply(ctx, files);
    nr_autoload_clear(files);
    RedisModule_Free(files);
}

int nr_register_files(RedisModuleCtx *ctx)
{
    return nr_root.files ? RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_EventLoop, on_loop) : REDISMODULE_OK;
}

/* Before anything is subscribed to: some servers call the handlers of a module that could not be loaded. */
int nr_load_files(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)
{
    nr_err err = {0};
    if (!argc) return REDISMODULE_OK;
    nr_root.files = RedisModule_Alloc(sizeof *nr_root.files);
    nr_autoload_init(nr_root.files, &nr_root.env);
    bool ok = read_arguments(argv, argc, &err) && nr_read_files(NULL, nr_root.files, &err) && nr_autoload_bind(nr_root.files, &err);
    if (!ok) RedisModule_Log(ctx, "warning", "%s %s", nr_code_word(err.code), err.msg);
    if (!ok) nr_forget_files();
    return ok ? REDISMODULE_OK : REDISMODULE_ERR;
}

void nr_forget_files(void)
{
    if (nr_root.files) {
        nr_autoload_clear(nr_root.files);
        RedisModule_Free(nr_root.files);
    }
    if (nr_root.directory) RedisModule_Free(nr_root.directory);
    nr_root.files = NULL;
    nr_root.directory = NULL;
}
