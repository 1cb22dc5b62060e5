/*
 * What kernels.c and run.c say to each other: one operation of a kernel, already checked.
 */
#ifndef STM_HTM_KERNELS_H
#define STM_HTM_KERNELS_H

#include "rtm.h"

typedef struct operation {
  uint32_t kernel; /* STM_HTM_EMPTY to STM_HTM_GET */
  uint32_t n;
  uint64_t first; /* of a transfer: from */
  uint64_t second; /* of a transfer: to; else the stride */
  uint64_t key;
  uint64_t value; /* amount, delta, or the value to put */
  const stm_htm_change *changes;
} operation;

/* Whether a ground can be worked on at all: OK or BAD. */
int32_t kernel_check_ground(const stm_htm_ground *ground, uint32_t form);

/* Whether these objects, `stride` apart, are in range: OK or BAD. */
int32_t kernel_check_objects(
    const stm_htm_ground *ground, uint64_t first, uint64_t stride, uint64_t n);

/* Runs an operation whose ground and objects have been checked. */
int32_t kernel_perform(stm_htm_ground *ground, uint32_t form, const operation *op);

/* The places where a key of the map of a ground may lie, from its home on: an open-addressing table
 * of a power of two of places. */
ALWAYS_INLINE uint64_t map_place(const stm_htm_ground *ground, uint64_t key, uint64_t probe) {
  uint64_t places = 1ull << (63 - __builtin_clzll(ground->object_count));
  return ((key * 0x9E3779B97F4A7C15ull >> 20) + probe) & (places - 1);
}

#endif
