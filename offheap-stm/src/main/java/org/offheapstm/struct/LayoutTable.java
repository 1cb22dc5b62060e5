package org.offheapstm.struct;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table that {@link Layout#describe()} prints. */
final class LayoutTable {
    private final List<String[]> rows = new ArrayList<>();

    private LayoutTable() {}

    static String of(Layout layout) {
        LayoutTable table = new LayoutTable();
        table.rows.add(new String[] {"offset", "size", "align", "field", "type"});
        int end = table.struct(layout, 0, "");
        table.padding(end, layout.payloadBytes() - end, "");
        return layout.name() + ": " + layout.payloadBytes() + " bytes\n" + table.print();
    }

    /** Appends the fields, and returns where they end. */
    private int struct(Layout layout, int base, String indent) {
        int end = base;
        for (Member member : layout.members()) {
            int offset = base + member.offset();
            padding(end, offset - end, indent);
            row(
                    offset,
                    member.stride() * (member.length() - 1) + member.size(),
                    member.alignment(),
                    indent,
                    member);
            end = base + member.end();
            if (member.kind() == Kind.STRUCT) {
                int inner = struct(member.nested(), offset, indent + "  ");
                padding(inner, offset + member.size() - inner, indent + "  ");
            }
        }
        return end;
    }

    private void row(int offset, int size, int alignment, String indent, Member member) {
        String type = switch (member.kind()) {
            case TEXT -> "text(" + (member.size() - Layout.TEXT_PREFIX_BYTES) + ")";
            case STRUCT -> member.nested().name();
            case REFERENCE ->
                "reference" + (member.target() == null ? "" : " to " + member.target());
            default -> member.kind().name().toLowerCase(Locale.ROOT);
        };
        rows.add(new String[] {
            Integer.toString(offset),
            Integer.toString(size),
            Integer.toString(alignment),
            indent + member.name(),
            member.length() == 1
                    ? type
                    : type + " × " + member.length() + ", stride " + member.stride()
        });
    }

    private void padding(int offset, int size, String indent) {
        if (size > 0) {
            rows.add(new String[] {
                Integer.toString(offset), Integer.toString(size), "", indent + "(padding)", ""
            });
        }
    }

    private String print() {
        int names = rows.stream().mapToInt(row -> row[3].length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            String line = String.format("%6s  %5s  %5s  %-" + names + "s  %s", (Object[]) row);
            text.append(line.stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
