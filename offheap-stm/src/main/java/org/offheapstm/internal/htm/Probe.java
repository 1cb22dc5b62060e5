package org.offheapstm.internal.htm;

import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_counts;
import org.offheapstm.internal.bindings.stm_htm_report;
import org.offheapstm.internal.memory.Seam;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What is known of this machine's hardware transactions: the verdict, and all that led to it.
 *
 * @param verdict whether they can be used, or why not
 * @param whyNoShim why the library is not loaded, if that is the verdict, else ""
 * @param vendor of the processor, as CPUID says it
 * @param brand of the processor, as CPUID says it
 * @param family of the processor, with the extended bits
 * @param model of the processor, with the extended bits
 * @param stepping of the processor
 * @param facts bits of what CPUID says, see {@code stm_htm.h}
 * @param xabortStatus what a transaction returned that aborted itself; 0x5A000001 is right,
 *     and 0 if there was none
 * @param trials how many transactions were tried
 * @param committed how many of these committed
 * @param aborts of the others by cause: conflict, capacity, interrupted, unknown
 * @param casPicos an uncontended compare-and-set, in picoseconds
 * @param transactionPicos a transaction that writes one line, in picoseconds
 * @param linePicos each further line, in picoseconds
 */
public record Probe(
        Verdict verdict,
        String whyNoShim,
        String vendor,
        String brand,
        int family,
        int model,
        int stepping,
        int facts,
        int xabortStatus,
        long trials,
        long committed,
        List<Long> aborts,
        long casPicos,
        long transactionPicos,
        long linePicos) {
    private static final List<String> CAUSES =
            List.of("conflict", "capacity", "interrupted", "unknown");
    private static final List<String> FACTS = List.of(
            "RTM",
            "HLE",
            "RTM_ALWAYS_ABORT",
            "TSX_FORCE_ABORT",
            "TSXLDTRK",
            "hypervisor",
            "on the list of errata",
            "forced by a test");

    /** Whether hardware transactions can be used; in the order of the header. */
    public enum Verdict {
        /** They can. */
        USABLE("usable"),
        /** The library was built for another architecture. */
        NOT_X86("unavailable: not an x86-64 processor"),
        /** No other vendor's processor has them. */
        NOT_INTEL("unavailable: not an Intel processor"),
        /** They would compute wrongly. */
        ERRATUM("refused: this model is on the list of errata"),
        /** CPUID does not have them. */
        DENIED("unavailable: CPUID denies RTM; never had, or taken away by microcode, by the"
                + " kernel (tsx=off) or by the hypervisor"),
        /** Every one of them aborts. */
        ALWAYS_ABORTS("disabled by microcode: every transaction aborts"),
        /** XBEGIN is there and means something else. */
        LOOK_ALIKE("refused: XTEST and XABORT do not behave as on a real processor"),
        /** Too few of the trials have committed. */
        TRIALS_FAILED("refused: most trial transactions abort"),
        /** The library is not loaded. */
        NO_SHIM("unavailable");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }
    }

    /** Whether the library has been told by a probe that it may begin transactions. */
    private static volatile boolean foundUsable;

    /** One probe for all: it changes what the library does, and takes some milliseconds. */
    private static final class Once {
        static final Probe PROBE = Shim.isLoaded() ? make() : withoutShim();
    }

    /** What the probe of this process has found; the first call makes it. */
    public static Probe get() {
        return Once.PROBE;
    }

    /** Whether a probe has been made, and has found them usable; makes none. */
    public static boolean hasFoundUsable() {
        return foundUsable;
    }

    /** Whether hardware transactions can be used. */
    public boolean isUsable() {
        return verdict == Verdict.USABLE;
    }

    private static Probe withoutShim() {
        return new Probe(
                Verdict.NO_SHIM, Shim.whyNot(), "", "", 0, 0, 0, 0, 0, 0, 0, List.of(), 0, 0, 0);
    }

    private static Probe make() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment r = stm_htm_report.allocate(arena);
            int verdict = StmHtm.stm_htm_probe(Seam.shimFlags(), r.address());
            foundUsable = verdict == StmHtm.STM_HTM_USABLE();
            MemorySegment counts = stm_htm_report.counts(r);
            return new Probe(
                    Verdict.values()[verdict],
                    "",
                    text(stm_htm_report.vendor(r)),
                    text(stm_htm_report.brand(r)),
                    stm_htm_report.family(r),
                    stm_htm_report.model(r),
                    stm_htm_report.stepping(r),
                    stm_htm_report.facts(r),
                    stm_htm_report.xabort_status(r),
                    stm_htm_report.trials(r),
                    stm_htm_counts.commits(counts),
                    List.of(
                            stm_htm_counts.conflict(counts),
                            stm_htm_counts.capacity(counts),
                            stm_htm_counts.interrupted(counts),
                            stm_htm_counts.unknown(counts)),
                    stm_htm_report.cas_ps(r),
                    stm_htm_report.transaction_ps(r),
                    stm_htm_report.line_ps(r));
        }
    }

    private static String text(MemorySegment chars) {
        return chars.getString(0, StandardCharsets.US_ASCII).strip();
    }

    /** The result in one line, as {@code HTM: usable, 1000 of 1000 trials committed}. */
    public String line() {
        String detail = switch (verdict) {
            case NO_SHIM -> " (" + whyNoShim + ")";
            case NOT_X86 -> "";
            case NOT_INTEL -> " (" + vendor + ")";
            case USABLE, TRIALS_FAILED -> ", " + committed + " of " + trials + " trials committed";
            default -> " (family " + family + " model " + model + " stepping " + stepping + ")";
        };
        return "HTM: " + verdict.words + detail;
    }

    /** All that is known, one fact per line; what does not apply is left out. */
    public String report() {
        StringBuilder text = new StringBuilder(line()).append('\n');
        row(text, "processor", brand + (brand.isEmpty() ? "" : ", ") + vendor);
        if (family != 0) {
            String numbers = "family " + family + ", model " + model + ", stepping " + stepping;
            row(text, "identity", numbers);
        }
        row(text, "microcode", cpuinfo("microcode"));
        row(text, "CPUID", cpuid());
        row(text, "tsx_async_abort", firstLine("vulnerabilities/tsx_async_abort"));
        row(text, "SMT", firstLine("smt/control"));
        row(text, "kernel", kernelSetting());
        if (trials != 0) {
            row(text, "trials", trials + ", committed " + committed + histogram());
        }
        if (xabortStatus != 0) {
            row(text, "XABORT 0x5a", "status 0x" + Integer.toHexString(xabortStatus));
        }
        if (transactionPicos != 0) {
            row(text, "compare-and-set", nanos(casPicos));
            row(
                    text,
                    "transaction",
                    nanos(transactionPicos) + ", each further line " + nanos(linePicos));
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(String.format("  %-16s %s%n", name, value));
        }
    }

    private static String nanos(long picos) {
        return picos / 1000 + "." + picos % 1000 / 100 + " ns";
    }

    private String histogram() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < aborts.size(); i++) {
            text.append(", ").append(CAUSES.get(i)).append(' ').append(aborts.get(i));
        }
        return text.toString();
    }

    private String cpuid() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < FACTS.size(); i++) {
            if ((facts >>> i & 1) != 0) {
                text.append(text.isEmpty() ? "" : ", ").append(FACTS.get(i));
            }
        }
        return text.isEmpty() && verdict != Verdict.NO_SHIM ? "no RTM" : text.toString();
    }

    private static String kernelSetting() {
        for (String word : firstLineOf(Path.of("/proc/cmdline")).split(" ", -1)) {
            if (word.startsWith("tsx=")) {
                return word;
            }
        }
        return "";
    }

    private static String cpuinfo(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static String firstLine(String file) {
        return firstLineOf(Path.of("/sys/devices/system/cpu", file));
    }

    private static String firstLineOf(Path file) {
        try {
            return Files.readAllLines(file).stream().findFirst().orElse("").strip();
        } catch (IOException e) {
            return "";
        }
    }
}
