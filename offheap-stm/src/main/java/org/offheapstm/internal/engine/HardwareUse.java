package org.offheapstm.internal.engine;

import org.offheapstm.HardwareCommits;
import org.offheapstm.HardwareUnavailableException;
import org.offheapstm.internal.htm.Probe;
import org.offheapstm.internal.htm.Shim;
import org.offheapstm.internal.memory.Seam;

/**
 * Whether an engine commits in hardware, and from how many objects on.
 *
 * <p><b>From how many.</b> A commit by locks pays a compare-and-set for each object, one in
 * hardware a transaction for all and a little for each. The probe has measured the three on this
 * machine; what the call and the look at each entry add is {@link #CALL_PICOS} and {@link
 * #ENTRY_PICOS}. Measured on an Emerald Rapids Xeon (compare-and-set 10.4 ns, transaction 16.5,
 * further line 1.9), one thread, interleaved, updates of so many of 1,000 objects:
 *
 * <pre>
 *  objects      1     2     3     4     6     8    16    32    64    128
 *  software    45    63    83    92   135   174   402   805  1575   3095 ns
 *  hardware    62    75    88    92   118   144   325   619  1200   2391 ns
 * </pre>
 *
 * Both are equal at 4 there, and so does the formula say; the {@link #MARGIN} makes it 6.
 *
 * @param isOn whether at all
 * @param least objects in the write log from which on a commit is tried in hardware
 * @param state in one line, for users
 */
record HardwareUse(boolean isOn, int least, String state) {
    /**
     * Set to true, every commit of an engine with AUTO is handed to the library, which refuses it
     * as long as no probe has found the processor usable: to measure what a refusal costs, on any
     * machine that has the library. Without effect where one has before; one that does later ends
     * it.
     */
    private static final String REFUSING = "offheapstm.htm.refusing";

    /** What describing a commit, the call, and its checks cost, in picoseconds. */
    private static final long CALL_PICOS = 11_000;

    /** What an entry costs in the library beyond the line that it writes, in picoseconds. */
    private static final long ENTRY_PICOS = 2_500;

    /** How many times as much as it costs hardware must save, at the least. */
    private static final double MARGIN = 1.5;

    /** Where nothing is saved: so large that the costs of the call are lost in the rest. */
    private static final int MOST = 64;

    /**
     * Decides.
     *
     * @throws HardwareUnavailableException if it is required and cannot be had
     */
    static HardwareUse of(HardwareCommits wanted, String engine) {
        if (wanted == HardwareCommits.AUTO
                && Boolean.getBoolean(REFUSING)
                && Shim.isLoaded()
                && !Probe.hasFoundUsable()) {
            return new HardwareUse(true, 1, "HTM: refuses every commit, for measuring");
        }
        if (wanted == HardwareCommits.OFF) {
            return new HardwareUse(false, 0, "HTM: off");
        }
        if (wanted == HardwareCommits.AUTO && !Seam.mayUseHardware()) {
            return new HardwareUse(false, 0, "HTM: off, since accesses are watched");
        }
        Probe probe = Probe.get();
        if (probe.isUsable()) {
            int least = wanted == HardwareCommits.REQUIRED
                    ? 1
                    : cutOver(probe.casPicos(), probe.transactionPicos(), probe.linePicos());
            return new HardwareUse(true, least, probe.line() + "; from " + least + " objects on");
        }
        if (wanted == HardwareCommits.REQUIRED) {
            throw new HardwareUnavailableException("engine refused: name=" + engine
                    + ", hardware=REQUIRED, " + probe.line()
                    + "; use AUTO, or a machine with usable RTM");
        }
        return new HardwareUse(false, 0, probe.line());
    }

    /** The same in bytes of the write log; more than any has if it is off. */
    long leastBytes() {
        return isOn ? least * LogEntry.BYTES : Long.MAX_VALUE;
    }

    /** The least number of objects of which a commit in hardware saves what it costs. */
    static int cutOver(long casPicos, long transactionPicos, long linePicos) {
        long cost = transactionPicos + CALL_PICOS - casPicos;
        long saved = casPicos - linePicos - ENTRY_PICOS;
        if (saved <= 0) {
            return MOST;
        }
        return (int) Math.clamp(1 + Math.ceil(MARGIN * cost / saved), 1, MOST);
    }
}
