package org.offheapstm.bench.index;

/** A finished index, to be read from end to end by one thread. */
public interface IndexView {
    /** Shows every document, in any order. */
    void documents(DocumentVisitor visitor);

    /** Shows every word, in any order. */
    void words(WordVisitor visitor);

    /**
     * A document as the index knows it.
     *
     * @param name its path within the source
     * @param words how many words its text has, repetitions included
     * @param sizeBytes size of its text
     */
    record Document(String name, long words, long sizeBytes) {}

    /** Takes documents one at a time. */
    @FunctionalInterface
    interface DocumentVisitor {
        /** A document and its number. */
        void document(int number, Document document);
    }

    /** Takes words one at a time. */
    @FunctionalInterface
    interface WordVisitor {
        /**
         * A word with all that the index holds on it.
         *
         * @param total how often it occurs in all documents
         * @param postings in any order; the visitor may reorder but not keep them, because a view
         *     may use the same list again for the next word
         */
        void word(String word, long total, Postings postings);
    }
}
