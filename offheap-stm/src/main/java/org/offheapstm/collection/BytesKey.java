package org.offheapstm.collection;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A key of a {@link BytesMap} or {@link BytesObjectMap}: a string of bytes, or a text as its UTF-8
 * bytes.
 *
 * <p>It is meant to be used again and again: {@link #text} and {@link #bytes} change it and
 * allocate nothing once it has seen its longest key. Two keys are the same key if their bytes are
 * the same. It belongs to one thread at a time, and is cheapest when set before the transaction
 * that uses it, so that a second attempt need not encode it again.
 *
 * <pre>
 *  word 0   | length 16 bits | byte 0 | ... | byte 5 |    lowest bits first, on every machine
 *  word 1   | byte 6 | ...                                0 after the last byte
 * </pre>
 */
public final class BytesKey {
    /** The longest key, in bytes. */
    public static final int MAX_BYTES = 8182;

    /** Bytes before the first: the length, so that equal words are equal keys. */
    static final int PREFIX_BYTES = 2;

    private static final int FIRST_BYTES = Long.BYTES - PREFIX_BYTES;

    /** The bits of a code that hold the length; the others are the hash. */
    static final int LENGTH_BITS = 13;

    private static final int FIRST_WORDS = 4;
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private long[] words = new long[FIRST_WORDS];
    private int length;

    /** What was last read to compare with. */
    private long[] seen = new long[1 + FIRST_WORDS];

    private boolean coded;
    private long codedSeed;
    private long code;

    /** An empty key. */
    public BytesKey() {}

    /**
     * A new key for a text.
     *
     * @param text any text
     * @return the key
     * @throws IllegalArgumentException as for {@link #text}
     */
    public static BytesKey of(CharSequence text) {
        return new BytesKey().text(text);
    }

    /**
     * A new key for bytes.
     *
     * @param bytes any bytes, copied
     * @return the key
     * @throws IllegalArgumentException as for {@link #bytes}
     */
    public static BytesKey of(byte[] bytes) {
        return new BytesKey().bytes(bytes, 0, bytes.length);
    }

    // ---- setting --------------------------------------------------------------------------------

    /**
     * Becomes the UTF-8 bytes of a text.
     *
     * @param text any text
     * @return this
     * @throws IllegalArgumentException if it has more than {@link #MAX_BYTES} bytes, or half of a
     *     surrogate pair, which no bytes stand for; the key is empty then
     */
    public BytesKey text(CharSequence text) {
        clear();
        int bytes = -1;
        try {
            bytes = encode(text);
            checkLength(bytes);
        } finally {
            close(bytes);
        }
        return this;
    }

    /** Appends the bytes of a text and returns how many. */
    private int encode(CharSequence text) {
        int chars = text.length();
        checkLength(chars);
        reserve(3 * chars);
        Arrays.fill(words, 0, wordsFor(3 * chars), 0);
        int at = 0;
        for (int i = 0; i < chars; i++) {
            char unit = text.charAt(i);
            if (unit < 0x80) {
                append(at++, unit);
            } else if (unit < 0x800) {
                append(at++, 0xC0 | unit >> 6);
                append(at++, 0x80 | unit & 0x3F);
            } else if (!Character.isSurrogate(unit)) {
                append(at++, 0xE0 | unit >> 12);
                append(at++, 0x80 | unit >> 6 & 0x3F);
                append(at++, 0x80 | unit & 0x3F);
            } else {
                int point = pair(text, i++);
                append(at++, 0xF0 | point >> 18);
                append(at++, 0x80 | point >> 12 & 0x3F);
                append(at++, 0x80 | point >> 6 & 0x3F);
                append(at++, 0x80 | point & 0x3F);
            }
        }
        return at;
    }

    private static int pair(CharSequence text, int index) {
        int point = Character.codePointAt(text, index);
        if (!Character.isSupplementaryCodePoint(point)) {
            throw new IllegalArgumentException(
                    "key refused: index=" + index + " of the text is half"
                            + " of a surrogate pair, unit=0x" + Integer.toHexString(point)
                            + "; replace it, or use the text's bytes in another encoding");
        }
        return point;
    }

    /**
     * Becomes a copy of some bytes.
     *
     * @param source where they are
     * @param from index of the first
     * @param count how many
     * @return this
     * @throws IllegalArgumentException if there are more than {@link #MAX_BYTES}; the key is empty
     *     then
     * @throws IndexOutOfBoundsException if they are not inside the array
     */
    public BytesKey bytes(byte[] source, int from, int count) {
        Objects.checkFromIndexSize(from, count, source.length);
        clear();
        checkLength(count);
        reserve(count);
        words[0] = load(source, from, Math.min(count, FIRST_BYTES)) << 8 * PREFIX_BYTES;
        for (int at = FIRST_BYTES, word = 1; at < count; at += Long.BYTES, word++) {
            words[word] = load(source, from + at, Math.min(count - at, Long.BYTES));
        }
        close(count);
        return this;
    }

    /**
     * Up to 8 bytes, lowest bits first: the 8 that begin with them, or else the 8 that end with
     * them, without the others. A loop over the bytes ends where the processor does not expect it:
     * with one a word of a text was copied in 14 ns, and is in 10.
     */
    private static long load(byte[] source, int from, int count) {
        int others = Long.SIZE - Byte.SIZE * count;
        if (count == 0) {
            return 0;
        }
        if (from <= source.length - Long.BYTES) {
            return eight(source, from) << others >>> others;
        }
        if (from + count >= Long.BYTES) {
            return eight(source, from + count - Long.BYTES) >>> others;
        }
        long bits = 0;
        for (int i = from + count - 1; i >= from; i--) {
            bits = bits << 8 | source[i] & 0xFF;
        }
        return bits;
    }

    private static long eight(byte[] source, int from) {
        return source[from] & 0xFFL
                | (source[from + 1] & 0xFFL) << 8
                | (source[from + 2] & 0xFFL) << 16
                | (source[from + 3] & 0xFFL) << 24
                | (source[from + 4] & 0xFFL) << 32
                | (source[from + 5] & 0xFFL) << 40
                | (source[from + 6] & 0xFFL) << 48
                | (source[from + 7] & 0xFFL) << 56;
    }

    private void clear() {
        length = 0;
        words[0] = 0;
        coded = false;
    }

    private static void checkLength(int bytes) {
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("key refused: bytes=" + bytes
                    + " or more; use up to " + MAX_BYTES + ", or a digest of them");
        }
    }

    /** Makes room for this many bytes. */
    private void reserve(int bytes) {
        int needed = wordsFor(bytes);
        if (needed > words.length) {
            words = new long[Integer.highestOneBit(2 * needed - 1)];
        }
    }

    private void append(int at, int bits) {
        int place = PREFIX_BYTES + at;
        words[place >>> 3] |= (long) bits << (place << 3);
    }

    /** Ends the key after this many bytes; empties it if the text was refused on the way. */
    private void close(int bytes) {
        if (bytes < 0 || bytes > MAX_BYTES) {
            clear();
        } else {
            length = bytes;
            words[0] |= bytes;
        }
    }

    private static int wordsFor(int bytes) {
        return PREFIX_BYTES + bytes + 7 >>> 3;
    }

    // ---- asking ---------------------------------------------------------------------------------

    /**
     * How many bytes it has.
     *
     * @return from 0 to {@link #MAX_BYTES}
     */
    public int length() {
        return length;
    }

    /**
     * A copy of its bytes.
     *
     * @return a new array
     */
    public byte[] toBytes() {
        byte[] bytes = new byte[length];
        for (int at = 0; at < length; at++) {
            int place = PREFIX_BYTES + at;
            bytes[at] = (byte) (words[place >>> 3] >>> (place << 3));
        }
        return bytes;
    }

    /**
     * Its bytes as a text.
     *
     * @return the text that they are the UTF-8 bytes of
     */
    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.UTF_8);
    }

    // ---- for maps -------------------------------------------------------------------------------

    /** What a map of this seed looks for: hash and length. */
    long code(long seed) {
        if (!coded || seed != codedSeed) {
            code = hash(seed) << LENGTH_BITS | length;
            codedSeed = seed;
            coded = true;
        }
        return code;
    }

    /** The length that a code says. */
    static int length(long code) {
        return (int) code & (1 << LENGTH_BITS) - 1;
    }

    private long hash(long seed) {
        long hash = seed;
        int count = wordsFor(length);
        for (int i = 0; i < count; i++) {
            hash = (hash ^ words[i]) * FACTOR;
            hash ^= hash >>> 32;
        }
        return LongMap.mix(hash);
    }

    /** Writes its words to an object. */
    void write(Transaction tx, ObjectType type, long ref, int offset) {
        tx.setLongs(type, ref, offset, words, 0, wordsFor(length));
    }

    /**
     * The reference in front of the key that an object of the type for this length holds, if it is
     * this key; else NULL.
     */
    long refBefore(Transaction tx, ObjectType type, long ref) {
        int count = wordsFor(length);
        if (seen.length <= count) {
            seen = new long[words.length + 1];
        }
        tx.getLongs(type, ref, 0, seen, 0, 1 + count);
        for (int i = 0; i < count; i++) {
            if (seen[1 + i] != words[i]) {
                return Transaction.NULL;
            }
        }
        return seen[0];
    }

    /** Becomes the bytes that an object holds. */
    BytesKey read(Transaction tx, ObjectType type, long ref, int offset, int bytes) {
        clear();
        reserve(bytes);
        tx.getLongs(type, ref, offset, words, 0, wordsFor(bytes));
        length = bytes;
        return this;
    }
}
