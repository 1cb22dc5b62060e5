package org.offheapstm.bench.report;

import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where results go unless told otherwise: beside the jar (or the classes) that is running, so into
 * {@code target}.
 */
public final class ResultFile {
    private ResultFile() {}

    public static Path named(String name) {
        try {
            Path code = Path.of(ResultFile.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return code.resolveSibling(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of the running jar is not a file", e);
        }
    }
}
