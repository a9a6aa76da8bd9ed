/* sample.c -- a table of packages, written out as stanzas so that they take the same way as a real catalogue.
 *
 * Names are those of well-known programs; versions, sizes, maintainers and texts are made up here. */
#include "cli/sample.h"

#include "base/buf.h"

enum { BASE, DESK, LIBS, NET, LANG, FUN };

static const char *const maintainers[] = {
    [BASE] = "Base System Team <base@packages.example>",  [DESK] = "Desktop Team <desktop@packages.example>",
    [LIBS] = "Library Team <libraries@packages.example>", [NET] = "\"Network, Mail and Web Team\" <network@packages.example>",
    [LANG] = "Languages Team <languages@packages.example>", [FUN] = "Ada Example <ada@people.example>",
};

/* clang-format off */
static const struct sample {
    const char *name, *version, *section, *priority;
    int team, kib;           /* kib 0: not known */
    const char *more;        /* further headers, each with its line end */
    const char *summary, *description;
} samples[] = {
    {"base-files",     "12.4",       "admin",     "required",  BASE, 340,    "Essential: yes\n", "files that every system begins with", NULL},
    {"bash",           "5.2.15-2",   "shells",    "required",  BASE, 7160,   "Essential: yes\nMulti-Arch: foreign\n", "the usual command shell",
     "It reads commands from a terminal or a file and runs them.\n.\nLoops, functions and job control are built in."},
    {"coreutils",      "9.1-1",      "utils",     "required",  BASE, 18062,  "Essential: yes\nMulti-Arch: foreign\n",
     "small tools for files and text",
     "Listing, copying, sorting, counting: one program for each."},
    {"dash",           "0.5.12-2",   "shells",    "required",  BASE, 191,    "Essential: yes\n", "small and quick shell for scripts", NULL},
    {"debianutils",    "5.7-0.5",    "utils",     "required",  BASE, 243,    "Essential: yes\n", "helpers for package scripts", NULL},
    {"diffutils",      "3.8-4",      "utils",     "required",  BASE, 1598,   "Essential: yes\n", "shows how two files differ", NULL},
    {"dpkg",           "1.21.22",    "admin",     "required",  BASE, 6399,   "Essential: yes\nMulti-Arch: foreign\n",
     "installs and removes packages", NULL},
    {"findutils",      "4.9.0-4",    "utils",     "required",  BASE, 1943,   "Essential: yes\n", "finds files by name, age and size", NULL},
    {"grep",           "3.8-5",      "utils",     "required",  BASE, 1273,   "Essential: yes\n", "finds lines that match a pattern", NULL},
    {"gzip",           "1.12-1",     "utils",     "required",  BASE, 245,    "Essential: yes\n", "compresses files", NULL},
    {"hostname",       "3.23+nmu1",  "admin",     "required",  BASE, 46,     "Essential: yes\n", "shows or sets the name of the machine", NULL},
    {"sed",            "4.9-1",      "utils",     "required",  BASE, 987,    "Essential: yes\n", "edits text as it streams by", NULL},
    {"tar",            "1.34-2",     "utils",     "required",  BASE, 3152,   "Essential: yes\n", "packs files into one archive", NULL},
    {"util-linux",     "2.38.1-5",   "utils",     "required",  BASE, 4804,   "Essential: yes\n", "tools for disks, terminals and processes", NULL},
    {"apt",            "2.6.1",      "admin",     "important", BASE, 4232,   "", "fetches packages and what they need", NULL},
    {"cron",           "3.0pl1-162", "admin",     "important", BASE, 263,    "", "runs commands at set times", NULL},
    {"less",           "590-2",      "text",      "important", BASE, 323,    "Multi-Arch: foreign\n", "shows text one page at a time", NULL},
    {"nano",           "7.2-1",      "editors",   "important", BASE, 2872,   "", "easy editor for the terminal", NULL},
    {"iproute2",       "6.1.0-3",    "net",       "important", NET,  3489,   "", "sets up network links and routes", NULL},
    {"iputils-ping",   "20221126-1", "net",       "important", NET,  120,    "Source: iputils\n", "asks whether a machine answers", NULL},
    {"bzip2",          "1.0.8-5",    "utils",     "standard",  BASE, 113,    "", "compresses files in sorted blocks", NULL},
    {"file",           "5.44-3",     "utils",     "standard",  BASE, 121,    "Multi-Arch: foreign\n", "tells what kind of file it is", NULL},
    {"man-db",         "2.11.2-2",   "doc",       "standard",  BASE, 2810,   "Multi-Arch: foreign\n", "shows and searches manual pages", NULL},
    {"openssh-client", "9.2p1-2",    "net",       "standard",  NET,  5975,   "Source: openssh (1:9.2p1-2)\n",
     "logs in to other machines safely", NULL},
    {"wget",           "1.21.3-1",   "web",       "standard",  NET,  3606,   "", "fetches files from the web", NULL},
    {"xz-utils",       "5.4.1-0.2",  "utils",     "standard",  BASE, 1261,   "", "compresses files very small", NULL},
    {"curl",           "7.88.1-10",  "web",       "optional",  NET,  499,    "Multi-Arch: foreign\n", "speaks with servers in many protocols", NULL},
    {"dnsutils",       "1:9.18.24",  "net",       "optional",  NET,  0,      "Source: bind9\n", "asks name servers", NULL},
    {"nginx",          "1.22.1-9",   "httpd",     "optional",  NET,  1349,   "Homepage: https://nginx.example/\n",
     "small and quick web server", NULL},
    {"apache2",        "2.4.57-2",   "httpd",     "optional",  NET,  592,    "", "web server with many modules", NULL},
    {"postfix",        "3.7.6-0",    "mail",      "optional",  NET,  4174,   "", "carries mail between machines", NULL},
    {"mutt",           "2.2.12-0.1", "mail",      "optional",  NET,  7091,   "", "reads mail in a terminal", NULL},
    {"rsync",          "3.2.7-1",    "net",       "optional",  NET,  784,    "", "copies what has changed and no more", NULL},
    {"redis-server",   "5:7.0.15-1", "database",  "optional",  LIBS, 214,    "Source: redis\nHomepage: https://redis.example/\n",
     "data structures in memory, over the network",
     "Strings, hashes, lists, sets and sorted sets, kept in memory and written\nto disk.\n.\nModules add commands and types."},
    {"postgresql",     "15+248",     "database",  "optional",  LIBS, 71,     "", "relational database", NULL},
    {"sqlite3",        "3.40.1-2",   "database",  "optional",  LIBS, 1462,   "", "a database in one file", NULL},
    {"libhiredis-dev", "0.14.1-3",   "libdevel",  "optional",  LIBS, 190,    "Source: hiredis\nMulti-Arch: same\n",
     "client library for Redis, to build with", NULL},
    {"libhiredis0.14", "0.14.1-3",   "libs",      "optional",  LIBS, 93,     "Source: hiredis\nMulti-Arch: same\n", "client library for Redis", NULL},
    {"libjansson4",    "2.14-2",     "libs",      "optional",  LIBS, 101,    "Source: jansson\nMulti-Arch: same\n", "reads and writes JSON", NULL},
    {"libpcre2-8-0",   "10.42-1",    "libs",      "optional",  LIBS, 706,    "Source: pcre2\nMulti-Arch: same\n", "regular expressions", NULL},
    {"zlib1g",         "1:1.2.13-1", "libs",      "required",  LIBS, 168,    "Source: zlib\nMulti-Arch: same\n",
     "compression for other programs", NULL},
    {"gcc",            "4:12.2.0-3", "devel",     "optional",  LANG, 50,     "Source: gcc-defaults (1.203)\n", "compiler for C", NULL},
    {"clang",          "1:14.0-55",  "devel",     "optional",  LANG, 26,     "Source: llvm-defaults (0.55)\n",
     "compiler for C with good messages", NULL},
    {"make",           "4.3-4.1",    "devel",     "optional",  LANG, 1580,   "Multi-Arch: allowed\n", "builds what is older than its sources", NULL},
    {"gdb",            "13.1-3",     "devel",     "optional",  LANG, 11627,  "", "looks into a running program", NULL},
    {"valgrind",       "1:3.19.0-1", "devel",     "optional",  LANG, 80163,  "", "finds errors in the use of memory", NULL},
    {"git",            "1:2.39.2-1", "vcs",       "optional",  LANG, 46172,  "Multi-Arch: foreign\n", "keeps the history of files", NULL},
    {"mercurial",      "6.3.2-1",    "vcs",       "optional",  LANG, 1025,   "", "keeps the history of files, its own way", NULL},
    {"python3",        "3.11.2-1",   "python",    "optional",  LANG, 82,     "Source: python3-defaults\nMulti-Arch: allowed\n",
     "readable general language", NULL},
    {"python3-django", "3:3.2.19-1", "python",    "optional",  LANG, 20340,  "Source: python-django\n", "web framework with an object mapper",
     "Models, queries, forms and an administration site.\n.\n  from blog.models import Post\n  Post.objects.filter(title__icontains='redis')"},
    {"perl",           "5.36.0-7",   "perl",      "standard",  LANG, 670,    "Multi-Arch: allowed\n", "language for text and glue", NULL},
    {"tcl",            "8.6.13",     "interpreters", "optional", LANG, 26,   "Source: tcltk-defaults\n",
     "small language to command programs with", NULL},
    {"lua5.4",         "5.4.4-3",    "interpreters", "optional", LANG, 370,  "", "small language to put into programs", NULL},
    {"vim",            "2:9.0.1378", "editors",   "optional",  DESK, 3743,   "", "editor with modes", NULL},
    {"emacs",          "1:28.2+1",   "editors",   "optional",  DESK, 77,     "", "editor that can be programmed", NULL},
    {"firefox-esr",    "115.9.1-1",  "web",       "optional",  DESK, 231000, "Homepage: https://browser.example/\n", "web browser", NULL},
    {"gimp",           "2.10.34-1",  "graphics",  "optional",  DESK, 19821,  "", "paints and retouches pictures", NULL},
    {"inkscape",       "1.2.2-2",    "graphics",  "optional",  DESK, 109000, "", "draws with lines and curves", NULL},
    {"vlc",            "3.0.20-0",   "video",     "optional",  DESK, 205,    "", "plays films and music", NULL},
    {"nethack-common", "3.6.6-2",    "games",     "optional",  FUN,  2013,   "Source: nethack\n", "dungeon of letters, files for all versions", NULL},
    {"cowsay",         "3.03-8",     "games",     "optional",  FUN,  93,     "", "a cow that says what it is told", NULL},
    {"sl",             "5.02-1",     "games",     "optional",  FUN,  60,     "", "corrects a mistyped ls, with steam", NULL},
    {"steam-installer", "1:1.0.0.75", "contrib/games", "optional", FUN, 0,   "", "fetches a games shop", NULL},
    {"unrar",          "1:6.2.6-1",  "non-free/utils", "optional", FUN, 432, "", "unpacks an unfree kind of archive", NULL},
};
/* clang-format on */

static void description_print(nr_buf *out, const char *text)
{
    nr_buf_byte(out, ' ');
    for (; *text; text++) {
        nr_buf_byte(out, (unsigned char)*text);
        if (*text == '\n') nr_buf_byte(out, ' ');
    }
    nr_buf_byte(out, '\n');
}

nr_slice nr_sample_catalogue(nr_arena *arena)
{
    nr_buf out = nr_buf_in(arena);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample *s = &samples[i];
        nr_buf_printf(&out, "Package: %s\nVersion: %s\nArchitecture: amd64\nMaintainer: %s\n", s->name, s->version, maintainers[s->team]);
        nr_buf_printf(&out, "Section: %s\nPriority: %s\n%s", s->section, s->priority, s->more);
        if (s->kib) nr_buf_printf(&out, "Installed-Size: %d\nSize: %d\n", s->kib, s->kib * 307);
        nr_buf_printf(&out, "Description: %s\n", s->summary);
        if (s->description) description_print(&out, s->description);
        nr_buf_byte(&out, '\n');
    }
    return nr_buf_slice(&out);
}
