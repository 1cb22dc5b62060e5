package org.offheapstm.bench.index.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

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
    void truncatedZipIsRefused() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha");
        Files.write(zip, Arrays.copyOf(Files.readAllBytes(zip), 60));
        refused(
                () -> TextSource.open(zip),
                "path=" + zip,
                "neither a directory nor a readable zip");
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

    /** Replaces text in a zip, one byte for each character. */
    private static void replaceAll(Path zip, String old, String replacement) throws IOException {
        String bytes = new String(Files.readAllBytes(zip), ISO_8859_1);
        Files.write(zip, bytes.replace(old, replacement).getBytes(ISO_8859_1));
    }

    @Test
    void damagedDocumentOfAZipIsRefused() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha");
        byte[] bytes = Files.readAllBytes(zip);
        int text = new String(bytes, ISO_8859_1).indexOf("alpha");
        bytes[text] = 'A';
        Files.write(zip, bytes);
        try (TextSource source = TextSource.open(zip)) {
            refused(
                    () -> source.entries().getFirst().read(),
                    "document=a.txt",
                    "wrong checksum",
                    "; repair it");
        }
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
