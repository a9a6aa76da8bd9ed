/* hash.c -- SipHash-1-3 (64 and 128 bits) and the map. */
#include "base/hash.h"

#include <stdio.h>

typedef struct sip {
    uint64_t v0, v1, v2, v3;
} sip;

static uint64_t rotate(uint64_t x, int b)
{
    return (x << b) | (x >> (64 - b));
}

static void sip_round(sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

/* Little-endian on every machine: digests stand in key names. */
static uint64_t word_at(const char *p, size_t n)
{
    uint64_t w = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(&w, p, n);
    return w;
#endif
    for (size_t k = 0; k < n; k++) w |= (uint64_t)(unsigned char)p[k] << (8 * k);
    return w;
}

static sip sip_absorb(uint64_t seed, nr_slice in, uint64_t wide)
{
    const uint64_t k0 = 0x6e6f6e72656c2e31 ^ seed, k1 = 0x696e6465782e6b79;
    sip s = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ wide, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
    size_t i = 0;
    for (; i + 8 <= in.n; i += 8) {
        uint64_t m = word_at(in.p + i, 8);
        s.v3 ^= m;
        sip_round(&s);
        s.v0 ^= m;
    }
    uint64_t last = (uint64_t)in.n << 56 | (i < in.n ? word_at(in.p + i, in.n - i) : 0);
    s.v3 ^= last;
    sip_round(&s);
    s.v0 ^= last;
    return s;
}

static uint64_t sip_squeeze(sip *s)
{
    for (int i = 0; i < 3; i++) sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t nr_hash(uint64_t seed, nr_slice in)
{
    sip s = sip_absorb(seed, in, 0);
    s.v2 ^= 0xff;
    return sip_squeeze(&s);
}

void nr_hash_digest(nr_slice in, char out[32])
{
    sip s = sip_absorb(0, in, 0xee);
    s.v2 ^= 0xee;
    uint64_t a = sip_squeeze(&s);
    s.v1 ^= 0xdd;
    uint64_t b = sip_squeeze(&s);
    char hex[33];
    snprintf(hex, sizeof hex, "%016llx%016llx", (unsigned long long)a, (unsigned long long)b);
    memcpy(out, hex, 32);
}

void nr_map_init(nr_map *m, const nr_env *env)
{
    *m = (nr_map){env, NULL, 0, 0};
}

void nr_map_clear(nr_map *m)
{
    if (m->slots) m->env->free(m->slots);
    nr_map_init(m, m->env);
}

/* The slot of key, or the empty one where it belongs. The table is never full. */
static nr_map_slot *slot_of(const nr_map *m, nr_slice key, uint64_t hash)
{
    size_t i = (size_t)hash & m->mask;
    while (m->slots[i].key.p && !(m->slots[i].hash == hash && nr_slice_eq(m->slots[i].key, key))) i = (i + 1) & m->mask;
    return &m->slots[i];
}

static void grow(nr_map *m)
{
    size_t old = m->slots ? m->mask + 1 : 0, count = old ? old * 2 : 16;
    nr_map_slot *from = m->slots;
    m->slots = m->env->alloc(count * sizeof *m->slots);
    memset(m->slots, 0, count * sizeof *m->slots);
    m->mask = count - 1;
    for (size_t i = 0; i < old; i++)
        if (from[i].key.p) *slot_of(m, from[i].key, from[i].hash) = from[i];
    if (from) m->env->free(from);
}

void *nr_map_get(const nr_map *m, nr_slice key)
{
    return m->slots ? slot_of(m, key, nr_hash(m->env->seed, key))->value : NULL;
}

nr_map_slot *nr_map_need(nr_map *m, nr_slice key)
{
    if (!m->slots || m->n * 4 >= (m->mask + 1) * 3) grow(m);
    uint64_t hash = nr_hash(m->env->seed, key);
    nr_map_slot *s = slot_of(m, key, hash);
    if (s->key.p) return s;
    *s = (nr_map_slot){key.p ? key : NR_S(""), hash, NULL};
    m->n++;
    return s;
}

void nr_map_soon(const nr_map *m, nr_slice key)
{
    if (m->slots) __builtin_prefetch(&m->slots[(size_t)nr_hash(m->env->seed, key) & m->mask]);
}

void *nr_map_put(nr_map *m, nr_slice key, void *value)
{
    nr_map_slot *s = nr_map_need(m, key);
    void *old = s->value;
    s->value = value;
    return old;
}

/* Backward-shift deletion (Knuth, TAOCP 6.4 R): no tombstones, so probes stay short. */
void *nr_map_take(nr_map *m, nr_slice key)
{
    if (!m->slots) return NULL;
    nr_map_slot *s = slot_of(m, key, nr_hash(m->env->seed, key));
    if (!s->key.p) return NULL;
    void *old = s->value;
    size_t hole = (size_t)(s - m->slots);
    for (size_t i = (hole + 1) & m->mask; m->slots[i].key.p; i = (i + 1) & m->mask) {
        size_t home = (size_t)m->slots[i].hash & m->mask;
        if (((i - home) & m->mask) >= ((i - hole) & m->mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (nr_map_slot){{NULL, 0}, 0, NULL};
    m->n--;
    return old;
}

bool nr_map_next(const nr_map *m, size_t *at, nr_slice *key, void **value)
{
    size_t count = m->slots ? m->mask + 1 : 0;
    while (*at < count && !m->slots[*at].key.p) ++*at;
    if (*at >= count) return false;
    if (key) *key = m->slots[*at].key;
    if (value) *value = m->slots[*at].value;
    ++*at;
    return true;
}
