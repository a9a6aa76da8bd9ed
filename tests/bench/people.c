/* people.c -- see people.h. */
#include "people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_die(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

/* The others divide the rest by the fourth power of a uniform number. */
static int32_t draw_city(uint64_t *state)
{
    uint64_t of = draw(state) % 100000;
    if (of < 41732) return of < 38445 ? 0 : of < 40732 ? 1 : 2;
    double u = (double)(draw(state) >> 11) / (double)((uint64_t)1 << 53);
    return 3 + (int32_t)(u * u * u * u * (PEOPLE_CITIES - 3));
}

static person draw_person(uint64_t *state, int64_t id)
{
    person p = {.id = id, .age = (int32_t)(draw(state) % 100), .salary = (int32_t)(draw(state) % 200000)};
    p.city = draw_city(state);
    for (int i = 0; i < 12; i++) p.name[i] = (char)('a' + draw(state) % 16);
    for (int i = 0; i < 4; i++) p.word[i] = (uint16_t)(draw(state) % 5000);
    p.created = 1700000000 + id * 40 + (int64_t)(draw(state) % 3600);
    return p;
}

static int city_near(const int64_t *counts, double want, int other)
{
    int best = other == 1 ? 2 : 1;
    for (int i = 1; i < PEOPLE_CITIES; i++) {
        double here = (double)counts[i] - want, there = (double)counts[best] - want;
        if (i != other && here * here < there * there) best = i;
    }
    return best;
}

void people_init(people *p, int64_t n)
{
    int64_t counts[PEOPLE_CITIES] = {0};
    uint64_t state = 1;
    *p = (people){.at = calloc((size_t)n, sizeof *p->at), .n = n, .big = 0};
    if (!p->at) bench_die("people", "no memory");
    for (int64_t i = 0; i < n; i++) {
        p->at[i] = draw_person(&state, i + 1);
        counts[p->at[i].city]++;
    }
    p->x = city_near(counts, 11434 / 5e5 * (double)n, 0);
    p->y = city_near(counts, (16319 - 11434) / 5e5 * (double)n, p->x);
    p->low = 1700000000 + n * 20;
    p->high = p->low + n * 4;
}

void people_clear(people *p)
{
    free(p->at);
    *p = (people){0};
}

void person_write(const person *p, person_text *out)
{
    static const char *const names[PEOPLE_FIELDS] = {"id", "age", "name", "created", "city", "salary", "title"};
    enum { SIZE = sizeof out->text[0] };
    snprintf(out->text[0], SIZE, "%lld", (long long)p->id);
    snprintf(out->text[1], SIZE, "%d", (int)p->age);
    snprintf(out->text[2], SIZE, "%s", p->name);
    snprintf(out->text[3], SIZE, "%lld", (long long)p->created);
    snprintf(out->text[4], SIZE, "city%d", (int)p->city);
    snprintf(out->text[5], SIZE, "%d", (int)p->salary);
    snprintf(out->text[6], SIZE, "word%u word%u word%u word%u", p->word[0], p->word[1], p->word[2], p->word[3]);
    for (int i = 0; i < PEOPLE_FIELDS; i++) {
        out->word[2 * i] = names[i];
        out->word[2 * i + 1] = out->text[i];
    }
}

bool person_has(const person *p, const char *name, const char *value)
{
    person_text t;
    person_write(p, &t);
    for (int i = 0; i < PEOPLE_FIELDS; i++)
        if (strcmp(t.word[2 * i], name) == 0) return strcmp(t.word[2 * i + 1], value) == 0;
    return false;
}
