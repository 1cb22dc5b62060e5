package org.offheapstm.struct;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ConcurrentModificationException;
import java.util.Objects;

/**
 * Text in words: two bytes of length, then the text in UTF-8, in memory order.
 *
 * <pre>
 *   word 0: | length (2) | text, first 6 bytes |    word 1: | next 8 bytes |    ...
 * </pre>
 *
 * Invariants: (1) The field begins at a word and has its words for itself. (2) The bytes behind
 * the text in its last word are zero, so equal texts are equal words. (3) The words behind that
 * one hold anything. (4) What is stored is well-formed UTF-8 of at most the field's limit: a text
 * is measured before the first word is written, and one that is another by then is not written on.
 *
 * <p>Encoding goes straight from characters to words and decoding straight back, so only a {@code
 * String} result makes garbage. A place is named by its parts, for the same reason: {@code object}
 * is the type of the object that holds the text, or null if element {@code index} of an array of
 * type {@code array} does.
 */
final class TextWords {
    private static final int PREFIX = Layout.TEXT_PREFIX_BYTES;
    private static final int IN_WORD = Long.BYTES - 1;

    private TextWords() {}

    static String get(
            Member field,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset) {
        byte[] utf8 = new byte[length(field, tx, object, array, ref, index, offset)];
        if (object != null) {
            tx.getBytes(object, ref, offset + PREFIX, utf8, 0, utf8.length);
        } else {
            long start = index * array.elementBytes() + offset + PREFIX;
            tx.getBytes(array, ref, start, utf8, 0, utf8.length);
        }
        return new String(utf8, StandardCharsets.UTF_8);
    }

    static void appendTo(
            Appendable target,
            Member field,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset) {
        Objects.requireNonNull(target, "target");
        int end = PREFIX + length(field, tx, object, array, ref, index, offset);
        long word = word(tx, object, array, ref, index, offset);
        int codePoint = 0;
        int missing = 0;
        try {
            for (int at = PREFIX; at < end; at++) {
                if ((at & IN_WORD) == 0) {
                    word = word(tx, object, array, ref, index, offset + at);
                }
                int next = (int) Word.extract(word, at, Byte.BYTES) & 0xff;
                if (missing == 0) {
                    missing = next < 0x80 ? 0 : next < 0xe0 ? 1 : next < 0xf0 ? 2 : 3;
                    codePoint = missing == 0 ? next : next & (0x3f >> missing);
                } else {
                    missing--;
                    codePoint = (codePoint << 6) | (next & 0x3f);
                }
                if (missing == 0) {
                    append(target, codePoint);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void append(Appendable target, int codePoint) throws IOException {
        if (Character.isBmpCodePoint(codePoint)) {
            target.append((char) codePoint);
        } else {
            target.append(Character.highSurrogate(codePoint))
                    .append(Character.lowSurrogate(codePoint));
        }
    }

    static void set(
            CharSequence text,
            Member field,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset) {
        int bytes = measure(text, field);
        int limit = field.size() - PREFIX;
        if (bytes > limit) {
            throw new TextTooLongException(field, bytes, limit);
        }
        encode(text, bytes, true, tx, object, array, ref, index, offset);
    }

    static boolean contentEquals(
            CharSequence text,
            Member field,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset) {
        int bytes = measure(text, field);
        return bytes <= field.size() - PREFIX
                && encode(text, bytes, false, tx, object, array, ref, index, offset);
    }

    /**
     * Writes the words of a text, or compares them and returns whether all are equal.
     *
     * @param bytes what was measured; no byte beyond is touched, whatever the text is by now
     */
    private static boolean encode(
            CharSequence text,
            int bytes,
            boolean write,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset) {
        long word = Word.insert(0, 0, PREFIX, bytes);
        int at = PREFIX;
        for (int i = 0; i < text.length(); i++) {
            int codePoint = text.charAt(i);
            if (Character.isSurrogate((char) codePoint)) {
                codePoint = Character.codePointAt(text, i++);
            }
            int size = size(codePoint);
            if (at + size > PREFIX + bytes || isHalf(codePoint)) {
                throw changed(bytes);
            }
            for (int left = size - 1; left >= 0; left--) {
                word = Word.insert(word, at++, Byte.BYTES, utf8(codePoint, size, left));
                if ((at & IN_WORD) == 0) {
                    if (!put(
                            write, tx, object, array, ref, index, offset + at - Long.BYTES, word)) {
                        return false;
                    }
                    word = 0;
                }
            }
        }
        if (at != PREFIX + bytes) {
            throw changed(bytes);
        }
        return (at & IN_WORD) == 0
                || put(write, tx, object, array, ref, index, offset + (at & ~IN_WORD), word);
    }

    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static ConcurrentModificationException changed(int bytes) {
        return new ConcurrentModificationException(
                "text refused: it changed while it was read, measured bytes=" + bytes
                        + "; let nobody change a text that is being stored");
    }

    private static boolean put(
            boolean write,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset,
            long word) {
        if (!write) {
            return word(tx, object, array, ref, index, offset) == word;
        }
        if (object != null) {
            tx.setLong(object, ref, offset, word);
        } else {
            tx.setLong(array, ref, index, offset, word);
        }
        return true;
    }

    private static long word(
            Transaction tx, ObjectType object, ArrayType array, long ref, long index, int offset) {
        return object != null
                ? tx.getLong(object, ref, offset)
                : tx.getLong(array, ref, index, offset);
    }

    /** Bytes of the text that is stored. */
    private static int length(
            Member field,
            Transaction tx,
            ObjectType object,
            ArrayType array,
            long ref,
            long index,
            int offset) {
        long first = word(tx, object, array, ref, index, offset);
        int bytes = (int) Word.extract(first, 0, PREFIX) & 0xffff;
        if (bytes > field.size() - PREFIX) {
            throw new IllegalStateException("text refused: field=" + field + ", bytes=" + bytes
                    + ", limit=" + (field.size() - PREFIX)
                    + "; its words were written by something else");
        }
        return bytes;
    }

    /** Bytes of a text in UTF-8; refuses what has none. */
    private static int measure(CharSequence text, Member field) {
        if (text == null) {
            throw new NullPointerException(
                    "text refused: field=" + field + ", text=null; use \"\" for no text");
        }
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (Character.isSurrogate(next)) {
                boolean pair = Character.isHighSurrogate(next)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException("text refused: field=" + field + ", index="
                            + i + ", char=0x" + Integer.toHexString(next)
                            + "; a surrogate without its other half has no UTF-8");
                }
                i++;
                bytes += 4;
            } else {
                bytes += size(next);
            }
        }
        return bytes;
    }

    private static int size(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /** The byte of a character that has {@code left} more behind it. */
    private static int utf8(int codePoint, int size, int left) {
        if (size == 1) {
            return codePoint;
        }
        int bits = codePoint >> (6 * left);
        return left == size - 1 ? ((0xf00 >> size) & 0xff) | bits : 0x80 | (bits & 0x3f);
    }
}
