/*
 * The probe apart from the instruction CPUID: what it makes of a machine that a test has made up.
 */
#ifndef STM_HTM_PROBE_H
#define STM_HTM_PROBE_H

#include "rtm.h"

#define RTM_HIDDEN __attribute__((visibility("hidden")))

/* What CPUID says: EAX, EBX, ECX, EDX of the leaves that matter here. */
typedef struct rtm_cpuid {
  uint32_t basic[4];    /* 0: the last basic leaf, and the vendor */
  uint32_t version[4];  /* 1 */
  uint32_t features[4]; /* 7.0; anything, where there is no such leaf */
  uint32_t brand[12];   /* 0x80000002 to 4, or 0 */
} rtm_cpuid;

/* Fills in identity and facts, and says what is known without executing XBEGIN; USABLE if it may
 * be. */
RTM_HIDDEN uint32_t rtm_judge(const rtm_cpuid *machine, uint32_t flags, stm_htm_report *report);

/* stm_htm_probe on that machine: XBEGIN is executed if rtm_judge allows it. */
RTM_HIDDEN int32_t rtm_probe(const rtm_cpuid *machine, uint32_t flags, stm_htm_report *report);

#endif
