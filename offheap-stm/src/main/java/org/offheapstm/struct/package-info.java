/**
 * Typed structs over the words of transactional objects.
 *
 * <p>An interface with {@link org.offheapstm.struct.Struct} declares a struct; the annotation
 * processor of this jar generates the rest. There are three ways to the same bytes:
 *
 * <table>
 * <caption>Ways to a field</caption>
 * <tr><th>way</th><th>looks like</th><th>on top of the word</th></tr>
 * <tr><td>handle</td><td>{@code AccountStruct.BALANCE.get(tx, ref)}</td><td>nothing</td></tr>
 * <tr><td>view</td><td>{@code account.at(tx, ref).balance()}</td><td>its place is loaded</td></tr>
 * <tr><td>handle of an array</td><td>{@code BALANCES.get(tx, ref, index)}</td><td>nothing</td></tr>
 * </table>
 *
 * <p>Handles are records in {@code static final} constants, since the JIT compiler then takes all
 * that is in them for constants. None of the ways makes garbage, but a {@code String} result.
 * Whoever has no interface takes a {@link org.offheapstm.struct.StructType} of a {@link
 * java.lang.foreign.StructLayout}, and handles by name.
 *
 * <h2>What is checked, and where</h2>
 *
 * References, their types, offsets and indexes of arrays: by the engine, at every access. Indexes
 * of rows and texts: here, before anything is written. Layouts: when the type is made, and for
 * generated classes by the compiler. A reference written as a {@code long} is believed until it is
 * used.
 *
 * <h2>Rules of the room</h2>
 *
 * It is written against {@link org.offheapstm.Transaction} and knows nothing of the engine behind
 * it. Offsets are computed in {@code Layout} alone, positions inside a word in {@code Word} alone.
 * There is one record for each primitive type, because a Java method returns one type; they hold
 * no logic but a cast. More classes than a package should have, for that reason.
 */
package org.offheapstm.struct;
