/**
 * The contract: transactions over objects that live outside the Java heap.
 *
 * <p>An {@link org.offheapstm.Stm} owns a region of native memory and runs <em>atomic blocks</em>
 * on it. Inside a block, a {@link org.offheapstm.Transaction} reads and writes objects named by
 * <em>references</em>; the block takes effect as a whole at one instant, or not at all.
 *
 * <h2>Promises</h2>
 *
 * <ul>
 *   <li><b>Opacity</b>: every attempt, also one that will abort, sees one consistent state.
 *   <li><b>Strict serializability</b>: committed transactions take effect one at a time, each
 *       between its call and its return.
 *   <li><b>Progress</b>: after a bounded number of losses a transaction becomes one that cannot
 *       lose, the oldest first.
 *   <li><b>Snapshots</b>: within {@link org.offheapstm.StmOptions#historyLimitBytes}, a transaction
 *       that only reads is run again at most once, whatever others write, and an opened {@link
 *       org.offheapstm.Snapshot} never aborts.
 *   <li><b>Memory safety</b>: a stale, foreign or mistyped reference, an index out of range and a
 *       closed engine are exceptions that name the values, never another object's bytes.
 *   <li><b>Memory that nobody need free</b>: {@link org.offheapstm.Stm#collect} takes what neither
 *       {@linkplain org.offheapstm.Roots roots} nor {@linkplain org.offheapstm.Pin pins} lead to,
 *       beside transactions, if it is asked.
 *   <li><b>No garbage</b>: a transaction allocates nothing on the Java heap in steady state.
 * </ul>
 *
 * <h2>References</h2>
 *
 * A reference is a {@code long}: the object's place in its region, and the generation of that
 * place, by which a reference to a freed and reused object is told from a reference to its
 * successor. It may be kept in Java variables and in other objects for any time;
 * {@link org.offheapstm.Transaction#NULL} (0) refers to nothing. Every use is checked.
 *
 * <p>A reference does not say whose it is. Each engine starts its generations at a number of its
 * own out of 2<sup>20</sup>, so one that is used in another engine is refused: always as long as
 * the places concerned are new and both engines were made in one process, where the numbers are
 * dealt out; but for about one case in a million otherwise. It is a net, not a promise to build on:
 * keep the references of two engines apart.
 *
 * <h2>Null</h2>
 *
 * In this package and in the others of the module, an argument that is null is refused with a
 * {@link NullPointerException} by the call that gets it, unless its description says what null
 * means.
 *
 * <h2>What is not here</h2>
 *
 * Names of fields and typed access are in {@code org.offheapstm.struct}; maps and counters in
 * {@code org.offheapstm.collection}. This package knows types only as sizes. It imports nothing but
 * {@code java.*}; the engine behind it is found through {@link org.offheapstm.StmProvider}.
 */
package org.offheapstm;
