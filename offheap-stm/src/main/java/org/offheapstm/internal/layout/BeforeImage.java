package org.offheapstm.internal.layout;

import org.offheapstm.internal.memory.Memory;

/**
 * What a payload was before a commit replaced it: an immutable record, kept while a snapshot may
 * need it.
 *
 * <pre>
 *  word 0  header word that the payload had
 *  word 1  | 63..24 the image before this one, in units of 16 B, or 0 | 23..0 generation |
 *  word 2  reference to the object, with generation 0 for a stripe; only verify() reads it
 *  payload
 *
 *  object, version 9 --LIFE--> image, version 7 --word 1--> image, version 4 --> 0
 * </pre>
 *
 * <p>Word 1 has the form of {@link Header#LIFE}, which names the newest image. Versions do not
 * rise along the chain, and the first image that is not younger than a snapshot is the one of that
 * snapshot.
 *
 * <p>Source: the before-images of HyPer (Neumann, Mühlbauer, Kemper, SIGMOD 2015). We differ in one
 * point: an image is made only if a snapshot that lives at the commit can need it.
 */
public final class BeforeImage {
    /** Bytes before the payload. */
    public static final int BYTES = 24;

    /** No image. */
    public static final long NONE = 0;

    private static final int CHAIN = 8;
    private static final int OBJECT = 16;

    private BeforeImage() {}

    /** Fills an image, but for the payload. */
    public static void fill(long image, long header, long life, long object) {
        Memory.set(image, header);
        Memory.set(image, CHAIN, life);
        Memory.set(image, OBJECT, object);
    }

    /** Offset of the object of an image. */
    public static long object(long image) {
        return Reference.offset(Memory.get(image + OBJECT));
    }

    /** Offset of the image before an image, or {@link #NONE}. */
    public static long before(long image) {
        return Reference.offset(Memory.get(image + CHAIN));
    }

    /** The word 1 of an object, or of an image, that names an image at this offset before it. */
    public static long life(long image, long life) {
        return Reference.of(image, Reference.generation(life));
    }

    /** Whether a snapshot of this bound sees the payload of the image at an address. */
    public static boolean isSeen(long image, long bound) {
        return Header.isOlder(Memory.get(image), bound);
    }

    /** Offset of the image before the one at an address, or {@link #NONE}. */
    public static long previous(long image) {
        return Reference.offset(Memory.get(image + CHAIN));
    }
}
