package org.offheapstm.bench.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.htm.form.Form;

import java.util.List;
import java.util.Map;

/**
 * Goal: page, JSON and plots say what was measured, where, and what could not be and why. Method:
 * made-up results of a machine with hardware transactions, and of one without.
 */
final class WritersTest {
    private static String page(Results results) {
        return new ReportMarkdown(results).page(new ReportPlots(results).captions());
    }

    @Test
    void thePageHasAColumnForEachFormAndTheSurroundingsAboveEachTable() {
        String page = page(MadeUp.results(true));
        for (Form form : Form.values()) {
            assertTrue(page.contains("| " + form.label() + " |"), form.label());
        }
        String surroundings = MadeUp.surroundings().asText();
        for (String section : List.of(
                "## Raw costs",
                "## Capacity",
                "## Kernels",
                "## Transaction size",
                "## Aborts",
                "## Retry policies")) {
            int at = page.indexOf(section);
            assertTrue(at > 0, section);
            int end = page.indexOf("\n## ", at + 1);
            assertTrue(page.substring(at, end).contains(surroundings), section);
        }
        assertTrue(page.contains("cache line from core to core | 52.0 ns"));
        assertFalse(page.contains("absent"), "nothing is absent");
        assertFalse(page.contains("NaN"));
    }

    @Test
    void thePageShowsEveryPlotOnce() {
        Results results = MadeUp.results(true);
        String page = page(results);
        for (String plot : new ReportPlots(results).documents().keySet()) {
            assertEquals(2, page.split("\\(" + plot + "\\)", -1).length, plot);
        }
    }

    @Test
    void withoutRtmTheHardwareColumnsSayWhy() {
        Results results = MadeUp.results(false);
        String page = page(results);
        assertTrue(page.contains("**" + MadeUp.WHY + "**"));
        assertTrue(page.contains(
                "*RTM only*, *RTM, elided lock*, *Java STM, RTM commit*: " + MadeUp.WHY));
        assertTrue(page.contains("| 1 | 16 | absent | absent | 4.50 (3.00 to"));
        assertTrue(page.contains("no verdict"));
        assertFalse(page.contains("NaN"));
        for (String plot : new ReportPlots(results).documents().values()) {
            assertFalse(plot.contains("NaN"));
        }
    }

    @Test
    void everyRowOfTheJsonCarriesWhereItWasMeasured() {
        Map<String, Object> document = new ReportJson(MadeUp.results(true)).document();
        assertEquals("offheap-stm/htm/1", document.get("schema"));
        for (String section : List.of("costs", "capacity", "kernels", "sizes", "tries")) {
            List<Map<String, Object>> rows = rows(document, section);
            assertFalse(rows.isEmpty(), section);
            for (Map<String, Object> row : rows) {
                assertTrue(
                        row.entrySet().containsAll(MadeUp.surroundings().facts().entrySet()));
            }
        }
    }

    @Test
    void theJsonHasEachFormOrTheReason() {
        Map<String, Object> document = new ReportJson(MadeUp.results(false)).document();
        for (Map<String, Object> row : rows(document, "kernels")) {
            List<Map<String, Object>> forms = rows(row, "forms");
            assertEquals(Form.values().length, forms.size());
            for (Map<String, Object> form : forms) {
                boolean isAbsent = MadeUp.WHY.equals(form.get("absent"));
                Form named = Form.named(form.get("form").toString()).orElseThrow();
                assertEquals(named.needsRtm(), isAbsent, named.label());
                assertEquals(!isAbsent, form.containsKey("operationsPerSecond"));
            }
        }
    }

    @Test
    void shareAndCausesAreInTheJson() {
        Map<String, Object> document = new ReportJson(MadeUp.results(true)).document();
        Map<String, Object> rtm =
                rows(rows(document, "kernels").getFirst(), "forms").getFirst();
        assertEquals(0.9, rtm.get("commitsPerAttempt"));
        assertEquals(5.0 / 95, rtm.get("fallbackShare"));
        assertEquals(10L, ((Map<?, ?>) rtm.get("aborts")).get("conflict"));
        assertEquals(100L, rtm.get("attempts"));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Map<String, Object> of, String name) {
        return (List<Map<String, Object>>) of.get(name);
    }

    @Test
    void theVerdictFindsTheCrossover() {
        Verdict verdict = new Verdict(List.of(
                MadeUp.sized(1, 10, 5),
                MadeUp.sized(4, 10, 12),
                MadeUp.sized(16, 10, 20),
                MadeUp.sized(64, 10, 9)));
        assertEquals(List.of(4, 64), verdict.crossovers());
        assertFalse(verdict.holds());
        assertEquals(
                "crossover: software is faster from 1, hardware from 4, software from 64 objects"
                        + " written on",
                verdict.crossover());
        assertTrue(verdict.bar().startsWith("short: "), verdict.bar());
        assertTrue(verdict.bar().endsWith("1: 0.50, 4: 1.20, 16: 2.00"), verdict.bar());
    }

    @Test
    void theBarHoldsIfHardwareIsFasterUpToSixteenObjects() {
        Verdict verdict = new Verdict(
                List.of(MadeUp.sized(1, 10, 11), MadeUp.sized(16, 10, 12), MadeUp.sized(32, 9, 1)));
        assertTrue(verdict.holds());
        assertFalse(new Verdict(List.of()).holds(), "nothing is known");
    }

    @Test
    void theSystemIsRead() {
        assertEquals("0x2b", Surroundings.microcode(List.of("x : y", "microcode\t: 0x2b")));
        assertEquals("", Surroundings.microcode(List.of()));
        assertEquals("tsx=on", Surroundings.tsx("root=x tsx=on quiet"));
        assertEquals("", Surroundings.tsx("quiet"));
    }
}
