/**
 * From files to counted words: everything of the {@code index} job that happens before an index is
 * built, and is timed apart from it.
 *
 * <p>Purpose: {@link org.offheapstm.bench.index.text.TextSource} lists and reads the documents of a
 * directory or zip, {@link org.offheapstm.bench.index.text.Tokenizer} turns one document's bytes
 * into its distinct words with their counts, and {@link org.offheapstm.bench.index.text.Corpus}
 * does so for all documents with several threads and holds the outcome in primitive arrays.
 *
 * <p>Invariants: (1) Input that cannot serve is refused by an
 * {@link org.offheapstm.bench.index.text.InputRefusedException} before anything is indexed. (2) The
 * order of documents is the order of their names, so their numbers do not depend on the threads.
 * (3) What a {@link org.offheapstm.bench.index.text.ParsedDocument} holds never changes; any thread
 * may read it.
 *
 * <p>Not here: indexes, transactions, timing of rounds; this package does not know the engine.
 */
package org.offheapstm.bench.index.text;
