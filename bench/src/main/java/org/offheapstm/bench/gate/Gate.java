package org.offheapstm.bench.gate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One bar, and what was measured against it.
 *
 * @param sense whether the value has to stay below the bar or to reach it
 * @param details what the value was made of, in words
 */
record Gate(String name, double value, Sense sense, double bar, String details) {
    enum Sense {
        AT_MOST,
        AT_LEAST
    }

    boolean holds() {
        return sense == Sense.AT_MOST ? value <= bar : value >= bar;
    }

    /** The same, with a further line for people. */
    Gate with(String line) {
        return new Gate(
                name, value, sense, bar, String.format("%s%n     beside: %s", details, line));
    }

    /** The line that scripts read, then one for people. */
    String asText() {
        return String.format(
                "gate %s value=%.3f bar=%s %s%n     %s %s; %s",
                name,
                value,
                barText(),
                holds() ? "ok" : "short",
                sense == Sense.AT_MOST ? "at most" : "at least",
                barText(),
                details);
    }

    private String barText() {
        return bar == Math.rint(bar) ? String.valueOf((long) bar) : String.valueOf(bar);
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", name);
        facts.put("value", value);
        facts.put("sense", sense.name());
        facts.put("bar", bar);
        facts.put("holds", holds());
        facts.put("details", details);
        return facts;
    }
}
