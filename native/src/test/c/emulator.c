/*
 * The emulated transaction: entry, steps, rollback. How it works is in emulator.h.
 */
#define _GNU_SOURCE
#include "emulation.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_NESTED 7u
#define MAX_OWNERS 512
#define STACK_BYTES 65536u
#define TRAP_FLAG 0x100
/* CF, PF, AF, ZF, SF, OF: XTEST clears the others and decides ZF. */
#define STATUS_FLAGS 0x8D5
#define ZERO_FLAG 0x40

#define EXPLICIT 1u
#define RETRY 2u
#define CONFLICT 4u
#define CAPACITY 8u

/* What rtm.h notes of each instruction. */
typedef struct site {
  uint64_t address;
  uint64_t kind;
} site;

enum { XBEGIN = 1, XEND, XABORT, XTEST };

static const int lengths[] = {0, 6, 3, 3, 3};

extern site __start_stm_htm_sites[] __attribute__((visibility("hidden")));
extern site __stop_stm_htm_sites[] __attribute__((visibility("hidden")));

/* The processor: one transaction at a time. */
static struct {
  uint32_t owner; /* thread, or 0: what others wait for */
  uint32_t depth;
  int32_t is_isolated;
  uint64_t fallback; /* where an abort goes on */
  uint64_t mask;     /* signals blocked before */
  stack_t stack;     /* for signals, before */
  gregset_t registers;
  uint64_t steps;
  uint64_t abort_step; /* EMULATED_NEVER: at none */
  uint32_t abort_status;
} cpu;

/* What a test has asked for. */
static struct {
  uint64_t step, times, kill_step, seed;
  uint32_t status, one_in;
  int32_t isolate;
  enum emulated_mistake mistake;
  void (*hook)(void *);
  void *argument;
  void (*look)(void *);
  void *look_argument;
} plan = {.kill_step = EMULATED_NEVER, .isolate = 1};

static emulated_counts counts;
static struct sigaction before[SIGSEGV + 1]; /* handlers that were there first */

/* A signal stack for each thread that has run a transaction, its own for good: a thread may still
 * be on it when the next one has begun. Only the owner of the processor changes the table. */
static struct {
  uint32_t thread;
  void *stack;
} owners[MAX_OWNERS];

static uint32_t self(void) { return (uint32_t)syscall(SYS_gettid); }

static int is_mine(void) { return __atomic_load_n(&cpu.owner, __ATOMIC_ACQUIRE) == self(); }

static const site *site_at(uint64_t address) {
  for (const site *s = __start_stm_htm_sites; s != __stop_stm_htm_sites; s++) {
    if (s->address == address) {
      return s;
    }
  }
  return 0;
}

static greg_t *registers_of(ucontext_t *context) { return context->uc_mcontext.gregs; }

/* The kernel has 64 signals, the C library's type has room for 1024: no more is in a frame. */
static uint64_t *mask_of(ucontext_t *context) { return (uint64_t *)&context->uc_sigmask; }

static uint64_t bit_of(int signal) { return 1ull << (signal - 1); }

/* Blocked during a transaction: all signals but those that it is made of. */
static uint64_t asynchronous(void) {
  return ~(bit_of(SIGILL) | bit_of(SIGTRAP) | bit_of(SIGSEGV) | bit_of(SIGBUS) | bit_of(SIGFPE));
}

/* ---- the owner */

static void take_cpu(void) {
  uint32_t free = 0;
  while (!__atomic_compare_exchange_n(&cpu.owner, &free, self(), 0, __ATOMIC_ACQUIRE,
                                      __ATOMIC_RELAXED)) {
    syscall(SYS_futex, &cpu.owner, FUTEX_WAIT_PRIVATE, free, 0, 0, 0);
    free = 0;
  }
}

static void give_cpu_back(void) {
  __atomic_store_n(&cpu.owner, 0, __ATOMIC_RELEASE);
  syscall(SYS_futex, &cpu.owner, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

static void *stack_of_owner(void) {
  for (int i = 0; i < MAX_OWNERS; i++) {
    if (owners[i].thread == cpu.owner) {
      return owners[i].stack;
    }
    if (owners[i].thread == 0) {
      void *stack = mmap(0, STACK_BYTES, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (stack == MAP_FAILED) {
        return 0;
      }
      owners[i].thread = cpu.owner;
      owners[i].stack = stack;
      return stack;
    }
  }
  return 0;
}

/* ---- what tests ask for */

static uint64_t draw(void) {
  plan.seed ^= plan.seed << 13;
  plan.seed ^= plan.seed >> 7;
  plan.seed ^= plan.seed << 17;
  return plan.seed >> 16;
}

static void plan_abort(void) {
  static const uint32_t statuses[] = {0, RETRY, RETRY | CONFLICT, CONFLICT, CAPACITY};
  cpu.abort_step = plan.times != 0 ? plan.step : EMULATED_NEVER;
  cpu.abort_status = plan.status;
  if (plan.times == 0 && plan.one_in != 0 && draw() % plan.one_in == 0) {
    cpu.abort_step = draw() % (counts.steps + 1);
    cpu.abort_status = statuses[draw() % (sizeof statuses / sizeof statuses[0])];
  }
}

/* ---- a transaction */

static void end(ucontext_t *context) {
  counts.steps = cpu.steps;
  registers_of(context)[REG_EFL] &= ~(greg_t)TRAP_FLAG;
  context->uc_stack = cpu.stack;
  *mask_of(context) = cpu.mask;
  cpu.depth = 0;
  if (cpu.is_isolated) {
    world_resume();
  }
  give_cpu_back();
}

static void fail(ucontext_t *context, uint32_t status, uint64_t *count) {
  uint32_t nested = cpu.depth > 1 ? EMULATED_NESTED : 0;
  lines_roll_back();
  ++*count;
  memcpy(registers_of(context), cpu.registers, sizeof cpu.registers);
  registers_of(context)[REG_RIP] = (greg_t)cpu.fallback;
  registers_of(context)[REG_RAX] = (greg_t)(status | nested);
  end(context);
}

static uint32_t code_of(const site *xabort) {
  return plan.mistake == XABORT_LOSES_ITS_CODE ? 0 : ((const uint8_t *)xabort->address)[2];
}

/* What XTEST leaves. */
static void answer(greg_t *registers, int is_inside) {
  registers[REG_EFL] &= ~(greg_t)STATUS_FLAGS;
  registers[REG_EFL] |= is_inside ? 0 : ZERO_FLAG;
}

/* Performs an instruction of RTM inside a transaction: whether it goes on. */
static int perform(ucontext_t *context, const site *s) {
  greg_t *registers = registers_of(context);
  switch (s->kind) {
    case XBEGIN:
      if (cpu.depth == MAX_NESTED) {
        fail(context, 0, &counts.forbidden);
        return 0;
      }
      cpu.depth++;
      break;
    case XEND:
      if (--cpu.depth == 0) {
        registers[REG_RIP] += lengths[XEND];
        counts.committed++;
        end(context);
        return 0;
      }
      break;
    case XABORT:
      if (plan.mistake == XABORT_DOES_NOTHING) {
        break;
      }
      fail(context, code_of(s) << 24 | EXPLICIT, &counts.explicit);
      return 0;
    default: answer(registers, plan.mistake != XTEST_SAYS_OUTSIDE);
  }
  registers[REG_RIP] += lengths[s->kind];
  return 1;
}

/* Before an instruction of a transaction: performs it if it is one of RTM, else lets it run. */
static void step(ucontext_t *context) {
  for (;;) {
    uint64_t number = cpu.steps++;
    if (number == plan.kill_step) {
      lines_roll_back();
      kill(getpid(), SIGKILL);
    }
    if (plan.look != 0) {
      lines_swap();
      plan.look(plan.look_argument);
      lines_swap();
    }
    if (number == cpu.abort_step) {
      plan.times -= plan.times != 0;
      fail(context, cpu.abort_status, &counts.injected);
      return;
    }
    const site *s = site_at((uint64_t)registers_of(context)[REG_RIP]);
    if (s == 0) {
      break;
    }
    if (!perform(context, s)) {
      return;
    }
  }
  instruction next = decode(registers_of(context));
  if (!next.is_allowed) {
    fail(context, 0, &counts.forbidden);
  } else if (!lines_save(&next)) {
    fail(context, CAPACITY, &counts.capacity);
  }
}

static void begin(ucontext_t *context, const site *s) {
  greg_t *registers = registers_of(context);
  take_cpu();
  if (plan.hook != 0) {
    void (*hook)(void *) = plan.hook;
    plan.hook = 0;
    hook(plan.argument);
  }
  registers[REG_RIP] += lengths[XBEGIN];
  int32_t distance;
  memcpy(&distance, (const uint8_t *)s->address + 2, sizeof distance);
  cpu.fallback = (uint64_t)(registers[REG_RIP] + distance);
  void *stack = stack_of_owner();
  cpu.is_isolated = plan.isolate;
  int stopped = stack == 0 ? -1 : cpu.is_isolated ? world_stop() : 0;
  counts.begun++;
  if (stopped < 0) {
    counts.late++;
    registers[REG_RIP] = (greg_t)cpu.fallback;
    registers[REG_RAX] = RETRY | CONFLICT;
    give_cpu_back();
    return;
  }
  counts.stopped += (uint64_t)stopped;
  memcpy(cpu.registers, registers, sizeof cpu.registers);
  lines_forget();
  cpu.depth = 1;
  cpu.steps = 0;
  cpu.stack = context->uc_stack;
  cpu.mask = *mask_of(context);
  /* The frames of the signals to come must not lie where the transaction's stack is. */
  context->uc_stack = (stack_t){.ss_sp = stack, .ss_size = STACK_BYTES};
  *mask_of(context) |= asynchronous();
  registers[REG_EFL] |= TRAP_FLAG;
  plan_abort();
  step(context);
}

/* ---- signals */

static void chain(int signal, siginfo_t *info, void *context) {
  const struct sigaction *old = &before[signal];
  if ((old->sa_flags & SA_SIGINFO) != 0) {
    old->sa_sigaction(signal, info, context);
  } else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
    old->sa_handler(signal);
  } else {
    sigaction(signal, old, 0); /* It comes again, and does what it would have done. */
  }
}

static void on_signal(int signal, siginfo_t *info, void *argument) {
  int saved = errno;
  ucontext_t *context = argument;
  const site *s = signal == SIGILL ? site_at((uint64_t)registers_of(context)[REG_RIP]) : 0;
  if (!is_mine()) {
    if (s == 0 || s->kind == XEND) { /* XEND alone is a fault. */
      chain(signal, info, argument);
    } else if (s->kind == XBEGIN) {
      begin(context, s);
    } else {
      if (s->kind == XTEST) {
        answer(registers_of(context), plan.mistake == XTEST_SAYS_INSIDE);
      }
      registers_of(context)[REG_RIP] += lengths[s->kind];
    }
  } else if (signal == SIGTRAP) {
    step(context);
  } else {
    fail(context, 0, &counts.faults);
  }
  errno = saved;
}

static int replace(const site *s) {
  static const uint8_t undefined[] = {0x0F, 0x0B};
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
  uint64_t start = s->address & ~(page - 1);
  uint64_t bytes = s->address + sizeof undefined - start;
  if (mprotect((void *)start, bytes, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
    return 0;
  }
  memcpy((void *)s->address, undefined, sizeof undefined);
  return mprotect((void *)start, bytes, PROT_READ | PROT_EXEC) == 0;
}

EMULATOR_API int32_t emulator_install(void) {
  static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};
  struct sigaction action;
  if (world_prepare() != 0) {
    return -1;
  }
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  uint64_t mask = asynchronous() & ~bit_of(world_signal());
  memcpy(&action.sa_mask, &mask, sizeof mask);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    if (sigaction(signals[i], &action, &before[signals[i]]) != 0) {
      return -2;
    }
  }
  for (const site *s = __start_stm_htm_sites; s != __stop_stm_htm_sites; s++) {
    if (!replace(s)) {
      return -3;
    }
  }
  return (int32_t)(__stop_stm_htm_sites - __start_stm_htm_sites);
}

EMULATOR_API uint64_t emulator_counts(void) { return (uint64_t)&counts; }

EMULATOR_API void emulator_inject(uint64_t at, uint32_t status, uint64_t times) {
  plan.step = at;
  plan.status = status;
  plan.times = times;
}

EMULATOR_API void emulator_inject_at_random(uint64_t seed, uint32_t one_in) {
  plan.seed = seed | 1;
  plan.one_in = one_in;
}

EMULATOR_API void emulator_kill_at(uint64_t at) { plan.kill_step = at; }

EMULATOR_API void emulator_before_next(void (*hook)(void *), void *argument) {
  plan.argument = argument;
  plan.hook = hook;
}

EMULATOR_API void emulator_at_each_step(void (*look)(void *), void *argument) {
  plan.look_argument = argument;
  plan.look = look;
}

EMULATOR_API void emulator_isolate(int32_t isolate) { plan.isolate = isolate; }

EMULATOR_API void emulator_mistake(enum emulated_mistake mistake) { plan.mistake = mistake; }
