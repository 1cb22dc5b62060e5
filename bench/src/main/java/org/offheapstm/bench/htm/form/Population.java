package org.offheapstm.bench.htm.form;

/** The objects of one form: two words each, 0 at first. */
interface Population {
    /** A loop over them, for the thread of this number; the numbers begin with 0. */
    Loop loop(int thread);

    /** One of an object's two words, as it is; only while no loop runs. */
    long word(int object, int word);

    /** How attempts have ended so far, as far as it is known only of all threads together. */
    default Counts counts() {
        return Counts.NONE;
    }

    static Population of(Form form, int objects) {
        return switch (form) {
            case RTM_ONLY, ELISION, LOCK, WORDS, SOFTWARE -> new NativeObjects(form, objects);
            case JAVA_STM, JAVA_RTM -> new EngineObjects(form, objects);
            case REENTRANT_LOCK -> new LockedObjects(objects);
        };
    }
}
