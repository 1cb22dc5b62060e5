/**
 * Hardware transactions: the shim of {@code native} as the engine sees it.
 *
 * <p><b>Purpose.</b> {@link org.offheapstm.internal.htm.Shim} finds the library in the jar, loads
 * it and holds its calls; {@link org.offheapstm.internal.htm.Probe} says whether the processor has
 * transactions that can be used, and why not; {@link org.offheapstm.internal.htm.CommitDescriptor}
 * is one slot's commit in the form that the library takes. When to commit in hardware, and what
 * follows, is the engine's business: {@code engine.HardwareCommit}.
 *
 * <p><b>Invariants.</b> (1) Nothing here is needed: with no library, on another system, with a
 * processor that has no such transactions, everything works the same in software. (2) XBEGIN is
 * executed only after a probe has found it usable. (3) No class of {@code bindings}, which is
 * generated for one data model, is initialized before the library is loaded.
 *
 * <p><b>Below the engine,</b> not above it as a plug: so a commit finds out by one look at a final
 * field that there is nothing to do, and calls nothing through an interface otherwise.
 *
 * <p><b>Who may call.</b> engine, and the benchmarks.
 */
package org.offheapstm.internal.htm;
