package org.offheapstm.internal.heap;

import org.offheapstm.ArrayType;
import org.offheapstm.ObjectType;
import org.offheapstm.StmType;
import org.offheapstm.internal.layout.Header;
import org.offheapstm.internal.layout.Reference;
import org.offheapstm.internal.layout.RunEntry;
import org.offheapstm.internal.memory.NativeBlock;

import java.util.Arrays;

/**
 * Every pair of type and block size in use in an engine, numbered; and how large the block of an
 * object or array is.
 *
 * <pre>
 *  object   | header 16 | payload, at least 16 |
 *  array    | header 16 | length 8 | 0 8 | stripe | stripe | ...
 *  stripe   | header 16 | elements |
 * </pre>
 *
 * <p>Blocks are multiples of 16 bytes. Arrays of up to {@link #MAX_BLOCK_BYTES} get a block of a
 * size class: the sizes of 1, 2, 3, 4, 6, 8, 12, 16, ... eighths of a stripe and then stripes, so
 * at most a third is lost. Stripes lie at the same place in every class, so their headers are
 * type-stable too. Larger arrays are spans of runs.
 */
public final class BlockKinds {
    /** The largest block inside a run; larger ones are spans. */
    public static final long MAX_BLOCK_BYTES = RunEntry.RUN_BYTES / 4;

    /** From the start of an array to its first stripe. */
    public static final long ARRAY_HEAD_BYTES = Header.BYTES + 16;

    /** How many kinds an engine can have. */
    public static final int MAX_KINDS = 1 << 15;

    /** A type and a block size. */
    public record Kind(int number, StmType type, int units, long entry, Surplus surplus) {
        /** Bytes from the start of one block to the next. */
        public long blockBytes() {
            return (long) units * Reference.UNIT;
        }
    }

    private static final Kind[] NONE = new Kind[0];

    private final long base;
    private final NativeBlock heads = NativeBlock.takeCollected(8L * MAX_KINDS);

    /** Copied on change; a kind is in both, and never leaves. */
    private volatile Kind[] byNumber = NONE;

    private volatile Kind[][] ofType = new Kind[0][];

    public BlockKinds(long base) {
        this.base = base;
    }

    /** The kind of the objects of a type. */
    public Kind of(ObjectType type) {
        return find(type, units(type.blockBytes()));
    }

    /**
     * The kind of the arrays of a type with blocks of at least this size, at most {@link
     * #MAX_BLOCK_BYTES}.
     */
    public Kind of(ArrayType type, long bytes) {
        return find(type, units(sizeClass(type, bytes)));
    }

    private Kind find(StmType type, int units) {
        Kind kind = known(type, units);
        return kind != null ? kind : add(type, units);
    }

    /** A type has one kind, or a few; without a lock, because every allocation comes here. */
    private Kind known(StmType type, int units) {
        Kind[][] known = ofType;
        if (type.id() < known.length) {
            Kind[] sizes = known[type.id()];
            for (int i = 0; i < sizes.length; i++) {
                if (sizes[i].units == units) {
                    return sizes[i];
                }
            }
        }
        return null;
    }

    private synchronized Kind add(StmType type, int units) {
        Kind meanwhile = known(type, units);
        if (meanwhile != null) {
            return meanwhile;
        }
        int number = byNumber.length;
        if (number == MAX_KINDS) {
            throw new IllegalStateException("type refused: name=" + type + ", kinds=" + MAX_KINDS
                    + "; an engine can have no more pairs of type and block size");
        }
        Kind made = new Kind(
                number,
                type,
                units,
                RunEntry.of(type.id(), units),
                new Surplus(base, heads.address() + 8L * number));
        byNumber = with(byNumber, made);
        int length = ofType.length;
        Kind[][] grown = Arrays.copyOf(ofType, Math.max(length, type.id() + 1));
        Arrays.fill(grown, length, grown.length, NONE);
        grown[type.id()] = with(grown[type.id()], made);
        ofType = grown;
        return made;
    }

    private static Kind[] with(Kind[] kinds, Kind more) {
        Kind[] longer = Arrays.copyOf(kinds, kinds.length + 1);
        longer[kinds.length] = more;
        return longer;
    }

    /** How many kinds there are; their numbers are smaller. */
    public int count() {
        return byNumber.length;
    }

    /** The kind of this number. */
    public Kind byNumber(int number) {
        return byNumber[number];
    }

    private static int units(long bytes) {
        return (int) ((bytes + Reference.UNIT - 1) / Reference.UNIT);
    }

    /** Bytes of payload of a full stripe. */
    public static long stripePayloadBytes(ArrayType type) {
        return (long) type.elementsPerStripe() * type.elementBytes() + 7 & -8;
    }

    /** From the start of one stripe to the next. */
    public static long stripeBytes(ArrayType type) {
        return Header.BYTES + stripePayloadBytes(type) + 15 & -16;
    }

    /** Bytes that an array of this length needs. */
    public static long arrayBytes(ArrayType type, long length) {
        long full = length / type.elementsPerStripe();
        long rest = length % type.elementsPerStripe() * type.elementBytes() + 7 & -8;
        return ARRAY_HEAD_BYTES + full * stripeBytes(type) + (rest == 0 ? 0 : Header.BYTES + rest);
    }

    private static long sizeClass(ArrayType type, long bytes) {
        long step = stripeBytes(type);
        if (bytes <= ARRAY_HEAD_BYTES + step) {
            long eighth = (step + 127) / 128 * 16;
            return Math.min(
                    ARRAY_HEAD_BYTES + step,
                    ARRAY_HEAD_BYTES + ladder(bytes - ARRAY_HEAD_BYTES, eighth));
        }
        return Math.min(MAX_BLOCK_BYTES, ARRAY_HEAD_BYTES + ladder(bytes - ARRAY_HEAD_BYTES, step));
    }

    /** The smallest of 1, 2, 3, 4, 6, 8, 12, 16, 24 ... steps that holds this many bytes. */
    private static long ladder(long bytes, long step) {
        long steps = Math.max(1, (bytes + step - 1) / step);
        long power = Long.highestOneBit(steps);
        if (steps == power) {
            return power * step;
        }
        long half = power + power / 2;
        return (power > 1 && steps <= half ? half : 2 * power) * step;
    }
}
