package org.offheapstm.bench.index.text;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class CorpusTest {
    private static final List<String> ALL = List.of();

    @TempDir
    private Path temp;

    private final StringWriter told = new StringWriter();

    @Test
    void binaryFilesAreCountedAndLeftOut() throws IOException {
        TextFiles.write(temp, "a.txt", "alpha");
        TextFiles.write(temp, "b.class", "\0\0\0");
        TextFiles.write(temp, "c.txt", "gamma");
        Corpus corpus = parse(ALL, 10, 1);
        assertEquals(List.of("a.txt", "c.txt"), names(corpus));
        assertEquals(1, corpus.binary());
        assertEquals(10, corpus.textBytes());
    }

    @Test
    void suffixesAndLimitSelect() throws IOException {
        for (String name : List.of("a.txt", "b.md", "c.java", "d.txt", "e.java")) {
            TextFiles.write(temp, name, "some words");
        }
        assertEquals(
                List.of("a.txt", "c.java", "d.txt"), names(parse(List.of(".txt", ".java"), 3, 1)));
    }

    @Test
    void numbersDoNotDependOnTheThreads() throws IOException {
        for (int i = 0; i < 200; i++) {
            TextFiles.write(temp, "f" + i, "word" + i + " and more".repeat(i));
        }
        Corpus one = parse(ALL, Integer.MAX_VALUE, 1);
        Corpus four = parse(ALL, Integer.MAX_VALUE, 4);
        assertEquals(names(one), names(four));
        assertEquals(
                one.documents().stream().map(ParsedDocument::words).toList(),
                four.documents().stream().map(ParsedDocument::words).toList());
        assertTrue(told.toString().contains("parsing: 200 of 200 (100 %)"), told::toString);
    }

    @Test
    void emptyDirectoryIsRefused() {
        refused(ALL, "files=0, reason=empty; give a directory of text");
    }

    @Test
    void emptyZipIsRefused() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"));
        try (TextSource source = TextSource.open(zip)) {
            assertThrows(InputRefusedException.class, () -> parse(source, ALL, 1, 1));
        }
    }

    @Test
    void nothingButBinaryIsRefused() throws IOException {
        TextFiles.write(temp, "a.class", "\0");
        TextFiles.write(temp, "b.class", "\0");
        refused(ALL, "files=2, binary=2, reason=nothing but binary data; give text in UTF-8");
    }

    @Test
    void textWithoutAWordIsRefused() throws IOException {
        TextFiles.write(temp, "a.txt", " - ");
        TextFiles.write(temp, "b.txt", "");
        refused(ALL, "files=2, binary=0, words=0, reason=no word in it; give text");
    }

    @Test
    void suffixThatNoNameHasIsRefused() throws IOException {
        TextFiles.write(temp, "a.txt", "alpha");
        refused(List.of(".java", ".md"), "files=1, reason=no name ends with .java or .md; change");
    }

    @Test
    void oneDocumentThatCannotBeReadRefusesAll() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha", "b.txt", "beta");
        byte[] bytes = Files.readAllBytes(zip);
        bytes[new String(bytes, ISO_8859_1).indexOf("beta")]++;
        Files.write(zip, bytes);
        try (TextSource damaged = TextSource.open(zip)) {
            InputRefusedException refusal =
                    assertThrows(InputRefusedException.class, () -> parse(damaged, ALL, 9, 2));
            assertTrue(refusal.getMessage().contains("document=b.txt"), refusal::getMessage);
        }
    }

    @Test
    void textTooLargeForTheHeapIsRefused() throws IOException {
        try (TextSource source = TextSource.open(temp)) {
            assertDoesNotThrow(() -> Corpus.requireHeap(source, 100 << 20, 400 << 20));
            InputRefusedException refusal = assertThrows(
                    InputRefusedException.class,
                    () -> Corpus.requireHeap(source, (100 << 20) + 1, 400 << 20));
            assertTrue(refusal.getMessage().contains("heap=400 MB"), refusal::getMessage);
        }
    }

    private void refused(List<String> suffixes, String part) {
        InputRefusedException refusal = assertThrows(
                InputRefusedException.class, () -> parse(suffixes, Integer.MAX_VALUE, 1));
        String expected = "input refused: path=" + temp + ", " + part;
        assertTrue(refusal.getMessage().startsWith(expected), refusal::getMessage);
    }

    private Corpus parse(List<String> suffixes, int limit, int threads) throws IOException {
        try (TextSource source = TextSource.open(temp)) {
            return parse(source, suffixes, limit, threads);
        }
    }

    private Corpus parse(TextSource source, List<String> suffixes, int limit, int threads) {
        Progress progress = new Progress(new PrintWriter(told), false);
        return Corpus.parse(source, new Corpus.Selection(suffixes, limit), threads, progress);
    }

    private static List<String> names(Corpus corpus) {
        return corpus.documents().stream().map(ParsedDocument::name).toList();
    }
}
