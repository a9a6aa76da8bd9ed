/* keyset.c -- open addressing with linear probing over the numbers of the keys. */
#include "exec/keyset.h"

#include "base/hash.h"

struct nr_keyset_slot {
    uint32_t hash, number; /* number + 1; 0: empty */
};

nr_keyset nr_keyset_in(nr_arena *arena)
{
    return (nr_keyset){.arena = arena};
}

static size_t place(const nr_keyset *s, uint32_t hash)
{
    size_t at = hash & s->mask;
    while (s->slots[at].number) at = (at + 1) & s->mask;
    return at;
}

static void grow(nr_keyset *s)
{
    struct nr_keyset_slot *old = s->slots;
    size_t n = old ? s->mask + 1 : 0;
    s->mask = n ? n * 2 - 1 : 15;
    s->slots = NR_NEW_N(s->arena, struct nr_keyset_slot, s->mask + 1);
    for (size_t i = 0; i < n; i++)
        if (old[i].number) s->slots[place(s, old[i].hash)] = old[i];
}

/* The slot of a key, or the empty one where it would be. */
static size_t slot_of(const nr_keyset *s, nr_slice key, uint32_t hash)
{
    size_t at = hash & s->mask;
    for (; s->slots[at].number; at = (at + 1) & s->mask)
        if (s->slots[at].hash == hash && nr_slice_eq(s->keys.at[s->slots[at].number - 1], key)) break;
    return at;
}

static uint32_t hash_of(const nr_keyset *s, nr_slice key)
{
    return (uint32_t)nr_hash(s->arena->env->seed, key);
}

uint32_t nr_keyset_find(const nr_keyset *s, nr_slice key)
{
    return s->slots[slot_of(s, key, hash_of(s, key))].number - 1;
}

uint32_t nr_keyset_number(nr_keyset *s, nr_slice key, bool *fresh)
{
    uint32_t hash = hash_of(s, key);
    if (!s->slots || s->keys.n * 4 >= s->mask * 3) grow(s);
    size_t at = slot_of(s, key, hash);
    *fresh = !s->slots[at].number;
    if (!*fresh) return s->slots[at].number - 1;
    nr_vec_push(s->arena, &s->keys, nr_arena_copy(s->arena, key));
    s->slots[at] = (struct nr_keyset_slot){hash, (uint32_t)s->keys.n};
    return (uint32_t)s->keys.n - 1;
}
