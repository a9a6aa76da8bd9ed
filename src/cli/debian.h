/* debian.h -- the Debian package catalogue as three models: debian.Section, debian.Maintainer, debian.Package.
 *
 * A pure function from the text of `apt-cache dumpavail` to entities, each after those that it refers to. */
#ifndef NR_DEBIAN_H
#define NR_DEBIAN_H

#include "base/vec.h"

typedef struct nr_definition {
    const char *model, *json;
} nr_definition;

/* In the order in which they are to be set; model NULL at the end. */
extern const nr_definition nr_debian_models[];

typedef struct nr_entity {
    const char *model;
    nr_slice pk;           /* lives as long as the catalogue and its arena */
    const nr_slice *args;  /* the whole command, NONREL.SAVE first; until the sink returns */
    size_t n_args;
    size_t at;             /* bytes of the catalogue that have been read */
} nr_entity;

/* Takes an entity; false: stop. */
typedef bool (*nr_entity_sink)(void *ctx, const nr_entity *e);

typedef struct nr_debian_counts {
    uint64_t stanzas;      /* with a Package header: what grep -c ^Package: counts */
    uint64_t packages;     /* stanzas = packages + duplicates + nameless */
    uint64_t duplicates;   /* of a package that came before; the first one stands */
    uint64_t nameless;
    uint64_t sections, maintainers;
    uint64_t bad_bytes;    /* not UTF-8: each became U+FFFD */
    uint64_t bad_numbers;  /* sizes that are no number: left out */
    uint64_t bad_lines;    /* not of the format: left out */
} nr_debian_counts;

/* Reads all of the catalogue. What the entities point to is in catalogue and arena. False when the sink stopped it. */
bool nr_debian_read(nr_slice catalogue, nr_arena *arena, nr_entity_sink sink, void *ctx, nr_debian_counts *counts);

/* A maintainer `Name <address>`: the key is the address, or the whole text when there is none; name is absent when empty. */
void nr_debian_maintainer(nr_slice text, nr_slice *key, nr_slice *name);

#endif
