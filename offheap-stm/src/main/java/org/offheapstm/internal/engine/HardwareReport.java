package org.offheapstm.internal.engine;

import org.offheapstm.HardwareStatistics;
import org.offheapstm.HardwareStatistics.Cause;
import org.offheapstm.HardwareStatistics.Site;
import org.offheapstm.internal.htm.CommitDescriptor;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what the slots have done in hardware. */
final class HardwareReport {
    private long attempts;
    private long commits;
    private long fallbacks;
    private long skipped;
    private final Map<Cause, Long> aborts = new EnumMap<>(Cause.class);
    private final Map<String, Site> sites = new TreeMap<>();

    private HardwareReport() {}

    static HardwareStatistics of(Engine engine) {
        HardwareReport report = new HardwareReport();
        for (Cause cause : Cause.values()) {
            report.add(cause, 0);
        }
        for (int slot = 1; slot <= engine.slots.made(); slot++) {
            HardwareCommit hardware = engine.slots.attempt(slot).hardware;
            if (hardware != null) {
                report.add(hardware);
            }
        }
        List<Site> busiestFirst = report.sites.values().stream()
                .sorted(Comparator.comparingLong(
                        (Site site) -> -site.commits() - site.fallbacks() - site.skipped()))
                .toList();
        return new HardwareStatistics(
                engine.hardware.state(),
                report.attempts,
                report.commits,
                report.fallbacks,
                report.skipped,
                report.aborts,
                busiestFirst);
    }

    private void add(HardwareCommit hardware) {
        CommitDescriptor counted = hardware.descriptor;
        attempts += counted.attempts();
        commits += counted.commits();
        fallbacks += hardware.fallbacks;
        skipped += hardware.skipped;
        add(Cause.STALE, counted.stale());
        add(Cause.GUARD, counted.guarded());
        add(Cause.CONFLICT, counted.conflicts());
        add(Cause.CAPACITY, counted.overflows());
        add(Cause.INTERRUPTED, counted.interrupted());
        hardware.sites.forEach(this::add);
    }

    private void add(Cause cause, long count) {
        aborts.merge(cause, count, Long::sum);
    }

    private void add(HardwareSites.Site site) {
        sites.merge(
                site.name(),
                new Site(site.name(), site.commits, site.fallbacks, site.skipped),
                (one, other) -> new Site(
                        one.name(),
                        one.commits() + other.commits(),
                        one.fallbacks() + other.fallbacks(),
                        one.skipped() + other.skipped()));
    }
}
