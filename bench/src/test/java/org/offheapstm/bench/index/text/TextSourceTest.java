package org.offheapstm.bench.index.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

class TextSourceTest {
    @TempDir
    private Path temp;

    @Test
    void directoryListsItsFilesByNameAndReadsThem() throws IOException {
        TextFiles.write(temp, "b.txt", "bee");
        TextFiles.write(temp, "a/z.txt", "zed");
        Files.createSymbolicLink(temp.resolve("a/loop"), temp);
        try (TextSource source = TextSource.open(temp)) {
            assertEquals(List.of("a/z.txt", "b.txt"), names(source));
            assertArrayEquals("zed".getBytes(UTF_8), source.entries().getFirst().read());
        }
    }

    @Test
    void zipListsItsFilesByNameAndReadsThem() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.jar"), "b.txt", "bee", "a/", "", "a/z.txt", "zed");
        try (TextSource source = TextSource.open(zip)) {
            assertEquals(List.of("a/z.txt", "b.txt"), names(source));
            assertArrayEquals("zed".getBytes(UTF_8), source.entries().getFirst().read());
        }
    }

    /** Goal: an empty argument, as of a variable that is not set, is not the working directory. */
    @Test
    void emptyPathIsRefused() {
        refused(() -> TextSource.open(Path.of("")), "path=,", "reason=empty name");
    }

    @Test
    void missingPathIsRefused() {
        Path path = temp.resolve("nowhere");
        refused(
                () -> TextSource.open(path),
                "path=" + path,
                "reason=missing",
                "; give a directory");
    }

    @Test
    void fileThatIsNoZipIsRefused() throws IOException {
        Path text = TextFiles.write(temp, "plain.txt", "just text");
        Path empty = TextFiles.write(temp, "empty.zip", "");
        refused(
                () -> TextSource.open(text),
                "path=" + text,
                "neither a directory nor a readable zip",
                "; give");
        refused(
                () -> TextSource.open(empty),
                "path=" + empty,
                "neither a directory nor a readable zip",
                "; give");
    }

    @Test
    void zipCutOffAnywhereIsRefused() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha");
        byte[] whole = Files.readAllBytes(zip);
        for (int length = 1; length < whole.length; length++) {
            Files.write(zip, Arrays.copyOf(whole, length));
            refused(
                    () -> TextSource.open(zip),
                    "input refused: path=" + zip,
                    "neither a directory nor a readable zip: zip END header not found; give");
        }
    }

    /**
     * Goal: what {@link java.util.zip.ZipFile} refuses as a whole is told in its words. Method: a
     * byte of the central directory or of the end record is changed, at its place in APPNOTE 4.3.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PK\\1\\2 |  8 |    1 | invalid CEN header (encrypted entry)",
                "PK\\1\\2 | 10 |   12 | invalid CEN header (bad compression method: 12)",
                "PK\\1\\2 |  0 |    0 | invalid CEN header (bad signature)",
                "PK\\5\\6 |  0 |    0 | zip END header not found",
                "PK\\5\\6 | 12 | 0xFF | invalid END header (bad central directory size)",
                "PK\\5\\6 | 19 | 0x7F | invalid END header (bad central directory offset)",
            })
    void zipThatCannotBeOpenedIsRefusedInTheWordsOfTheJdk(
            String record, int place, String value, String reason) throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha", "b.txt", "beta");
        change(zip, record.translateEscapes(), place, Integer.decode(value));
        refused(
                () -> TextSource.open(zip),
                "input refused: path=" + zip + ", reason=neither a directory nor a readable zip: "
                        + reason + "; give",
                "unpack first");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "beta   |  0 | B | wrong checksum: declared=",
                "PK\\3\\4 |  0 | x | ZipFile invalid LOC header (bad signature)",
                "PK\\1\\2 | 16 | ! | wrong checksum: declared=",
                "PK\\1\\2 | 43 | ! | it ends too early",
            })
    void documentThatDoesNotComeOutIsRefusedByItsName(
            String text, int place, String value, String reason) throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha", "b.txt", "beta");
        change(zip, text.translateEscapes(), place, value.charAt(0));
        try (TextSource source = TextSource.open(zip)) {
            assertArrayEquals(
                    "alpha".getBytes(UTF_8), source.entries().getFirst().read());
            refused(
                    () -> source.entries().getLast().read(),
                    "document refused: path=" + zip + ", document=b.txt, reason=",
                    ": " + reason,
                    "; repair it");
        }
    }

    /**
     * Goal: whatever happened to a zip, nothing but a refusal comes of it, with a reason and not
     * with advice on access. Method: each byte of one that is compressed is changed, to four values
     * each; all that can be opened is read.
     */
    @Test
    void zipWithAnyByteChangedIsReadOrRefused() throws IOException {
        Path zip = TextFiles.compressed(temp.resolve("x.zip"), "a.txt", "alpha", "b.txt", "beta");
        byte[] whole = Files.readAllBytes(zip);
        int refusals = 0;
        for (int at = 0; at < whole.length; at++) {
            for (int value : new int[] {0, 0x7F, 0xFF, whole[at] ^ 1}) {
                byte[] changed = whole.clone();
                changed[at] = (byte) value;
                Files.write(zip, changed);
                try (TextSource source = TextSource.open(zip)) {
                    source.entries().forEach(TextSource.Entry::read);
                } catch (InputRefusedException e) {
                    assertFalse(
                            e.getMessage().matches(".*(: null|grant read access to).*"),
                            e::getMessage);
                    refusals++;
                }
            }
        }
        assertTrue(refusals > 100, "refusals=" + refusals);
    }

    @Test
    void zipWhoseNamesAreNotUtf8IsRead() throws IOException {
        Path zip = TextFiles.zip(
                ISO_8859_1, temp.resolve("x.zip"), "na\u00EFve.txt", "alpha", "b.txt", "beta");
        try (TextSource source = TextSource.open(zip)) {
            assertEquals(List.of("b.txt", "na\u00EFve.txt"), names(source));
            assertArrayEquals(
                    "alpha".getBytes(UTF_8), source.entries().getLast().read());
        }
    }

    @Test
    void zipWithANameTwiceIsRefused() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha", "b.txt", "beta");
        replaceAll(zip, "b.txt", "a.txt");
        try (TextSource source = TextSource.open(zip)) {
            refused(source::entries, "path=" + zip, "document=a.txt", "more than once");
        }
    }

    @Test
    void whatIsNeitherFileNorDirectoryIsRefusedWithoutWaitingForIt() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "no such device on this system");
        refused(() -> TextSource.open(device), "neither a directory nor a file", "; give");
    }

    /** Changes one byte, so far behind the last place of a text. */
    private static void change(Path zip, String text, int behind, int value) throws IOException {
        byte[] bytes = Files.readAllBytes(zip);
        bytes[new String(bytes, ISO_8859_1).lastIndexOf(text) + behind] = (byte) value;
        Files.write(zip, bytes);
    }

    /** Replaces text in a zip, one byte for each character. */
    private static void replaceAll(Path zip, String old, String replacement) throws IOException {
        String bytes = new String(Files.readAllBytes(zip), ISO_8859_1);
        Files.write(zip, bytes.replace(old, replacement).getBytes(ISO_8859_1));
    }

    @Test
    void unreadableZipIsRefused() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha");
        assertTrue(zip.toFile().setReadable(false));
        assumeFalse(Files.isReadable(zip), "this user may read everything");
        refused(() -> TextSource.open(zip), "path=" + zip, "cannot be read", "; grant read access");
    }

    @Test
    void directoryThatCannotBeListedIsRefused() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("d"));
        try (TextSource source = TextSource.open(directory)) {
            Files.delete(directory);
            refused(
                    source::entries,
                    "path=" + directory,
                    "cannot be listed",
                    "; grant read access");
        }
    }

    @Test
    void documentThatVanishedIsRefused() throws IOException {
        Path file = TextFiles.write(temp, "a.txt", "alpha");
        try (TextSource source = TextSource.open(temp)) {
            TextSource.Entry entry = source.entries().getFirst();
            Files.delete(file);
            refused(entry::read, "document=a.txt", "NoSuchFileException", "; repair it");
        }
    }

    @Test
    void largeBinaryIsReadNoFurtherThanItsBeginning() throws IOException {
        Path file = TextFiles.write(temp, "a.bin", "\0");
        enlarge(file);
        try (TextSource source = TextSource.open(temp)) {
            byte[] read = source.entries().getFirst().read();
            assertEquals(Tokenizer.PROBE_BYTES, read.length);
        }
    }

    @Test
    void textBeyondTheLimitIsRefused() throws IOException {
        Path file = TextFiles.write(temp, "a.txt", "a".repeat(Tokenizer.PROBE_BYTES));
        enlarge(file);
        try (TextSource source = TextSource.open(temp)) {
            refused(
                    () -> source.entries().getFirst().read(),
                    "document=a.txt",
                    "larger than 67108864 bytes",
                    "; split it");
        }
    }

    @Test
    void jdkWithoutSourcesIsRefused() throws IOException {
        refused(
                () -> TextSource.sourcesOf(temp),
                "path=" + temp.resolve("lib", "src.zip"),
                "as PATH");
        Path zip = TextFiles.write(temp, "lib/src.zip", "");
        assertEquals(zip, TextSource.sourcesOf(temp));
    }

    private static void enlarge(Path file) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(TextSource.MAX_DOCUMENT_BYTES + 1L);
        }
    }

    private static List<String> names(TextSource source) {
        return source.entries().stream().map(TextSource.Entry::name).toList();
    }

    private static void refused(Executable action, String... parts) {
        String message = assertThrows(InputRefusedException.class, action).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
        }
    }
}
