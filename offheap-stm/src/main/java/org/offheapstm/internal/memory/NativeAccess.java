package org.offheapstm.internal.memory;

import java.lang.foreign.MemorySegment;

/** Whether this JVM lets the engine use native memory. */
public final class NativeAccess {
    private NativeAccess() {}

    /**
     * Asks, by the use of a restricted method, before a class is initialized that cannot be without
     * one: it would stay unusable, and say so in other words each time.
     *
     * @throws IllegalCallerException if the JVM was told to deny it
     */
    @SuppressWarnings("restricted")
    public static void check() {
        MemorySegment.NULL.reinterpret(0);
    }
}
