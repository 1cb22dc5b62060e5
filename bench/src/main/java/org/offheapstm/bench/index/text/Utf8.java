package org.offheapstm.bench.index.text;

/**
 * Strict decoding of one UTF-8 code point, by table 3-7 of the Unicode standard: no overlong forms,
 * no surrogates, nothing above U+10FFFF.
 */
final class Utf8 {
    private Utf8() {}

    /** The code point that begins at a position, or -1 if none does. */
    static int codePointAt(byte[] text, int position) {
        int lead = text[position] & 0xFF;
        if (lead < 0x80) {
            return lead;
        }
        int size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (size == 0 || text.length - position < size) {
            return -1;
        }
        int codePoint = lead & 0x7F >> size;
        for (int i = 1; i < size; i++) {
            int next = text[position + i];
            if ((next & 0xC0) != 0x80) {
                return -1;
            }
            codePoint = codePoint << 6 | next & 0x3F;
        }
        boolean surrogate =
                codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return size(codePoint) != size || surrogate || codePoint > Character.MAX_CODE_POINT
                ? -1
                : codePoint;
    }

    /** How many bytes a code point takes. */
    static int size(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
