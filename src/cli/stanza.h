/* stanza.h -- Debian's control file format: headers `Name: value`, a line that begins with a space continues the one before, an empty line
 * ends the stanza.
 *
 * A pure function over bytes: values are slices of the text, raw, with the line ends and leading spaces of continuation lines in them. */
#ifndef NR_STANZA_H
#define NR_STANZA_H

#include "base/vec.h"

typedef struct nr_header {
    nr_slice name, value; /* value without white space at both ends, may be empty */
} nr_header;

typedef struct nr_stanza {
    NR_VEC(nr_header) headers;
    size_t bad_lines;     /* neither header nor continuation: left out, with what continues them */
    bool open;            /* the last line was none of those */
} nr_stanza;

/* Takes the next stanza off the front of *rest; its headers live in arena. False at the end. LF and CRLF are line ends. */
bool nr_stanza_next(nr_slice *rest, nr_arena *arena, nr_stanza *out);

/* The value of a header, the first if it comes twice, without regard to case; absent when there is none. */
nr_slice nr_stanza_get(const nr_stanza *s, const char *name);

/* Without white space at both ends. */
nr_slice nr_stanza_trim(nr_slice s);

/* Takes the first line off *rest, without its line end. False at the end. */
bool nr_stanza_line(nr_slice *rest, nr_slice *line);

#endif
