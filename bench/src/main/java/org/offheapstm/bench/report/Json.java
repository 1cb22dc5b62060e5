package org.offheapstm.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Writes maps, lists, strings, numbers and booleans as JSON. Numbers that JSON has no word for
 * become null.
 */
public final class Json {
    private static final int INDENT = 2;

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    public static void write(Path file, Map<String, ?> document) {
        Json json = new Json();
        json.value(document, 0);
        try {
            ResultFile.write(file, json.out.append('\n'));
        } catch (IOException e) {
            throw new UncheckedIOException("results not written: file=" + file, e);
        }
    }

    private void value(Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> map(map, depth);
            case List<?> list -> list(list, depth);
            case Double number when !Double.isFinite(number) -> out.append("null");
            case Double number -> out.append(Math.round(number * 1e4) / 1e4);
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> text(value.toString());
        }
    }

    private void map(Map<?, ?> map, int depth) {
        out.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> i = map.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<?, ?> entry = i.next();
            line(depth + 1);
            text(entry.getKey().toString());
            out.append(": ");
            value(entry.getValue(), depth + 1);
            out.append(i.hasNext() ? "," : "");
        }
        line(depth);
        out.append('}');
    }

    /** Lists of numbers stay on one line. */
    private void list(List<?> list, int depth) {
        boolean flat = list.stream().allMatch(Number.class::isInstance);
        out.append('[');
        for (Iterator<?> i = list.iterator(); i.hasNext(); ) {
            if (!flat) {
                line(depth + 1);
            }
            value(i.next(), depth + 1);
            out.append(i.hasNext() ? flat ? ", " : "," : "");
        }
        if (!flat) {
            line(depth);
        }
        out.append(']');
    }

    private void line(int depth) {
        out.append('\n').repeat(' ', depth * INDENT);
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
