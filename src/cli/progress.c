/* progress.c -- drawing by carriage return; the bar takes the columns that the numbers leave. */
#include "cli/progress.h"

#include <inttypes.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { REDRAW_US = 100000, BAR_MAX = 40 };

void nr_progress_start(nr_progress *p, FILE *out, const nr_env *env, const char *what, uint64_t total)
{
    int64_t now = env->mono_us(env->ctx);
    *p = (nr_progress){isatty(fileno(out)) ? out : NULL, env, what, total, now, now};
}

uint64_t nr_progress_rate(uint64_t count, int64_t elapsed_us)
{
    return elapsed_us > 0 ? (uint64_t)(count * 1000000 / (uint64_t)elapsed_us) : 0;
}

static size_t bar_print(char *out, size_t columns, uint64_t done, uint64_t total)
{
    size_t full = (size_t)(columns * done / total);
    out[0] = '[';
    memset(out + 1, '=', full);
    if (full < columns) out[1 + full] = '>';
    if (full + 1 < columns) memset(out + full + 2, ' ', columns - full - 1);
    out[1 + columns] = ']';
    out[2 + columns] = 0;
    return columns + 2;
}

void nr_progress_line(char out[NR_PROGRESS_MAX], size_t width, const nr_progress *p, uint64_t done, uint64_t count, int64_t elapsed_us)
{
    char numbers[96], bar[BAR_MAX + 3] = "";
    uint64_t rate = nr_progress_rate(count, elapsed_us);
    if (width > NR_PROGRESS_MAX) width = NR_PROGRESS_MAX;
    if (done > p->total) done = p->total;
    if (p->total == 0) {
        snprintf(numbers, sizeof numbers, " %" PRIu64 " entities, %" PRIu64 "/s", count, rate);
    } else {
        unsigned percent = (unsigned)(done * 100 / p->total);
        snprintf(numbers, sizeof numbers, " %3u%% %" PRIu64 " entities, %" PRIu64 "/s", percent, count, rate);
        size_t taken = strlen(p->what) + strlen(numbers) + 4;
        size_t columns = width > taken ? width - taken : 0;
        if (columns > BAR_MAX) columns = BAR_MAX;
        if (columns >= 4) bar_print(bar, columns, done, p->total);
    }
    snprintf(out, width, "%s %s%s", p->what, bar, numbers + (*bar ? 0 : 1));
}

static size_t terminal_width(FILE *out)
{
    struct winsize size;
    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

void nr_progress_show(nr_progress *p, uint64_t done, uint64_t count)
{
    if (!p->out) return;
    int64_t now = p->env->mono_us(p->env->ctx);
    if (now - p->shown < REDRAW_US) return;
    char line[NR_PROGRESS_MAX];
    nr_progress_line(line, terminal_width(p->out), p, done, count, now - p->started);
    fprintf(p->out, "\r\033[K%s", line);
    fflush(p->out);
    p->shown = now;
}

int64_t nr_progress_stop(nr_progress *p)
{
    int64_t elapsed = p->env->mono_us(p->env->ctx) - p->started;
    if (p->out) fputs("\r\033[K", p->out);
    p->out = NULL;
    return elapsed > 0 ? elapsed : 1;
}
