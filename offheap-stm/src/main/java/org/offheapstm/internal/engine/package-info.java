/**
 * The engine: attempts, their commit, and what happens between them.
 *
 * <p><b>The way of a write transaction</b>, six steps: (1) {@code Stm.atomic}; (2) {@link
 * org.offheapstm.internal.engine.Engine}, the loop: begin, body, commit, or recover and go again;
 * (3) {@link org.offheapstm.internal.engine.Attempt}, the user's methods: check the reference, then
 * (4) {@link org.offheapstm.internal.engine.ReadPath} and {@link
 * org.offheapstm.internal.engine.WritePath}: read under a {@link
 * org.offheapstm.internal.engine.ReadSet}, write to a private copy, with entries in (5) {@link
 * org.offheapstm.internal.engine.WriteLog}; (6) {@link
 * org.offheapstm.internal.engine.Commit}: lock, load the clock, validate, publish; or all of that
 * at once, {@link org.offheapstm.internal.engine.HardwareCommit}. Off that way:
 * {@link org.offheapstm.internal.engine.Contention} and {@link
 * org.offheapstm.internal.engine.BackOff} after a loss, {@link
 * org.offheapstm.internal.engine.Escalation} after many, {@link
 * org.offheapstm.internal.engine.WaitRoom} for retry, {@link
 * org.offheapstm.internal.engine.Nesting}, {@link org.offheapstm.internal.engine.Slots}, {@link
 * org.offheapstm.internal.engine.Quiescence}; and for snapshots {@link
 * org.offheapstm.internal.engine.Registry}, {@link
 * org.offheapstm.internal.engine.Preservation}, {@link org.offheapstm.internal.engine.Limbo},
 * {@link org.offheapstm.internal.engine.HistoryLimit}.
 *
 * <p><b>Beside transactions.</b> {@link org.offheapstm.internal.engine.Upkeep}: {@link
 * org.offheapstm.internal.engine.Collection} marks ({@link
 * org.offheapstm.internal.engine.Marking}) from {@link org.offheapstm.internal.engine.NamedRoots}
 * and {@link org.offheapstm.internal.engine.Pins}, and frees ({@link
 * org.offheapstm.internal.engine.Sweeping}); {@link org.offheapstm.internal.engine.Recycling} gives
 * empty runs to other types; {@link org.offheapstm.internal.engine.Inspection} checks everything,
 * behind the gate of {@link org.offheapstm.internal.engine.Standstill}; {@link
 * org.offheapstm.internal.engine.Occupancy} counts.
 *
 * <p><b>Invariants.</b> (1) A slot runs one attempt at a time, and a lease is handed over by a
 * compare-and-set: all commits of a slot happen before its running attempt. (2) No shared word is
 * written while user code runs, except by the one escalated attempt. (3) Nobody waits while holding
 * LOCK, but for some looks at who is entering a snapshot, who needs none. (4) State that threads
 * share is a word of the region or of its control area; Java fields hold what belongs to one slot,
 * and the parking of threads.
 *
 * <p><b>Who may call.</b> Nobody but {@link java.util.ServiceLoader}, through {@link
 * org.offheapstm.internal.engine.EngineProvider}.
 */
package org.offheapstm.internal.engine;
