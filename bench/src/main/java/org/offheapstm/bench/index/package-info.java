/**
 * The main job: an inverted index over real text, built by transactions in off-heap memory and by
 * ordinary Java collections, checked against a plain count, with the price of atomicity in numbers.
 *
 * <p>The path: {@link org.offheapstm.bench.index.IndexCommand} parses the text (package
 * {@code text}), has {@link org.offheapstm.bench.index.PlainCount} count it plainly, lets a
 * {@link org.offheapstm.bench.index.Contest} run every
 * {@link org.offheapstm.bench.index.Indexer} in turn, has
 * {@link org.offheapstm.bench.index.IndexCheck} compare each outcome with the plain count, and an
 * {@link org.offheapstm.bench.index.IndexReport} print what came out.
 *
 * <p>Every indexer builds the same: word &rarr; (total, postings of document and count) and
 * document &rarr; (name, words, size). Some words are in every document, so the words are where
 * threads meet. What differs is what a reader may see meanwhile: with transactions a document is in
 * the index with all its words or not at all; with a {@link java.util.concurrent.ConcurrentHashMap}
 * a reader sees halves.
 *
 * <p>Fairness: all indexers take the same parsed documents and the same hashes, use the same
 * {@link org.offheapstm.bench.index.text.Workers}, and the time is that of building alone, garbage
 * collection included. The baselines look words up without making strings and keep postings in
 * arrays, so the comparison is with fast ones.
 *
 * <p>Who may call: the command line of this module, and tests.
 */
package org.offheapstm.bench.index;
