/* people.h -- the people of the benchmarks: the same in every run, and the source of truth for every answer.
 *
 * Ids are 1..n. Three cities have the shares that the workloads ask for, the others divide the rest, skewed. Memory: 48 bytes a person. */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEOPLE_CITIES = 1000, PEOPLE_FIELDS = 7 };

typedef struct person {
    int64_t id, created;
    int32_t age, salary, city;
    uint16_t word[4];
    char name[13];
} person;

typedef struct people {
    person *at; /* at[id - 1] */
    int64_t n;
    int big, x, y;     /* cities: of 38 %, of 2.3 %, of 1 % of the people */
    int64_t low, high; /* a tenth of all values of created */
} people;

/* Ends the process with a message. */
_Noreturn void bench_die(const char *what, const char *why);

void people_init(people *p, int64_t n);
void people_clear(people *p);

/* The texts of one entity: name, value, name, value. The values point into text. */
typedef struct person_text {
    const char *word[2 * PEOPLE_FIELDS];
    char text[PEOPLE_FIELDS][48];
} person_text;
void person_write(const person *p, person_text *out);

/* Whether this is what the field of that name holds. */
bool person_has(const person *p, const char *name, const char *value);

#endif
