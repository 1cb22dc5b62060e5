/**
 * What the engine promises, each promise in a test of its own, through the public API alone.
 *
 * <p><b>Method.</b> Schedules are stepped by hand. The usual one has two hands: the test's thread
 * runs a block, and {@link org.offheapstm.engine.Elsewhere}, called from inside that block, runs
 * whole transactions on a second thread at exactly that point. Where two blocks must be open at
 * once, latches pass the baton. A block that waits says so itself: its rollback hook runs when it
 * is already registered for the change that will wake it. No sleeps, and no luck.
 *
 * <p>Tests of parts that the API does not show are in the packages of those parts, {@code
 * org.offheapstm.internal}.
 */
package org.offheapstm.engine;
