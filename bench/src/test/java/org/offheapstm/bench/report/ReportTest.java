package org.offheapstm.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Goal: statistics and files say what was measured. */
final class ReportTest {
    @Test
    void quantilesAreInterpolatedBetweenSortedSamples() {
        Samples samples = new Samples(4, 1, 3, 2);
        assertEquals(1, samples.least());
        assertEquals(2.5, samples.median());
        assertEquals(1.75, samples.quantile(0.25));
        assertEquals(4, samples.quantile(1));
        assertEquals(4, samples.get(0));
    }

    @Test
    void noSamplesHaveNoMedian() {
        assertTrue(Double.isNaN(new Samples().median()));
    }

    @Test
    void jsonQuotesTextAndHasNoWordForNaN(@TempDir Path directory) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("a \"quoted\\text\"\n", List.of(1.0, 2.5));
        document.put("none", Double.NaN);
        document.put("rows", List.of(Map.of("held", true), "x"));
        Path file = directory.resolve("new").resolve("results.json");
        Json.write(file, document);
        assertEquals("""
            {
              "a \\"quoted\\\\text\\"\\u000a": [1.0, 2.5],
              "none": null,
              "rows": [
                {
                  "held": true
                },
                "x"
              ]
            }
            """, Files.readString(file));
    }
}
