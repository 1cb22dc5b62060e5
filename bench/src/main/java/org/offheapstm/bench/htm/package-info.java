/**
 * Hardware transactions: what this machine has of them, the {@code probe} command; and these
 * against software transactions, the {@code htm} command.
 *
 * <p><b>What is measured.</b> In this order: a cache line's way from core to core; raw costs and
 * the capacity curve, on one thread; the size sweep; the sweep of retry policies; the comparison,
 * kernels by threads by objects. The forms that are compared (package {@code form}) take turns,
 * round by round. Forms that the machine cannot run are in all tables, with the reason.
 *
 * <p><b>What is written.</b> {@code report.md} for people; SVG plots, which it shows; {@code
 * htm.json} for programs. Emulated transactions have no place in any of them.
 *
 * <p><b>The schema</b> {@code offheap-stm/htm/1}. A field may be added under the same number; if
 * one is taken away or changes its meaning, the number rises. Numbers that are not known are null.
 *
 * <pre>
 * schema, plan        "offheap-stm/htm/1"; "short" or "full"
 * seconds             how long the run took
 * machine             date, cpu, cores, os, jdk, flags
 * probe, probeReport  the verdict on hardware transactions in a line; all of the probe, a list
 * handOverNanos       a cache line from one core to another, one way
 * verdict             known; holds: hardware was faster for 1 to 16 objects; crossovers: sizes at
 *                     which the faster one changes
 * costs[]             name; nanos: SAMPLES; absent: why not measured
 * capacity[]          access "write" or "read", lines, strideBytes; COUNTS
 * sizes[], tries[], kernels[]   ROW
 *
 * ROW      kernel, size, threads, objects, tries, sliceMillis; forms[]: FORM
 * FORM     form; either absent: why; or operationsPerSecond: SAMPLES, COUNTS, and
 *          commitsPerAttempt 0 to 1
 *          fallbackShare     0 to 1: operations given up, done under the lock, or committed in
 *                            software; null for forms without hardware transactions
 * SAMPLES  median, least, greatest, samples[]
 * COUNTS   attempts, commits; aborts: stale, guard, "lock taken", conflict, capacity, interrupted,
 *          unknown. Forms without attempts (lock, per-word CAS, ReentrantLock) have 0.
 * </pre>
 *
 * <p>Each cost, point and row also carries what it was measured on: {@code cpu, microcode,
 * tsxAsyncAbort, tsx, smt, pinning}; "" is what the system does not tell. So rows of several
 * machines can be put into one table.
 *
 * <p>This room looks behind the engine's exported packages, at {@code internal.htm} and {@code
 * internal.bindings}: it is about what users never see.
 */
package org.offheapstm.bench.htm;
