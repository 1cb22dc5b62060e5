package org.offheapstm.bench.htm.form;

import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.htm.Shim;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The ways to do a kernel, in the order of the columns. The first five run in C, in the order of
 * the header's constants {@code STM_HTM_BY_...}.
 */
public enum Form {
    /** A transaction of the processor and nothing else: gives up after the tries. */
    RTM_ONLY("RTM only", true),
    /** The same with a lock elided, which is taken after the tries. */
    ELISION("RTM, elided lock", true),
    /** One spin lock around all. */
    LOCK("lock", false),
    /** Each word by an atomic instruction of its own: not atomic as a whole. */
    WORDS("per-word CAS", false),
    /** Software transactions in C, by the engine's protocol. */
    SOFTWARE("STM in C", false),
    /** The engine, told not to commit in hardware. */
    JAVA_STM("Java STM", false),
    /** The engine, told to commit in hardware whatever it can. */
    JAVA_RTM("Java STM, RTM commit", true),
    /** Plain off-heap access under one ReentrantLock. */
    REENTRANT_LOCK("ReentrantLock", false);

    private final String label;
    private final boolean needsRtm;

    Form(String label, boolean needsRtm) {
        this.label = label;
        this.needsRtm = needsRtm;
    }

    public String label() {
        return label;
    }

    public static Optional<Form> named(String label) {
        return Arrays.stream(values()).filter(form -> form.label.equals(label)).findFirst();
    }

    /** Whether it runs in C; its number is then its constant of the header. */
    public boolean isNative() {
        return ordinal() <= SOFTWARE.ordinal();
    }

    /** Whether it begins transactions of the processor. */
    public boolean needsRtm() {
        return needsRtm;
    }

    /** Whether the number of tries makes a difference to it. */
    public static List<Form> tried() {
        return List.of(RTM_ONLY, ELISION);
    }

    /** Why this machine cannot run it; empty if it can. */
    public Optional<String> whyNot() {
        if (needsRtm && !Probe.get().isUsable()) {
            return Optional.of(Probe.get().line());
        }
        return isNative() && !Shim.isLoaded() ? Optional.of(Shim.whyNot()) : Optional.empty();
    }
}
