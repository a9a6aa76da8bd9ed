/* marks.c -- the set doubles when it is half full. */
#include "engine/marks.h"

#include "base/hash.h"

enum { FIRST_SLOTS = 1024 };

static void make_slots(nr_marks *m, size_t n)
{
    m->slots = m->env->alloc(n * sizeof *m->slots);
    memset(m->slots, 0, n * sizeof *m->slots);
    m->mask = n - 1;
}

void nr_marks_init(nr_marks *m, const nr_env *env)
{
    *m = (nr_marks){.env = env};
    make_slots(m, FIRST_SLOTS);
}

void nr_marks_clear(nr_marks *m)
{
    if (m->slots) m->env->free(m->slots);
    m->slots = NULL;
}

static uint64_t mark_of(const nr_marks *m, const nr_entry *e)
{
    uint64_t h = nr_hash(m->env->seed, e->key) * 0x9E3779B97F4A7C15U ^ nr_hash(~m->env->seed, e->member);
    return (h & ~(uint64_t)1) | 2; /* never 0 */
}

static uint64_t *slot_of(const nr_marks *m, uint64_t mark)
{
    size_t i = (size_t)(mark >> 1) & m->mask;
    while (m->slots[i] && (m->slots[i] & ~(uint64_t)1) != mark) i = (i + 1) & m->mask;
    return &m->slots[i];
}

void nr_marks_add(nr_marks *m, const nr_entry *e)
{
    if ((m->n + 1) * 2 > m->mask) {
        uint64_t *old = m->slots;
        size_t n = m->mask + 1;
        make_slots(m, n * 2);
        for (size_t i = 0; i < n; i++)
            if (old[i]) *slot_of(m, old[i] & ~(uint64_t)1) = old[i];
        m->env->free(old);
    }
    uint64_t mark = mark_of(m, e), *slot = slot_of(m, mark);
    m->n += !*slot;
    if (!*slot) *slot = mark;
}

bool nr_marks_meet(nr_marks *m, const nr_entry *e)
{
    uint64_t *slot = slot_of(m, mark_of(m, e));
    if (*slot) *slot |= 1;
    return *slot != 0;
}

bool nr_marks_met(const nr_marks *m, const nr_entry *e)
{
    return *slot_of(m, mark_of(m, e)) & 1;
}
