package org.offheapstm.bench.index;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * What the index holds on one word: its postings, in lanes that do not touch each other.
 *
 * <pre>
 *  record   | head of lane 0 | head of lane 1 | ...      written when a lane meets the word
 *               |
 *  head     | next | total .. fill | posting | posting | ...   written for every posting
 *               |
 *  chunk    | next | total .. fill | posting | posting | ...   full, never written again
 *               |
 *              ...
 *
 *  total .. fill    63..8 occurrences in this lane so far      7..0 postings in this chunk
 *  posting          63..32 document                           31..0 how often the word occurs there
 * </pre>
 *
 * <p>A head stays where it is: when it is full, its contents move to a chunk behind it and it
 * begins anew. So the record, which all lanes read, need not be written for that. The total of a
 * word is the sum over its heads.
 *
 * <p>With its header a head takes 64 bytes, one cache line: a document has hundreds of words, and
 * bringing their heads into the cache is most of what adding it costs.
 */
final class WordRecord {
    private static final int POSTINGS = 4;

    private static final int NEXT = 0;
    private static final int STATE = 8;
    private static final int FIRST_POSTING = 16;
    private static final ObjectType CHUNK =
            ObjectType.of("Index.Chunk", FIRST_POSTING + Long.BYTES * POSTINGS, NEXT);

    private static final int FILL_BITS = 8;
    private static final long FILL = (1L << FILL_BITS) - 1;

    /** Bytes that a chunk takes, and what it takes for each posting. */
    static final int CHUNK_BYTES = CHUNK.blockBytes();

    static final int BYTES_PER_POSTING = CHUNK_BYTES / POSTINGS;

    static {
        assert POSTINGS <= FILL : "the fill fits its bits";
    }

    /** Words in a chunk. */
    static final int CHUNK_WORDS = CHUNK.payloadBytes() / Long.BYTES;

    private final ObjectType type;

    /** The records of an index with so many lanes. */
    WordRecord(int lanes) {
        int[] heads = new int[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            heads[lane] = offset(lane);
        }
        type = ObjectType.of("Index.Word" + lanes, offset(lanes), heads);
    }

    private static int offset(int lane) {
        return Long.BYTES * lane;
    }

    /** Bytes that a record takes, without its lanes. */
    int bytes() {
        return type.blockBytes();
    }

    /** The type of the records. */
    ObjectType type() {
        return type;
    }

    /** The head of a lane, or NULL if the lane has not met the word. */
    long head(Transaction tx, long record, int lane) {
        return tx.getLong(type, record, offset(lane));
    }

    /** The head of a lane, made if the lane has not met the word. */
    long meet(Transaction tx, long record, int lane) {
        long known = head(tx, record, lane);
        if (known != Transaction.NULL) {
            return known;
        }
        long head = tx.allocate(CHUNK);
        tx.setLong(type, record, offset(lane), head);
        return head;
    }

    /**
     * Adds a posting to a lane.
     *
     * @param words room for the words of a chunk
     */
    static void add(Transaction tx, long head, int document, int count, long[] words) {
        long state = tx.getLong(CHUNK, head, STATE);
        if ((state & FILL) == POSTINGS) {
            moveOn(tx, head, words);
            state &= ~FILL;
        }
        int place = FIRST_POSTING + Long.BYTES * (int) (state & FILL);
        tx.setLong(CHUNK, head, place, Postings.pack(document, count));
        tx.setLong(CHUNK, head, STATE, state + ((long) count << FILL_BITS) + 1);
    }

    /** Moves the contents of a head to a chunk behind it. */
    private static void moveOn(Transaction tx, long head, long[] words) {
        long chunk = tx.allocate(CHUNK);
        tx.getLongs(CHUNK, head, 0, words, 0, words.length);
        tx.setLongs(CHUNK, chunk, 0, words, 0, words.length);
        tx.setLong(CHUNK, head, NEXT, chunk);
    }

    /**
     * Reads all lanes.
     *
     * @param postings gets the word's postings
     * @return the word's total
     */
    long read(Transaction tx, long record, Postings postings) {
        long total = 0;
        for (int offset = 0; offset < type.payloadBytes(); offset += Long.BYTES) {
            long head = tx.getLong(type, record, offset);
            if (head != Transaction.NULL) {
                total += tx.getLong(CHUNK, head, STATE) >>> FILL_BITS;
            }
            for (long chunk = head; chunk != Transaction.NULL; ) {
                long fill = tx.getLong(CHUNK, chunk, STATE) & FILL;
                for (int i = 0; i < fill; i++) {
                    postings.addPacked(tx.getLong(CHUNK, chunk, FIRST_POSTING + Long.BYTES * i));
                }
                chunk = tx.getLong(CHUNK, chunk, NEXT);
            }
        }
        return total;
    }
}
