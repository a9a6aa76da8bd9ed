/* names.c -- strings of the server for names that come again and again. Each name has one place, and one that wants the place of another takes it: a name that
 * is not there is made again, nothing more. */
#include "module.h"

enum { LONGEST = 255 };

static struct nr_name *place_of(nr_slice name)
{
    const unsigned char *p = (const unsigned char *)name.p;
    size_t h = name.n * 31 + p[0] * 7 + p[name.n / 2] * 13 + p[name.n - 1] * 17;
    return &nr_root.names[h % (sizeof nr_root.names / sizeof *nr_root.names)];
}

RedisModuleString *nr_name_hold(nr_slice name)
{
    if (!name.n || name.n > LONGEST) return RedisModule_CreateString(NULL, name.n ? name.p : "", name.n);
    struct nr_name *at = place_of(name);
    if (!at->string || !nr_slice_eq(at->text, name)) {
        if (at->string) RedisModule_FreeString(NULL, at->string);
        at->string = RedisModule_CreateString(NULL, name.p, name.n);
        at->text = nr_slice_of_string(at->string);
    }
    RedisModule_RetainString(NULL, at->string);
    return at->string;
}

void nr_names_forget(void)
{
    for (size_t i = 0; i < sizeof nr_root.names / sizeof *nr_root.names; i++)
        if (nr_root.names[i].string) RedisModule_FreeString(NULL, nr_root.names[i].string);
    memset(nr_root.names, 0, sizeof nr_root.names);
}
