/* variants.h -- loops that are compiled twice, for every processor and for those that have AVX2: which is taken is found out when they run.
 *
 * A loop is a macro of a function's name, the type of its numbers and what stands before it; it defines the function. */
#ifndef NR_VARIANTS_H
#define NR_VARIANTS_H

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
#define VARIANTS(loop, name, type) loop(name##_any, type, ) loop(name##_avx2, type, AVX2)
#define PICK(name) (__builtin_cpu_supports("avx2") ? name##_avx2 : name##_any)
#else
#define VARIANTS(loop, name, type) loop(name##_any, type, )
#define PICK(name) name##_any
#endif

#endif
