/**
 * Maps and a counter that live in a region, written against the exported packages only.
 *
 * <table border="1">
 *   <caption>What is here</caption>
 *   <tr><th>class</th><th>what</th><th>conflicts</th></tr>
 *   <tr><td>{@link org.offheapstm.collection.TxCounter}</td><td>a sum</td>
 *       <td>adding: none; reading the sum: with every addition</td></tr>
 *   <tr><td>{@link org.offheapstm.collection.LongMap}</td><td>long to long</td>
 *       <td>by buckets of up to 8 neighbours of a key</td></tr>
 *   <tr><td>{@link org.offheapstm.collection.BytesMap}</td><td>text or bytes to long</td>
 *       <td>finding a key: with its removal only; a value: with its writers; adding and missing
 *       keys: by buckets</td></tr>
 *   <tr><td>{@link org.offheapstm.collection.BytesObjectMap}</td><td>text or bytes to an object of
 *       the map's own</td>
 *       <td>finding a key: with its removal only; an object: as any object; adding and missing
 *       keys: by buckets</td></tr>
 *   <tr><td>{@link org.offheapstm.collection.Blob}</td><td>bytes, as a value</td>
 *       <td>by 256 bytes</td></tr>
 * </table>
 *
 * <p>A value is a {@code long}: a number, or a reference to any object, for instance to a struct or
 * a {@link org.offheapstm.collection.Blob}. A map owns its keys but not what its values refer to;
 * only the objects of a {@link org.offheapstm.collection.BytesObjectMap} are the map's.
 *
 * <p><b>Views.</b> The Java objects are views: what they show is in the region, found by one
 * reference, and {@code of} makes another view of it at any time, on any thread. A view may be
 * used by any number of threads at once; each call takes the transaction it is part of. A reference
 * to something else, or to a structure that was freed, ends in a {@link
 * org.offheapstm.StaleReferenceException} at its first use.
 *
 * <p><b>Roots.</b> Each class has a {@code TYPE}, with which a structure is set and found as a
 * {@linkplain org.offheapstm.Roots root}. What values refer to is reachable through it; keys are
 * not references.
 *
 * <p><b>Absent.</b> Nothing is boxed: methods that return a value take the value that stands for
 * <em>absent</em>; {@link org.offheapstm.Transaction#NULL} suits references.
 *
 * <p><b>Garbage.</b> No method allocates on the Java heap in steady state, but those that return
 * Java objects.
 *
 * <p><b>Who may call.</b> Users. This room uses the root package, and nothing uses this room.
 */
package org.offheapstm.collection;
