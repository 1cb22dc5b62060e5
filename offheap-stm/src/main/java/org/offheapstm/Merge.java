package org.offheapstm;

/**
 * A change of one word whose order among others of its kind does not matter, so that it can be
 * applied at commit without reading the word first: see {@link Transaction#merge}.
 */
public enum Merge {
    /** Adds to a {@code long}, wrapping around. */
    ADD_LONG,
    /** Adds to a {@code double} held as its bits; the sum depends on the order in its last bits. */
    ADD_DOUBLE,
    /** Keeps the larger of two {@code long} values. */
    MAX_LONG,
    /** Keeps the smaller of two {@code long} values. */
    MIN_LONG,
    /** Sets the bits that are set in the operand. */
    OR,
    /** Clears the bits that are clear in the operand. */
    AND;

    /**
     * The changed word.
     *
     * @param word the word as it is
     * @param operand what to merge into it
     * @return the word as it will be
     */
    public long apply(long word, long operand) {
        return switch (this) {
            case ADD_LONG -> word + operand;
            case ADD_DOUBLE ->
                Double.doubleToRawLongBits(
                        Double.longBitsToDouble(word) + Double.longBitsToDouble(operand));
            case MAX_LONG -> Math.max(word, operand);
            case MIN_LONG -> Math.min(word, operand);
            case OR -> word | operand;
            case AND -> word & operand;
        };
    }
}
