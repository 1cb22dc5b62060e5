/*
 * Goal: commits in hardware and in software and readers run at the same time on the same objects,
 * and nobody ever sees half of a commit. Method: threads move money inside groups of accounts; each
 * looks at each group as it reads it, in the middle of its attempt.
 */
#include "bank.h"

#include <pthread.h>
#include <sched.h>

#define THREADS 4
#define NATIVE_COMMITS 200000
#define EMULATED_COMMITS 120
#define MOST_ROUNDS 50
#define MOST_ATTEMPTS 400

static client clients[THREADS];
static uint64_t wanted; /* commits of each thread that commits in hardware */
static int at_work;     /* threads that have not got there */

static int somebody_is_at_work(void) { return __atomic_load_n(&at_work, __ATOMIC_ACQUIRE) != 0; }

static void *commit_in_hardware(void *client_) {
  client *c = client_;
  for (uint64_t tried = 0; c->commits < wanted && tried < MOST_ATTEMPTS * wanted; tried++) {
    transfer_in_hardware(c);
  }
  __atomic_fetch_sub(&at_work, 1, __ATOMIC_RELEASE);
  return 0;
}

/* Slowly under the emulator, whose transactions take so long that the bank would be another. */
static void give_way(uint64_t pauses) {
  if (mode == EMULATED) {
    cpu_pauses(pauses);
    sched_yield();
  }
}

static void *commit_in_software(void *client_) {
  while (somebody_is_at_work()) {
    transfer_in_software(client_);
    give_way(1000);
  }
  return 0;
}

static void *read_in_software(void *client_) {
  while (somebody_is_at_work()) {
    read_group(client_);
    give_way(100);
  }
  return 0;
}

static void run_threads(bank *b) {
  static void *(*const bodies[THREADS])(void *) = {commit_in_hardware, commit_in_hardware,
                                                   commit_in_software, read_in_software};
  pthread_t threads[THREADS];
  at_work = 2;
  wanted = mode == EMULATED ? EMULATED_COMMITS : NATIVE_COMMITS;
  for (int i = 0; i < THREADS; i++) {
    client_open(&clients[i], b, (uint64_t)i + 1);
    clients[i].pauses = mode == EMULATED ? 500 : 0;
    CHECK(pthread_create(&threads[i], 0, bodies[i], &clients[i]) == 0, "no thread");
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], 0);
  }
}

static void nobodySeesHalfOfACommit(void) {
  bank *b = bank_open();
  run_threads(b);
  uint64_t damage = bank_damage(b);
  bank_close(b);
  for (int i = 0; i < THREADS; i++) {
    CHECK(clients[i].mixed == 0, "thread %d has seen %llu broken groups", i,
          (unsigned long long)clients[i].mixed);
    CHECK(clients[i].commits >= (i < 2 ? wanted : 1), "thread %d: %llu commits", i,
          (unsigned long long)clients[i].commits);
  }
  CHECK(damage == 0, "%llu groups are broken", (unsigned long long)damage);
}

/* What thread and bank have seen of halves, in one round. */
static uint64_t seen_in_a_round(void) {
  bank *b = bank_open();
  run_threads(b);
  uint64_t seen = bank_damage(b);
  bank_close(b);
  for (int i = 0; i < THREADS; i++) {
    seen += clients[i].mixed;
  }
  return seen;
}

/* The test above must have teeth: without isolation it has to fail. */
static void withoutIsolationSomebodyDoes(void) {
  uint64_t seen = 0;
  emulator_isolate(0);
  for (int round = 0; round < MOST_ROUNDS && seen == 0; round++) {
    seen = seen_in_a_round();
  }
  emulator_isolate(1);
  CHECK(seen != 0, "without isolation nothing was seen");
}

static void abortsAnywhereDoNotMatter(void) {
  uint64_t injected = emulated()->injected;
  emulator_inject_at_random(seed, 3);
  nobodySeesHalfOfACommit();
  CHECK(emulated()->injected > injected, "nothing was aborted");
}

const test mixed_tests[] = {
    {"nobodySeesHalfOfACommit", nobodySeesHalfOfACommit, IN_HARDWARE},
    {"abortsAnywhereDoNotMatter", abortsAnywhereDoNotMatter, EMULATED},
    {"withoutIsolationSomebodyDoes", withoutIsolationSomebodyDoes, EMULATED},
    {0, 0, 0},
};
