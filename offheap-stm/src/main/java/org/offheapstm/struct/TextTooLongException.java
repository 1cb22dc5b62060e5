package org.offheapstm.struct;

import org.offheapstm.StmException;

/** A text has more UTF-8 bytes than its field has room for; nothing was written. */
public final class TextTooLongException extends StmException {
    private static final long serialVersionUID = 1L;

    /** Bytes of the text in UTF-8. */
    private final int bytes;

    /** Bytes that the field takes. */
    private final int limit;

    /**
     * An exception with its message.
     *
     * @param field the field
     * @param bytes the bytes that the text has in UTF-8
     * @param limit the most that the field takes
     */
    public TextTooLongException(Member field, int bytes, int limit) {
        super("text refused: field=" + field + ", bytes=" + bytes + ", limit=" + limit
                + "; shorten the text or raise the limit of the field");
        this.bytes = bytes;
        this.limit = limit;
    }

    /**
     * The size of the text.
     *
     * @return bytes in UTF-8
     */
    public int bytes() {
        return bytes;
    }

    /**
     * The size of the field.
     *
     * @return bytes in UTF-8
     */
    public int limit() {
        return limit;
    }
}
