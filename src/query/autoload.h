/* autoload.h -- definitions and indexes that stand in files: what the files say by themselves, before any stored data is looked at.
 *
 * A host adds files one by one, in their order, then binds. A file is known by the name that errors show ("models/blog.Post.json"). Models are
 * `models/<model>.json`, one definition each; index files are objects, `{"blog.Post": {"index": {"title": ["icontains"]}, "unindex": ["created"]}}`. */
#ifndef NR_AUTOLOAD_H
#define NR_AUTOLOAD_H

#include "query/lookup.h"

enum { NR_AUTOLOAD_FILES_MAX = 10000 };

typedef struct nr_autoload_model {
    nr_slice file, name, json; /* json: compact */
    const nr_schema *schema;   /* set by bind; NULL: it needs a model that is in no file */
    bool at_work, done;        /* while binding or applying: parents come first */
} nr_autoload_model;

typedef struct nr_autoload_entry {
    nr_slice file, owner, model; /* owner: "file:<name>" */
    nr_owner wishes;
} nr_autoload_entry;

typedef struct nr_autoload {
    nr_arena arena; /* holds all of it */
    NR_VEC(nr_autoload_model) models;
    NR_VEC(nr_autoload_entry) entries;
} nr_autoload;

void nr_autoload_init(nr_autoload *a, const nr_env *env);
void nr_autoload_clear(nr_autoload *a);

/* name: the file's in its folder, with ".json". Errors name file and line (SYNTAX), or file and path inside the document. */
bool nr_autoload_add_model(nr_autoload *a, nr_slice name, nr_slice text, nr_err *err);
bool nr_autoload_add_index(nr_autoload *a, nr_slice name, nr_slice text, nr_err *err);

/* Holds all files to what they say: types, options, lookups, fields, parents and targets among them. What needs a model that is in no file is left to whoever
 * has the stored data. */
bool nr_autoload_bind(nr_autoload *a, nr_err *err);

nr_autoload_model *nr_autoload_find(const nr_autoload *a, nr_slice model); /* NULL: in no file */

#endif
