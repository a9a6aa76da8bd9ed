/* no_stdin.c -- what lets Debian's libjansson.a stand inside a shared object.
 *
 * The archive is compiled for executables. The one thing in it that a shared object cannot take is its reference to stdin, in json_loadf,
 * which is never called here. The linker is told to bind that to this variable (--wrap=stdin). */
extern void *__wrap_stdin;
void *__wrap_stdin;
