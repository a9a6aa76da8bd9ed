/* t_cli_load.c -- the program's other parts: options, lines, the progress line, and the pipeline against a server that is one end of a
 * socket pair with its answers already in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/lines.h"
#include "cli/load.h"
#include "cli/progress.h"

/* ---- options ---- */

typedef struct line {
    nr_options o;
    nr_err err;
    bool good;
} line;

#define OPTIONS(auth, ...) options_read((auth), (const char *[]){"nonrel", __VA_ARGS__, NULL})

static line options_read(const char *auth, const char **argv)
{
    line l = {0};
    int argc = 0;
    while (argv[argc]) argc++;
    l.good = nr_options_read(&l.o, argc, argv, auth, &l.err);
    return l;
}

static void options_stand_anywhere_between_the_words(void **state)
{
    (void)state;
    const char *argv[] = {"nonrel", "-p", "7000", "load", "-h", "example", "blog.Post", "-n", "3", "-", "-a", "secret", "--user", "ada", NULL};
    line l = options_read("other", argv);
    assert_true(l.good);
    assert_string_equal(l.o.host, "example");
    assert_int_equal(l.o.port, 7000);
    assert_int_equal(l.o.db, 3);
    assert_string_equal(l.o.password, "secret");
    assert_string_equal(l.o.user, "ada");
    assert_int_equal(l.o.n_words, 3);
    assert_string_equal(l.o.words[0], "load");
    assert_string_equal(l.o.words[1], "blog.Post");
    assert_string_equal(l.o.words[2], "-");
}

static void without_options_the_defaults_are_those_of_redis_cli(void **state)
{
    (void)state;
    line l = OPTIONS(NULL, "help");
    assert_true(l.good);
    assert_string_equal(l.o.host, "127.0.0.1");
    assert_int_equal(l.o.port, 6379);
    assert_int_equal(l.o.db, 0);
    assert_null(l.o.socket);
    assert_null(l.o.password);
    assert_null(l.o.user);
    assert_string_equal(OPTIONS("env", "help").o.password, "env");
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    const char *argv[] = {"nonrel", "load", "m", "--", "-p", "--", NULL};
    line l = options_read(NULL, argv);
    assert_true(l.good);
    assert_int_equal(l.o.n_words, 4);
    assert_string_equal(l.o.words[2], "-p");
    assert_string_equal(l.o.words[3], "--");
}

static void a_bad_option_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *said;
    } cases[] = {
        {"-x", NULL, "unknown option '-x'"},
        {"-p7000", NULL, "unknown option '-p7000'"},
        {"-p", NULL, "-p needs a port from 1 to 65535"},
        {"-p", "0", "-p needs a port from 1 to 65535, not '0'"},
        {"-p", "65536", "-p needs a port from 1 to 65535, not '65536'"},
        {"-p", "", "-p needs a port from 1 to 65535, not ''"},
        {"-p", "70x", "-p needs a port from 1 to 65535, not '70x'"},
        {"-n", "-1", "-n needs a database number, 0 or more, not '-1'"},
        {"-n", "99999999999999999999", "-n needs a database number, 0 or more, not '99999999999999999999'"},
        {"-h", NULL, "-h needs a host name"},
        {"--user", "ada", "--user needs a password: -a, --pass or REDISCLI_AUTH"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        line l = OPTIONS(NULL, cases[i].first, cases[i].second);
        assert_false(l.good);
        assert_string_equal(l.err.msg, cases[i].said);
    }
}

/* ---- lines ---- */

static FILE *file_of(nr_slice text)
{
    FILE *f = tmpfile();
    assert_non_null(f);
    assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
    rewind(f);
    return f;
}

static void assert_line(nr_lines *l, const char *want, uint64_t number)
{
    nr_slice got;
    assert_int_equal(nr_lines_next(l, &got), NR_LINES_ONE);
    assert_true(nr_slice_is(got, want));
    assert_int_equal(l->number, number);
}

static void lines_end_with_lf_crlf_or_the_file(void **state)
{
    (void)state;
    nr_slice text = NR_S("\xEF\xBB\xBF" "a\r\n\nb \n\xEF\xBB\xBF" "c"), got;
    FILE *f = file_of(text);
    nr_lines l;
    nr_lines_init(&l, f, 100, nr_env_libc());
    assert_line(&l, "a", 1);
    assert_line(&l, "", 2);
    assert_line(&l, "b ", 3);
    assert_line(&l, "\xEF\xBB\xBF" "c", 4);
    assert_int_equal(l.at, text.n);
    assert_int_equal(nr_lines_next(&l, &got), NR_LINES_END);
    nr_lines_clear(&l);
    fclose(f);
}

static void a_line_may_hold_nul_and_be_longer_than_any_buffer(void **state)
{
    (void)state;
    enum { LONG = 300000 };
    char *text = malloc(LONG + 4);
    memset(text, 'x', LONG);
    memcpy(text + LONG, "\0y\nz", 4);
    FILE *f = file_of((nr_slice){text, LONG + 4});
    nr_lines l;
    nr_slice got;
    nr_lines_init(&l, f, LONG + 2, nr_env_libc());
    assert_int_equal(nr_lines_next(&l, &got), NR_LINES_ONE);
    assert_true(nr_slice_eq(got, (nr_slice){text, LONG + 2}));
    assert_line(&l, "z", 2);
    nr_lines_clear(&l);
    fclose(f);
    free(text);
}

static void a_line_over_the_limit_is_refused_at_the_limit(void **state)
{
    (void)state;
    static const struct {
        nr_slice text;
        nr_lines_result result;
    } cases[] = {
        {{"12345\n", 6}, NR_LINES_ONE}, {{"12345\r\n", 7}, NR_LINES_ONE}, {{"12345", 5}, NR_LINES_ONE},
        {{"123456\n", 7}, NR_LINES_LONG}, {{"123456\r\n", 8}, NR_LINES_LONG}, {{"1234567890", 10}, NR_LINES_LONG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *f = file_of(cases[i].text);
        nr_lines l;
        nr_slice got;
        nr_lines_init(&l, f, 5, nr_env_libc());
        assert_int_equal(nr_lines_next(&l, &got), cases[i].result);
        nr_lines_clear(&l);
        fclose(f);
    }
}

static void a_directory_is_an_error_and_not_an_empty_file(void **state)
{
    (void)state;
    FILE *f = fopen("/", "r");
    assert_non_null(f);
    nr_lines l;
    nr_slice got;
    nr_lines_init(&l, f, 5, nr_env_libc());
    assert_int_equal(nr_lines_next(&l, &got), NR_LINES_FAILED);
    nr_lines_clear(&l);
    fclose(f);
}

/* ---- progress ---- */

static void the_progress_line_fits_the_terminal(void **state)
{
    (void)state;
    nr_progress p = {.what = "debian", .total = 200};
    char out[NR_PROGRESS_MAX];
    nr_progress_line(out, 80, &p, 100, 5000, 2000000);
    assert_string_equal(out, "debian [====================>                   ]  50% 5000 entities, 2500/s");
    nr_progress_line(out, 80, &p, 250, 5000, 2000000);
    assert_non_null(strstr(out, "[========================================] 100%"));
    p.total = 0;
    nr_progress_line(out, 80, &p, 100, 5000, 2000000);
    assert_string_equal(out, "debian 5000 entities, 2500/s");
    for (size_t width = 1; width < 400; width++)
        for (uint64_t total = 0; total < 3; total++)
            for (uint64_t done = 0; done < 4; done++) {
                p.total = total;
                nr_progress_line(out, width, &p, done, UINT64_MAX, 1);
                assert_true(strlen(out) < width && strlen(out) < NR_PROGRESS_MAX);
            }
}

static void where_no_terminal_is_nothing_is_drawn(void **state)
{
    (void)state;
    FILE *f = tmpfile();
    nr_progress p;
    nr_progress_start(&p, f, nr_env_libc(), "x", 10);
    p.shown -= 10000000;
    nr_progress_show(&p, 5, 5);
    assert_true(nr_progress_stop(&p) >= 1);
    assert_int_equal(ftell(f), 0);
    fclose(f);
}

/* ---- pipeline ---- */

typedef struct server {
    int fd;
    nr_load load;
} server;

/* A server that has count answers ready; at bad[i] an error. It ends the connection behind them if hang_up. */
static server *server_new(size_t count, const size_t *bad, size_t n_bad, bool hang_up)
{
    int fd[2], size = 4 << 20;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (size_t i = 0, b = 0; i < count; i++) {
        bool is_bad = b < n_bad && bad[b] == i;
        const char *answer = is_bad ? "-BADVALUE no good\r\n" : "+OK\r\n";
        assert_int_equal(send(fd[1], answer, strlen(answer), MSG_DONTWAIT), (ssize_t)strlen(answer));
        b += is_bad;
    }
    if (hang_up) shutdown(fd[1], SHUT_WR);
    server *s = malloc(sizeof *s);
    s->fd = fd[1];
    redisContext *redis = redisConnectFd(fd[0]);
    redis->flags |= REDIS_BLOCK;
    nr_load_init(&s->load, redis);
    return s;
}

static void server_free(server *s)
{
    redisFree(s->load.redis);
    close(s->fd);
    free(s);
}

/* Sends lines 1 to count; how many were taken. */
static uint64_t send_many(server *s, uint64_t count)
{
    static const nr_slice args[] = {{"NONREL.SAVE", 11}, {"m", 1}, {"JSON", 4}, {"{}", 2}};
    for (uint64_t i = 1; i <= count; i++)
        if (!nr_load_send(&s->load, (nr_label){"m", {NULL, 0}, i}, args, 4)) return i - 1;
    return count;
}

static char *explain(const nr_load *l, char *buf, size_t size)
{
    FILE *f = fmemopen(buf, size, "w");
    nr_load_explain(l, f);
    fclose(f);
    return buf;
}

static void every_answer_is_counted(void **state)
{
    (void)state;
    server *s = server_new(3000, NULL, 0, false);
    assert_int_equal(send_many(s, 3000), 3000);
    assert_true(nr_load_drain(&s->load));
    assert_int_equal(s->load.sent, 3000);
    assert_int_equal(s->load.saved, 3000);
    assert_int_equal(s->load.failed, 0);
    assert_int_equal(s->load.bytes, 0);
    server_free(s);
}

static void no_more_than_the_window_is_under_way(void **state)
{
    (void)state;
    server *s = server_new(3000, NULL, 0, false);
    for (int i = 0; i < 2000; i++) {
        send_many(s, 1);
        assert_true(s->load.sent - s->load.saved <= NR_LOAD_WINDOW);
    }
    assert_true(nr_load_drain(&s->load));
    server_free(s);
}

static void no_more_than_the_bytes_are_under_way_and_a_larger_command_goes_alone(void **state)
{
    (void)state;
    static char big[NR_LOAD_BYTES / 3];
    static char huge[NR_LOAD_BYTES + 1];
    memset(big, 'x', sizeof big);
    memset(huge, 'y', sizeof huge);
    server *s = server_new(20, NULL, 0, false);
    const nr_slice some[] = {{big, sizeof big}}, all[] = {{huge, sizeof huge}};
    for (int i = 0; i < 4; i++) {
        assert_true(nr_load_send(&s->load, (nr_label){"m", {NULL, 0}, 1}, some, 1));
        assert_true(s->load.bytes <= NR_LOAD_BYTES);
    }
    assert_true(nr_load_send(&s->load, (nr_label){"m", {NULL, 0}, 2}, all, 1));
    assert_int_equal(s->load.sent - s->load.saved, 1);
    server_free(s);
}

static void the_first_error_is_kept_with_its_line_and_stops_the_load(void **state)
{
    (void)state;
    const size_t bad[] = {4, 6, 800};
    char said[2000];
    server *s = server_new(3000, bad, 3, false);
    uint64_t taken = send_many(s, 3000);
    assert_true(taken < 3000 && taken >= 5);
    assert_false(nr_load_drain(&s->load));
    assert_int_equal(s->load.sent, taken);
    assert_int_equal(s->load.failed, 2);
    assert_int_equal(s->load.saved, taken - 2);
    assert_int_equal(s->load.culprit.line, 5);
    explain(&s->load, said, sizeof said);
    assert_non_null(strstr(said, "nonrel: line 5: BADVALUE no good\n"));
    assert_non_null(strstr(said, "2 refused\n"));
    assert_int_equal(send_many(s, 1), 0);
    server_free(s);
}

static void an_error_in_the_last_commands_is_found_by_the_drain(void **state)
{
    (void)state;
    const size_t bad[] = {2};
    char said[2000];
    server *s = server_new(3, bad, 1, false);
    const nr_slice args[] = {NR_S("X")};
    for (int i = 0; i < 3; i++) assert_true(nr_load_send(&s->load, (nr_label){"debian.Package", {"a\nb", 3}, 0}, args, 1));
    assert_false(nr_load_drain(&s->load));
    assert_int_equal(s->load.saved, 2);
    explain(&s->load, said, sizeof said);
    assert_non_null(strstr(said, "nonrel: debian.Package 'a\\x0ab': BADVALUE no good\n"));
    assert_non_null(strstr(said, "3 sent, 2 saved, 1 refused\n"));
    server_free(s);
}

static void a_lost_connection_leaves_commands_without_an_answer_and_says_so(void **state)
{
    (void)state;
    char said[2000];
    server *s = server_new(7, NULL, 0, true);
    assert_int_equal(send_many(s, 10), 10);
    assert_false(nr_load_drain(&s->load));
    assert_int_equal(s->load.saved, 7);
    assert_int_equal(s->load.failed, 0);
    explain(&s->load, said, sizeof said);
    assert_non_null(strstr(said, "nonrel: the connection is lost: Server closed the connection\n"));
    assert_non_null(strstr(said, "10 sent, 7 saved, 0 refused, 3 without an answer"));
    server_free(s);
}

static void an_error_before_the_connection_is_lost_stays_the_first_cause(void **state)
{
    (void)state;
    const size_t bad[] = {1};
    char said[2000];
    server *s = server_new(3, bad, 1, true);
    assert_int_equal(send_many(s, 5), 5);
    assert_false(nr_load_drain(&s->load));
    explain(&s->load, said, sizeof said);
    assert_non_null(strstr(said, "nonrel: line 2: BADVALUE no good\n"));
    assert_non_null(strstr(said, "5 sent, 2 saved, 1 refused, 2 without an answer"));
    server_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_anywhere_between_the_words),
        cmocka_unit_test(without_options_the_defaults_are_those_of_redis_cli),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_bad_option_is_named),
        cmocka_unit_test(lines_end_with_lf_crlf_or_the_file),
        cmocka_unit_test(a_line_may_hold_nul_and_be_longer_than_any_buffer),
        cmocka_unit_test(a_line_over_the_limit_is_refused_at_the_limit),
        cmocka_unit_test(a_directory_is_an_error_and_not_an_empty_file),
        cmocka_unit_test(the_progress_line_fits_the_terminal),
        cmocka_unit_test(where_no_terminal_is_nothing_is_drawn),
        cmocka_unit_test(every_answer_is_counted),
        cmocka_unit_test(no_more_than_the_window_is_under_way),
        cmocka_unit_test(no_more_than_the_bytes_are_under_way_and_a_larger_command_goes_alone),
        cmocka_unit_test(the_first_error_is_kept_with_its_line_and_stops_the_load),
        cmocka_unit_test(an_error_in_the_last_commands_is_found_by_the_drain),
        cmocka_unit_test(a_lost_connection_leaves_commands_without_an_answer_and_says_so),
        cmocka_unit_test(an_error_before_the_connection_is_lost_stays_the_first_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
