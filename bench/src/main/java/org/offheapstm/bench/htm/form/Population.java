package org.offheapstm.bench.htm.form;

/** The objects of one form: two words each, 0 at first. */
interface Population extends AutoCloseable {
    /** A loop over them, for the thread of this number; the numbers begin with 0. */
    Loop loop(int thread);

    /** One of an object's two words, as it is; only while no loop runs. */
    long word(int object, int word);

    /**
     * Touches every page, right before a slice. A kernel that looks for idle memory (DAMON, idle
     * page tracking) clears the accessed bits of pages that rest between slices. A transaction of
     * the processor cannot set such a bit again: it aborts, without a reason, as often as it is
     * tried, and a form that does nothing else would stand still. (Seen: of transfers among a
     * million objects 4 percent done after a second of rest, all of them after this.)
     */
    default void touch() {}

    /** How attempts have ended so far, as far as it is known only of all threads together. */
    default Counts counts() {
        return Counts.NONE;
    }

    /** Closes its engine, if it has one; other memory ends with the process. */
    @Override
    default void close() {}

    static Population of(Form form, int objects) {
        return switch (form) {
            case RTM_ONLY, ELISION, LOCK, WORDS, SOFTWARE -> new NativeObjects(form, objects);
            case JAVA_STM, JAVA_RTM -> new EngineObjects(form, objects);
            case REENTRANT_LOCK -> new LockedObjects(objects);
        };
    }
}
