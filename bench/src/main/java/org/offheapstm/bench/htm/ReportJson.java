package org.offheapstm.bench.htm;

import org.offheapstm.bench.htm.Results.Capacity;
import org.offheapstm.bench.htm.Results.Cell;
import org.offheapstm.bench.htm.Results.Cost;
import org.offheapstm.bench.htm.Results.Row;
import org.offheapstm.bench.htm.form.Cause;
import org.offheapstm.bench.htm.form.Counts;
import org.offheapstm.bench.htm.form.Form;
import org.offheapstm.bench.report.Samples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results for programs; the schema is in the package's page. */
final class ReportJson {
    static final String SCHEMA = "offheap-stm/htm/1";

    private final Results results;

    ReportJson(Results results) {
        this.results = results;
    }

    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schema", SCHEMA);
        document.put("plan", results.plan().name());
        document.put("seconds", results.seconds());
        document.put("machine", results.machine());
        document.put("probe", results.probe());
        document.put("probeReport", results.probeReport().lines().toList());
        document.put("handOverNanos", results.handOverNanos());
        document.put("verdict", verdict());
        document.put("costs", results.costs().stream().map(this::cost).toList());
        document.put(
                "capacity", results.capacities().stream().map(this::capacity).toList());
        document.put("kernels", rows(results.kernels(), results.plan().forms()));
        document.put("sizes", rows(results.sizes(), results.plan().sizeForms()));
        document.put("tries", rows(results.tries(), results.plan().tryForms()));
        return document;
    }

    private Map<String, Object> verdict() {
        Verdict verdict = new Verdict(results.sizes());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("known", verdict.isKnown());
        facts.put("holds", verdict.isKnown() ? verdict.holds() : null);
        facts.put("crossovers", verdict.crossovers());
        return facts;
    }

    private Map<String, Object> cost(Cost cost) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", cost.name());
        facts.put("nanos", samples(cost.nanos()));
        if (cost.nanos().count() == 0) {
            facts.put("absent", results.probe());
        }
        facts.putAll(results.surroundings().facts());
        return facts;
    }

    private Map<String, Object> capacity(Capacity point) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("access", point.access());
        facts.put("lines", point.lines());
        facts.put("strideBytes", point.strideBytes());
        facts.putAll(counts(point.counts()));
        facts.putAll(results.surroundings().facts());
        return facts;
    }

    private List<Map<String, Object>> rows(List<Row> rows, List<Form> forms) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("kernel", row.job().kernel().label());
            facts.put("size", row.job().size());
            facts.put("threads", row.job().threads());
            facts.put("objects", row.job().objects());
            facts.put("tries", row.job().tries());
            facts.put("sliceMillis", row.job().millis());
            facts.putAll(results.surroundings().facts());
            facts.put("forms", forms.stream().map(form -> form(row, form)).toList());
            all.add(facts);
        }
        return all;
    }

    private Map<String, Object> form(Row row, Form form) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("form", form.label());
        Cell cell = row.cells().get(form);
        if (cell == null) {
            facts.put("absent", results.absent().get(form));
            return facts;
        }
        facts.put("operationsPerSecond", samples(cell.operationsPerSecond()));
        facts.put("commitsPerAttempt", cell.counts().commitsPerAttempt());
        facts.put("fallbackShare", cell.counts().fallbackShare());
        facts.putAll(counts(cell.counts()));
        return facts;
    }

    private static Map<String, Object> samples(Samples samples) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("median", samples.median());
        facts.put("least", samples.least());
        facts.put("greatest", samples.quantile(1));
        facts.put("samples", samples.asList());
        return facts;
    }

    private static Map<String, Object> counts(Counts counts) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("attempts", counts.attempts());
        facts.put("commits", counts.commits());
        Map<String, Object> aborts = new LinkedHashMap<>();
        for (Cause cause : Cause.values()) {
            aborts.put(cause.label(), counts.aborts(cause));
        }
        facts.put("aborts", aborts);
        return facts;
    }
}
