package org.offheapstm.bench.htm.form;

import java.util.Arrays;
import java.util.Optional;

/** The small jobs, in the order of the header's constants, which begin with 1. */
public enum Kernel {
    /** Takes 1 from an object and gives it to another, both at random. */
    TRANSFER("transfer"),
    /** Replaces the words of so many objects at random, if all are what they were a moment ago. */
    SWAP("swap"),
    /** Adds 1 to so many objects in a row. */
    ADD("add"),
    /** Sums so many objects in a row up. */
    SUM("sum"),
    /** Sets the value of a key of a hash map, half as many keys as places. */
    PUT("put"),
    /** Looks a key up. */
    GET("get");

    private final String label;

    Kernel(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Optional<Kernel> named(String label) {
        return Arrays.stream(values()).filter(k -> k.label.equals(label)).findFirst();
    }

    /** Whether a number of objects belongs to it. */
    public boolean isSized() {
        return this == SWAP || this == ADD || this == SUM;
    }

    /** Whether it only reads: the engine commits such a transaction without the processor's. */
    public boolean isReadOnly() {
        return this == SUM || this == GET;
    }

    boolean isMap() {
        return this == PUT || this == GET;
    }

    /** Its constant of the header. */
    int code() {
        return ordinal() + 1;
    }
}
