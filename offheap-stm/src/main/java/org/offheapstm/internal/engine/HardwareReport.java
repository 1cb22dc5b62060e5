package org.offheapstm.internal.engine;

import org.offheapstm.HardwareStatistics;
import org.offheapstm.HardwareStatistics.Cause;
import org.offheapstm.HardwareStatistics.Site;

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
            report.aborts.put(cause, 0L);
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
        attempts += hardware.descriptor.attempts();
        commits += hardware.descriptor.commits();
        fallbacks += hardware.fallbacks;
        skipped += hardware.skipped;
        for (Cause cause : Cause.values()) {
            aborts.merge(cause, hardware.aborts(cause), Long::sum);
        }
        hardware.sites.forEach(site -> sites.merge(site.name(), of(site), HardwareReport::sum));
    }

    private static Site of(HardwareSites.Site site) {
        Map<Cause, Long> aborts = new EnumMap<>(Cause.class);
        long attempts = site.commits;
        for (Cause cause : Cause.values()) {
            long count = site.aborts[cause.ordinal()];
            aborts.put(cause, count);
            attempts += count;
        }
        return new Site(site.name(), attempts, site.commits, site.fallbacks, site.skipped, aborts);
    }

    private static Site sum(Site one, Site other) {
        Map<Cause, Long> aborts = new EnumMap<>(one.aborts());
        other.aborts().forEach((cause, count) -> aborts.merge(cause, count, Long::sum));
        return new Site(
                one.name(),
                one.attempts() + other.attempts(),
                one.commits() + other.commits(),
                one.fallbacks() + other.fallbacks(),
                one.skipped() + other.skipped(),
                aborts);
    }
}
