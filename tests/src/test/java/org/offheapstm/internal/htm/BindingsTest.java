package org.offheapstm.internal.htm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.bindings.stm_htm_member;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Goal: the bindings are of the header that the library was compiled from, without jextract to ask.
 * Method: each size and offset against the table that the library returns; each constant, and the
 * list of what is bound, against the text of the header.
 */
final class BindingsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    private static final String PACKAGE = StmHtm.class.getPackageName() + ".";
    private static final int MOST_MEMBERS = 1000;

    private static String header;

    @BeforeAll
    static void readHeader() throws IOException {
        header = Files.readString(ROOT.resolve("native/src/main/c/stm_htm.h"));
    }

    @Test
    void everySizeAndOffsetIsThatOfTheLibrary() throws ReflectiveOperationException {
        assumeTrue(Shim.isLoaded(), Shim.whyNot());
        Map<String, String> library = new TreeMap<>();
        Map<String, String> bindings = new TreeMap<>();
        MemorySegment table = table();
        for (int i = 0; ; i++) {
            MemorySegment row = stm_htm_member.asSlice(table, i);
            String name = stm_htm_member.name(row).getString(0, StandardCharsets.US_ASCII);
            if (name.isEmpty()) {
                break;
            }
            library.put(name, stm_htm_member.offset(row) + " +" + stm_htm_member.size(row));
            bindings.put(name, place(name));
        }
        assertFalse(library.isEmpty());
        assertEquals(library, bindings);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment table() {
        return MemorySegment.ofAddress(StmHtm.stm_htm_layout())
                .reinterpret(MOST_MEMBERS * stm_htm_member.sizeof());
    }

    private static String place(String name) throws ReflectiveOperationException {
        int dot = name.indexOf('.');
        GroupLayout struct = layout(dot < 0 ? name : name.substring(0, dot));
        if (dot < 0) {
            return "0 +" + struct.byteSize();
        }
        PathElement member = PathElement.groupElement(name.substring(dot + 1));
        return struct.byteOffset(member) + " +" + struct.select(member).byteSize();
    }

    private static GroupLayout layout(String struct) throws ReflectiveOperationException {
        return (GroupLayout) Class.forName(PACKAGE + struct).getMethod("layout").invoke(null);
    }

    @Test
    void theTableOfTheLibraryHasEveryMember() throws ReflectiveOperationException {
        assumeTrue(Shim.isLoaded(), Shim.whyNot());
        Set<String> inLibrary = new TreeSet<>();
        MemorySegment table = table();
        for (int i = 0; ; i++) {
            String name = stm_htm_member
                    .name(stm_htm_member.asSlice(table, i))
                    .getString(0, StandardCharsets.US_ASCII);
            if (name.isEmpty()) {
                break;
            }
            inLibrary.add(name);
        }
        Set<String> bound = new TreeSet<>();
        for (String struct : found("typedef struct (\\w+) \\{")) {
            bound.add(struct);
            for (MemoryLayout member : layout(struct).memberLayouts()) {
                member.name().ifPresent(name -> bound.add(struct + "." + name));
            }
        }
        assertEquals(bound, inLibrary);
    }

    @Test
    void everyConstantThatIsANumberIsThatOfTheHeader() throws ReflectiveOperationException {
        Matcher numbers = Pattern.compile(
                        "(?m)^#define (STM_HTM_\\w+) (0x)?([0-9A-F]+)(?:u|ull)?\\s*(?:/\\*.*)?$")
                .matcher(header);
        int compared = 0;
        while (numbers.find()) {
            long expected = Long.parseLong(numbers.group(3), numbers.group(2) == null ? 10 : 16);
            Method constant = StmHtm.class.getMethod(numbers.group(1));
            assertEquals(expected, ((Number) constant.invoke(null)).longValue(), numbers.group(1));
            compared++;
        }
        assertFalse(compared < 50, "only " + compared + " constants were found");
    }

    @Test
    void everyFunctionHasTheTypesOfTheHeader() throws ReflectiveOperationException {
        Matcher functions =
                Pattern.compile("STM_HTM_API (\\w+) (\\w+)\\(([^)]*)\\)").matcher(header);
        int compared = 0;
        while (functions.find()) {
            List<Class<?>> parameters = new ArrayList<>();
            for (String parameter : functions.group(3).strip().split("\\s*,\\s*")) {
                if (!parameter.equals("void")) {
                    parameters.add(carrier(parameter.substring(0, parameter.indexOf(' '))));
                }
            }
            String name = functions.group(2);
            FunctionDescriptor bound = (FunctionDescriptor)
                    StmHtm.class.getMethod(name + "$descriptor").invoke(null);
            assertEquals(
                    MethodType.methodType(carrier(functions.group(1)), parameters),
                    bound.toMethodType(),
                    name);
            compared++;
        }
        assertFalse(compared < 10, "only " + compared + " functions were found");
    }

    private static Class<?> carrier(String type) {
        return switch (type) {
            case "int32_t", "uint32_t" -> int.class;
            case "int64_t", "uint64_t" -> long.class;
            default -> throw new AssertionError("no carrier is known: type=" + type);
        };
    }

    @Test
    void theListOfWhatIsBoundNamesAllOfTheHeader() throws IOException {
        Set<String> declared = new TreeSet<>();
        found("#define (STM_HTM_\\w+) .").forEach(name -> declared.add("constant " + name));
        found("typedef struct (\\w+) \\{").forEach(name -> declared.add("struct " + name));
        found("STM_HTM_API \\w+ (\\w+)\\(").forEach(name -> declared.add("function " + name));
        declared.remove("constant STM_HTM_API");
        Set<String> included = Files.readAllLines(ROOT.resolve("bindings/includes.txt")).stream()
                .map(line -> line.strip().replace("--include-", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(declared, included);
    }

    private static Set<String> found(String pattern) {
        return Pattern.compile(pattern)
                .matcher(header)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
