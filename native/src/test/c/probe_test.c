/*
 * Goal: each verdict of the probe comes where it should, and XBEGIN is never executed where CPUID
 * or the list of errata forbids it. Method: machines made up of what their CPUID says; and an
 * emulator that makes a mistake, or whose transactions abort.
 */
#include "../../main/c/probe.h"
#include "suite.h"

#include <string.h>

#define RTM (1u << 11)
#define HLE (1u << 4)
#define ALWAYS_ABORT (1u << 11)
#define FORCE_ABORT (1u << 13)
#define TSXLDTRK (1u << 16)
#define HYPERVISOR (1u << 31)
#define NOBODY ""
#define INTEL "GenuineIntel"
#define AMD "AuthenticAMD"
#define LAST_LEAF 0x20

/* Transactions of the emulator that shall abort at their beginning: more than anybody begins. */
#define ALL 1000000

/* Those that the check of XABORT begins at most, and the trials under an emulator. */
#define CHECKS 16
#define TRIALS 10

static const struct {
  const char *name;
  const char *vendor;
  uint32_t version; /* EAX of leaf 1: family, model, stepping */
  uint32_t last_leaf;
  uint32_t ebx, edx; /* of leaf 7 */
  uint32_t flags;    /* of the probe */
  uint32_t verdict;
  uint32_t model; /* as reported */
} machines[] = {
#define MACHINE(name, vendor, version, ebx, edx, flags, verdict, model) \
  {name, vendor, version, LAST_LEAF, ebx, edx, flags, STM_HTM_##verdict, model}
    MACHINE("Granite Rapids", INTEL, 0xA06D1, RTM, TSXLDTRK, 0, USABLE, 0xAD),
    MACHINE("Emerald Rapids", INTEL, 0xC06F2, RTM, TSXLDTRK, 0, USABLE, 0xCF),
    MACHINE("Sapphire Rapids, tsx=off", INTEL, 0x806F8, 0, TSXLDTRK, 0, DENIED, 0x8F),
    MACHINE("Ice Lake SP", INTEL, 0x606A6, RTM | HLE, 0, 0, USABLE, 0x6A),
    MACHINE("Cascade Lake, forces aborts for a counter", INTEL, 0x50657, RTM, FORCE_ABORT, 0, USABLE,
            0x55),
    MACHINE("Skylake SP, microcode aborts all", INTEL, 0x50654, RTM, ALWAYS_ABORT, 0, ALWAYS_ABORTS,
            0x55),
    MACHINE("Skylake, kernel hides the bit", INTEL, 0x506E3, 0, ALWAYS_ABORT | FORCE_ABORT, 0,
            ALWAYS_ABORTS, 0x5E),
    MACHINE("Broadwell E5 v4", INTEL, 0x406F1, RTM | HLE, 0, 0, USABLE, 0x4F),
    MACHINE("Haswell client", INTEL, 0x306C3, RTM | HLE, 0, 0, ERRATUM, 0x3C),
    MACHINE("Haswell client, microcode of 2014", INTEL, 0x306C3, 0, 0, 0, ERRATUM, 0x3C),
    MACHINE("Haswell ULT", INTEL, 0x40651, RTM, 0, 0, ERRATUM, 0x45),
    MACHINE("Haswell GT3E", INTEL, 0x40661, RTM, 0, 0, ERRATUM, 0x46),
    MACHINE("Haswell EP", INTEL, 0x306F2, RTM, 0, 0, ERRATUM, 0x3F),
    MACHINE("Haswell EP, trusted", INTEL, 0x306F2, RTM, 0, STM_HTM_TRUST_MODEL, USABLE, 0x3F),
    MACHINE("Haswell EP, trusted, has none", INTEL, 0x306F2, 0, 0, STM_HTM_TRUST_MODEL, DENIED,
            0x3F),
    MACHINE("Haswell EX", INTEL, 0x306F4, RTM | HLE, 0, 0, USABLE, 0x3F),
    MACHINE("Alder Lake", INTEL, 0x90672, 0, 0, 0, DENIED, 0x97),
    MACHINE("family 15 with a Haswell's model", INTEL, 0x30FC3, RTM, 0, 0, USABLE, 0x3C),
    {"Sandy Bridge, no leaf 7", INTEL, 0x206A7, 6, RTM, ALWAYS_ABORT, 0, STM_HTM_DENIED, 0x2A},
    MACHINE("Zen 5", AMD, 0xB20F40, 0, 0, 0, NOT_INTEL, 0x24),
    MACHINE("Zen with a made-up bit", AMD, 0x800F82, RTM, 0, 0, NOT_INTEL, 0x08),
    MACHINE("nobody's", NOBODY, 0xC06F2, RTM, 0, 0, NOT_INTEL, 0xCF),
};

static rtm_cpuid made_up(size_t number) {
  rtm_cpuid machine = {.version = {machines[number].version, 0, HYPERVISOR, 0},
                       .features = {0, machines[number].ebx, 0, machines[number].edx}};
  char vendor[13] = {0};
  strncpy(vendor, machines[number].vendor, 12);
  machine.basic[0] = machines[number].last_leaf;
  memcpy(&machine.basic[1], vendor, 4);
  memcpy(&machine.basic[3], vendor + 4, 4);
  memcpy(&machine.basic[2], vendor + 8, 4);
  return machine;
}

static void eachMachineGetsItsVerdict(void) {
  for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
    rtm_cpuid machine = made_up(i);
    stm_htm_report report = {0};
    uint32_t verdict = rtm_judge(&machine, machines[i].flags, &report);
    CHECK(verdict == machines[i].verdict, "verdict=%u: %s", verdict, machines[i].name);
    CHECK(report.model == machines[i].model && report.stepping == (machines[i].version & 15),
          "model=%x, stepping=%u: %s", report.model, report.stepping, machines[i].name);
    CHECK(strcmp(report.vendor, machines[i].vendor) == 0, "vendor=%s", report.vendor);
    CHECK((report.facts & STM_HTM_HAS_HYPERVISOR) != 0, "no hypervisor: %s", machines[i].name);
  }
}

/* Everything that needs XBEGIN, when the probe has said that it must not be executed. */
static void check_refused(const char *machine) {
  static stm_htm_control control;
  static uint64_t lock;
  static uint64_t objects[2];
  uint64_t begun = emulated()->begun;
  reset_region();
  CHECK(run_commit() == STM_HTM_UNAVAILABLE, "commit not refused: %s", machine);
  for (uint64_t i = 0; i < 2; i++) {
    objects[i] = object_at(i);
  }
  for (uint32_t form = STM_HTM_BY_RTM; form <= STM_HTM_BY_ELISION; form++) {
    stm_htm_ground ground = {.base = (uint64_t)region,
                             .limit = REGION_BYTES,
                             .objects = (uint64_t)objects,
                             .object_count = 2,
                             .control = (uint64_t)&control,
                             .lock = (uint64_t)&lock,
                             .slot = SLOT,
                             .tries = 1};
    stm_htm_run run = {.ground = (uint64_t)&ground, .seed = 1, .ops = 1, .form = form,
                       .kernel = STM_HTM_TRANSFER};
    CHECK(stm_htm_transfer((uint64_t)&ground, form, 0, 1, 1) == STM_HTM_UNAVAILABLE,
          "transfer of form %u not refused: %s", form, machine);
    CHECK(stm_htm_run_kernel((uint64_t)&run) == STM_HTM_UNAVAILABLE,
          "run of form %u not refused: %s", form, machine);
    CHECK(ground.counts.attempts == 0, "form %u was begun: %s", form, machine);
  }
  stm_htm_trial trial = {.memory = (uint64_t)region, .bytes = REGION_BYTES, .lines = 1,
                         .stride = 64, .trials = 1};
  CHECK(stm_htm_try((uint64_t)&trial) == STM_HTM_UNAVAILABLE, "trials not refused: %s", machine);
  CHECK(descriptor.counts.attempts == 0 && trial.counts.attempts == 0 &&
            emulated()->begun == begun,
        "XBEGIN was executed: %s", machine);
}

static void whatMayNotBeTriedIsNotTried(void) {
  for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
    rtm_cpuid machine = made_up(i);
    stm_htm_report report;
    uint64_t begun = emulated()->begun;
    if (machines[i].verdict == STM_HTM_USABLE) {
      continue;
    }
    emulator_inject(0, 0, ALL);
    int32_t verdict = rtm_probe(&machine, machines[i].flags, &report);
    CHECK(emulated()->begun == begun, "the probe executed XBEGIN: %s", machines[i].name);
    check_refused(machines[i].name);
    probe_again();
    CHECK(verdict == (int32_t)machines[i].verdict, "verdict=%d: %s", verdict, machines[i].name);
    CHECK(report.trials == 0 && report.xabort_status == 0, "tried: %s", machines[i].name);
  }
}

/* What the probe says of an emulator that makes a mistake, if some transactions abort at once. */
static int32_t verdict_of(enum emulated_mistake mistake, uint64_t aborts, stm_htm_report *report) {
  emulator_mistake(mistake);
  emulator_inject(0, 0, aborts);
  int32_t verdict = stm_htm_probe(STM_HTM_FORCE, (uint64_t)report);
  reset_region();
  int32_t result = run_commit();
  probe_again();
  CHECK((result == STM_HTM_OK) == (verdict == STM_HTM_USABLE), "result=%d, verdict=%d", result,
        verdict);
  return verdict;
}

static void lookAlikeIsRefused(void) {
  static const enum emulated_mistake mistakes[] = {XTEST_SAYS_OUTSIDE, XTEST_SAYS_INSIDE,
                                                   XABORT_DOES_NOTHING, XABORT_LOSES_ITS_CODE};
  for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
    stm_htm_report report;
    int32_t verdict = verdict_of(mistakes[i], 0, &report);
    CHECK(verdict == STM_HTM_LOOK_ALIKE, "mistake=%d, verdict=%d", mistakes[i], verdict);
    CHECK(report.trials == 0, "mistake=%d: tried", mistakes[i]);
  }
}

static void whatMostlyAbortsIsRefused(void) {
  stm_htm_report report;
  int32_t verdict = verdict_of(EMULATED_RIGHTLY, ALL, &report);
  CHECK(verdict == STM_HTM_TRIALS_FAILED, "verdict=%d", verdict);
  CHECK(report.trials == TRIALS && report.counts.commits == 0 &&
            report.counts.interrupted == TRIALS && report.xabort_status == 0,
        "trials=%u, interrupted=%llu", report.trials,
        (unsigned long long)report.counts.interrupted);
  verdict = verdict_of(EMULATED_RIGHTLY, CHECKS + TRIALS / 2, &report);
  CHECK(verdict == STM_HTM_TRIALS_FAILED, "half of them: verdict=%d", verdict);
}

/* Most trials commit, but XABORT was never reached. */
static void whatHasNotShownItsAbortIsRefused(void) {
  stm_htm_report report;
  int32_t verdict = verdict_of(EMULATED_RIGHTLY, CHECKS, &report);
  CHECK(verdict == STM_HTM_LOOK_ALIKE && report.counts.commits == TRIALS, "verdict=%d", verdict);
}

static void someInterruptsDoNoHarm(void) {
  stm_htm_report report;
  int32_t verdict = verdict_of(EMULATED_RIGHTLY, CHECKS - 1, &report);
  CHECK(verdict == STM_HTM_USABLE && report.xabort_status == 0x5A000001, "verdict=%d", verdict);
}

static void probeNeverContradictsCpuid(void) {
  stm_htm_report report;
  int32_t verdict = stm_htm_probe(0, (uint64_t)&report);
  probe_again();
  CHECK(verdict != STM_HTM_USABLE || (report.facts & STM_HTM_HAS_RTM) != 0,
        "usable though CPUID denies it");
  CHECK((report.facts & STM_HTM_HAS_RTM) != 0 || report.trials == 0, "tried though denied");
}

const test probe_tests[] = {
    {"eachMachineGetsItsVerdict", eachMachineGetsItsVerdict, EVERYWHERE},
    {"whatMayNotBeTriedIsNotTried", whatMayNotBeTriedIsNotTried, EVERYWHERE},
    {"lookAlikeIsRefused", lookAlikeIsRefused, EMULATED},
    {"whatMostlyAbortsIsRefused", whatMostlyAbortsIsRefused, EMULATED},
    {"whatHasNotShownItsAbortIsRefused", whatHasNotShownItsAbortIsRefused, EMULATED},
    {"someInterruptsDoNoHarm", someInterruptsDoNoHarm, EMULATED},
    {"probeNeverContradictsCpuid", probeNeverContradictsCpuid, IN_SOFTWARE},
    {0, 0, 0},
};
