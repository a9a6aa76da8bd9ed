/* server.c -- see server.h. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "people.h"

double clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) || getsockname(fd, (struct sockaddr *)&a, &size)) bench_die("port", strerror(errno));
    close(fd);
    return ntohs(a.sin_port);
}

static _Noreturn void exec_server(const server *s, pid_t parent)
{
    enum { ARGS = 40 };
    char port[12];
    const char *argv[ARGS] = {
        s->program, "--port", port, "--bind", "127.0.0.1", "--dir", s->dir, "--save", "", "--appendonly", "no", "--enable-debug-command", "yes"};
    int n = 13;
    snprintf(port, sizeof port, "%d", s->port);
    if (s->args) argv[n++] = "--loadmodule";
    for (int i = 0; s->args && s->args[i] && n < ARGS - 1; i++) argv[n++] = s->args[i];
    char log[96];
    snprintf(log, sizeof log, "%s/log", s->dir);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) _exit(126);
    execvp(s->program, (char *const *)argv);
    _exit(127);
}

static void spawn(server *s)
{
    pid_t self = getpid();
    s->started = clock_now();
    s->pid = fork();
    if (s->pid < 0) bench_die("fork", strerror(errno));
    if (s->pid == 0) exec_server(s, self);
}

redisContext *server_connect(const server *s)
{
    for (double end = clock_now() + 60; clock_now() < end; usleep(1000)) {
        if (waitpid(s->pid, NULL, WNOHANG) == s->pid) bench_die("the server has ended; see its log", s->dir);
        redisContext *c = redisConnect("127.0.0.1", s->port);
        if (c && !c->err) return c;
        if (c) redisFree(c);
    }
    bench_die("connect", "no server");
}

void server_start(server *s, const char *program, const char *const *args)
{
    *s = (server){.program = program, .args = args, .port = free_port()};
    snprintf(s->dir, sizeof s->dir, "build/bench/XXXXXX");
    if (!mkdtemp(s->dir)) bench_die("build/bench", strerror(errno));
    spawn(s);
    s->redis = server_connect(s);
    server_must(s, "PING");
}

static void end(server *s)
{
    redisFree(s->redis);
    s->redis = NULL;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
}

void server_save(server *s)
{
    server_must(s, "SAVE");
}

void server_restart(server *s)
{
    end(s);
    spawn(s);
    s->redis = server_connect(s);
}

void server_stop(server *s)
{
    char path[96];
    end(s);
    snprintf(path, sizeof path, "%s/dump.rdb", s->dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/log", s->dir);
    unlink(path);
    rmdir(s->dir);
}

redisReply *server_take(server *s)
{
    void *reply = NULL;
    if (redisGetReply(s->redis, &reply) != REDIS_OK) bench_die(s->dir, s->redis->errstr);
    return reply;
}

redisReply *server_ask(server *s, const char *command)
{
    words w;
    words_split(&w, command);
    redisAppendCommandArgv(s->redis, w.n, (const char **)w.at, NULL);
    return server_take(s);
}

void server_must(server *s, const char *command)
{
    redisReply *r = server_ask(s, command);
    if (r->type == REDIS_REPLY_ERROR) bench_die(command, r->str);
    freeReplyObject(r);
}

void server_take_all(server *s, int n)
{
    for (; n; n--) {
        redisReply *r = server_take(s);
        if (r->type == REDIS_REPLY_ERROR) bench_die("load", r->str);
        freeReplyObject(r);
    }
}

void server_reset_stats(server *s)
{
    server_must(s, "CONFIG RESETSTAT");
}

static bool is_named(const char *line, const char *const *names)
{
    for (; *names; names++)
        if (strncasecmp(line, *names, strlen(*names)) == 0 && line[strlen(*names)] == ':') return true;
    return false;
}

double server_usec(server *s, const char *const *names)
{
    static const char head[] = "cmdstat_";
    double sum = 0;
    redisReply *r = server_ask(s, "INFO commandstats");
    for (const char *at = r->str; (at = strstr(at, head));) {
        at += sizeof head - 1;
        const char *usec = strstr(at, ",usec=");
        if (usec && is_named(at, names)) sum += (double)strtoll(usec + 6, NULL, 10);
    }
    freeReplyObject(r);
    return sum;
}

int64_t server_memory(server *s)
{
    redisReply *r = server_ask(s, "INFO memory");
    const char *at = strstr(r->str, "used_memory:");
    int64_t bytes = at ? strtoll(at + 12, NULL, 10) : 0;
    freeReplyObject(r);
    return bytes;
}

void words_split(words *w, const char *command)
{
    char *to = w->text;
    w->n = 0;
    if (strlen(command) >= COMMAND_MAX) bench_die("too long", command);
    for (const char *at = command; *(at += strspn(at, " "));) {
        bool quoted = *at == '\'';
        at += quoted;
        size_t n = strcspn(at, quoted ? "'" : " ");
        if (w->n == WORDS_MAX) bench_die("too many words", command);
        w->at[w->n++] = memcpy(to, at, n);
        to[n] = '\0';
        to += n + 1;
        at += n;
        if (quoted) at++;
    }
}
