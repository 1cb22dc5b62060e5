package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.offheapstm.bench.index.text.ParsedDocument;
import org.offheapstm.bench.index.text.TextFiles;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

class IndexCommandTest {
    @TempDir
    private Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void directoryIsIndexedAndReported() throws IOException {
        TextFiles.write(temp, "a.txt", "to be or not to be");
        TextFiles.write(temp, "b.txt", "to do");
        TextFiles.write(temp, "c.bin", "\0");
        assertEquals(
                0,
                execute(new IndexCommand(), temp.toString(), "--rounds=1", "--threads=2"),
                this::all);
        requireLine("documents     2 with 0.0 MB of text; 1 binary files left out");
        requireLine("words         5 different, 8 in all; 6 postings");
        requireLine("to                              3            2");
        assertTrue(
                out.toString().contains(" indexes equal the plain sequential count: 5 words"),
                this::all);
        assertTrue(err.toString().contains("parsing: 3 of 3 (100 %)"), this::all);
        assertTrue(err.toString().contains("round 1 of 1: HashMap, 1 thread: "), this::all);
    }

    @Test
    void zipIsIndexedToo() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "to be", "b.java", "to do");
        assertEquals(
                0,
                execute(new IndexCommand(), zip.toString(), "--rounds=1", "--suffix=.md,.txt"),
                this::all);
        requireLine("words         2 different, 2 in all; 2 postings");
    }

    @Test
    void wrongIndexIsAnErrorThatNamesTheDifference() throws IOException {
        TextFiles.write(temp, "a.txt", "one text");
        TextFiles.write(temp, "b.txt", "a second");
        IndexCommand forgetful = new IndexCommand(lineup(Forgetful::new));
        assertEquals(1, execute(forgetful, temp.toString()), this::all);
        assertTrue(
                err.toString().contains("index refused: indexer=test, threads=2, differences=2; "),
                this::all);
        assertTrue(
                err.toString().contains("document 1 (b.txt): found missing, expected present"),
                this::all);
        assertEquals("", out.toString());
    }

    @Test
    void everyIndexerIsClosed() throws IOException {
        TextFiles.write(temp, "a.txt", "one text");
        Forgetful.open.set(0);
        execute(new IndexCommand(lineup(Forgetful::new)), temp.toString());
        assertEquals(0, Forgetful.open.get());
    }

    @Test
    void inputThatCannotServeIsRefusedWithoutAReport() throws IOException {
        assertEquals(2, execute(new IndexCommand(), temp.resolve("nowhere").toString()));
        assertTrue(err.toString().startsWith("input refused: path="), this::all);
        assertEquals(2, execute(new IndexCommand(), temp.toString()));
        TextFiles.write(temp, "a.bin", "\0");
        assertEquals(2, execute(new IndexCommand(), temp.toString()));
        assertEquals("", out.toString());
    }

    @Test
    void damagedZipIsOneLineThatNamesItAndNothingElse() throws IOException {
        Path zip = TextFiles.zip(temp.resolve("x.zip"), "a.txt", "alpha", "b.txt", "beta");
        byte[] whole = Files.readAllBytes(zip);
        String bytes = new String(whole, ISO_8859_1);
        byte[] checksum = whole.clone();
        checksum[bytes.indexOf("beta")]++;
        refused(zip, checksum, "document refused: path=" + zip + ", document=b.txt, reason=");
        byte[] encrypted = whole.clone();
        encrypted[bytes.lastIndexOf("b.txt") - 38] |= 1;
        refused(zip, encrypted, "input refused: path=" + zip + ", reason=");
        refused(
                zip,
                Arrays.copyOf(whole, whole.length - 1),
                "input refused: path=" + zip + ", reason=");
    }

    private void refused(Path zip, byte[] bytes, String message) throws IOException {
        err.getBuffer().setLength(0);
        Files.write(zip, bytes);
        assertEquals(2, execute(new IndexCommand(), zip.toString(), "--rounds=1"), this::all);
        List<String> lines =
                err.toString().lines().filter(line -> line.contains("refused")).toList();
        assertEquals(1, lines.size(), this::all);
        assertTrue(lines.getFirst().startsWith(message), this::all);
        assertEquals("", out.toString());
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        for (String option : List.of("--threads=0", "--threads=1025", "--limit=0", "--rounds=0")) {
            assertEquals(2, execute(new IndexCommand(), temp.toString(), option), option);
            assertTrue(
                    err.toString().contains("option refused: " + option + "; give a number"),
                    this::all);
        }
    }

    @Test
    void memoryThatDoesNotSufficeIsAMessageWithARemedy() throws IOException {
        TextFiles.write(temp, "a.txt", "one text");
        IndexCommand command = new IndexCommand(lineup(() -> {
            throw new OutOfMemoryError("region refused: bytes=1");
        }));
        assertEquals(2, execute(command, temp.toString()), this::all);
        assertTrue(
                err.toString()
                        .contains("index refused: reason=out of memory: region refused: bytes=1;"
                                + " take fewer"),
                this::all);
        assertEquals("", out.toString());
    }

    private static Lineup lineup(Supplier<Indexer> fresh) {
        return (shape, threads) -> List.of(new Contest.Contender("test", 2, fresh));
    }

    private int execute(IndexCommand command, String... arguments) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private void requireLine(String line) {
        assertTrue(out.toString().lines().anyMatch(line::equals), this::all);
    }

    private String all() {
        return out + "\n" + err;
    }

    /** An indexer that leaves out the last document, and counts one word once too often. */
    private static final class Forgetful implements Indexer {
        private static final AtomicInteger open = new AtomicInteger();
        private final Indexer right = new ConcurrentHashMapIndexer();
        private int last;

        Forgetful() {
            open.incrementAndGet();
        }

        @Override
        public void index(List<ParsedDocument> documents, int threads) {
            last = documents.size() - 1;
            right.index(documents, threads);
        }

        @Override
        public IndexView result() {
            IndexView all = right.result();
            return new IndexView() {
                @Override
                public void documents(DocumentVisitor visitor) {
                    all.documents((number, document) -> {
                        if (number != last) {
                            visitor.document(number, document);
                        }
                    });
                }

                @Override
                public void words(WordVisitor visitor) {
                    all.words((word, total, postings) ->
                            visitor.word(word, word.equals("one") ? total + 1 : total, postings));
                }
            };
        }

        @Override
        public void close() {
            open.decrementAndGet();
            right.close();
        }
    }
}
