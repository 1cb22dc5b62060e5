package org.offheapstm.internal.htm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The instructions of a library, as {@code objdump -d --no-show-raw-insn} writes them down. */
record MachineCode(NavigableMap<Long, String> instructions) {
    private static final Pattern LINE = Pattern.compile("(?m)^ +([0-9a-f]+):\\t(.+)$");
    private static final Pattern JUMP = Pattern.compile("^(j\\w+) +([0-9a-f]+) ");
    private static final Pattern IS_STARTED = Pattern.compile("^cmp +\\$0xffffffff,%eax");

    static MachineCode of(String disassembly) {
        NavigableMap<Long, String> found = new TreeMap<>();
        Matcher lines = LINE.matcher(disassembly);
        while (lines.find()) {
            found.put(Long.parseLong(lines.group(1), 16), lines.group(2).strip());
        }
        return new MachineCode(found);
    }

    List<Long> addressesOf(String instruction) {
        return instructions.entrySet().stream()
                .filter(each -> each.getValue().startsWith(instruction))
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * All that can run between an XBEGIN and its XENDs and XABORTs: both ways of every jump but the
     * one on what XBEGIN has returned, of which the way of a started transaction is taken.
     */
    List<String> insideTransaction(long begin) {
        List<String> inside = new ArrayList<>();
        Map<Long, Boolean> seen = new TreeMap<>();
        Deque<Long> open = new ArrayDeque<>(List.of(instructions.higherKey(begin)));
        boolean asked = false; // Whether the next jump is on what XBEGIN has returned.
        boolean started = false;
        while (!open.isEmpty()) {
            long at = open.pop();
            if (seen.put(at, true) != null) {
                continue;
            }
            String instruction = instructions.get(at);
            inside.add(instruction);
            long next = instructions.higherKey(at);
            Matcher jump = JUMP.matcher(instruction + " ");
            if (instruction.startsWith("xend") || instruction.startsWith("xabort")) {
                continue;
            }
            if (!jump.find()) {
                asked |= !started && IS_STARTED.matcher(instruction).find();
                open.push(next);
            } else if (asked && !started) {
                started = true;
                open.push(jump.group(1).equals("je") ? Long.parseLong(jump.group(2), 16) : next);
            } else {
                open.push(Long.parseLong(jump.group(2), 16));
                if (!jump.group(1).equals("jmp")) {
                    open.push(next);
                }
            }
        }
        return inside;
    }
}
