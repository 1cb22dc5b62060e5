/**
 * Native memory, word by word: the only room that holds {@code VarHandle}s, restricted methods and
 * absolute addresses beyond a base; but for {@code internal.htm}, which calls the shim.
 *
 * <p><b>Purpose.</b> {@link org.offheapstm.internal.memory.Memory} reads and writes 8-byte words at
 * an address, with the memory order in the method's name. {@link
 * org.offheapstm.internal.memory.NativeBlock} takes memory from the operating system and gives it
 * back; {@link org.offheapstm.internal.memory.NativeAccess} asks whether it may. {@link
 * org.offheapstm.internal.memory.ProcessBarrier} is the heavy half of an asymmetric fence.
 *
 * <p><b>Invariants.</b> (1) Every access to a word that two threads share goes through {@code
 * Memory}, so that {@link org.offheapstm.internal.memory.Seam} can show it to a scheduler, a trace
 * or a model checker. (2) Nothing here checks bounds or liveness: the engine checks a reference
 * once, when it is used, and a region is unmapped only when no attempt can be running on it.
 *
 * <p><b>Memory order.</b> As {@code java.lang.invoke.VarHandle}: plain has no suffix; {@code
 * Opaque} is coherent and never dropped or hoisted by the compiler; {@code Acquire}, {@code
 * Release} and {@code Volatile} as there; a compare-and-set is volatile both ways.
 *
 * <p><b>Who may call.</b> heap, layout and engine. Users never see an address.
 */
package org.offheapstm.internal.memory;
