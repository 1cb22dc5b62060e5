/**
 * Litmus tests: each ordering claim of the engine under jcstress, with the accesses that {@link
 * org.offheapstm.explore.Ordering} names. Run by the profile {@code jcstress}.
 */
package org.offheapstm.litmus;
