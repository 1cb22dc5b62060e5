package org.offheapstm.bench.index.text;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All documents of a source, parsed and in memory: the input of every indexer.
 *
 * @param documents in the order of their names; a document's number is its place here
 * @param binary how many files were left out because they are no text
 * @param textBytes size of the documents' text
 * @param parseNanos how long reading and parsing took, all threads together from first to last
 */
public record Corpus(List<ParsedDocument> documents, int binary, long textBytes, long parseNanos) {
    /**
     * How many bytes of heap the whole job wants per byte of text, at most: parsed documents, the
     * plain count and one index on the heap at a time. The sources of JDK 25, 213 MB, still get
     * through with 2.7, but then the baselines mostly collect garbage.
     */
    private static final int HEAP_PER_TEXT_BYTE = 4;

    /**
     * Which files of a source to take.
     *
     * @param suffixes ends of names, of which one must match; empty takes all
     * @param limit at most so many files, the first by name
     */
    public record Selection(List<String> suffixes, int limit) {
        private boolean admits(TextSource.Entry entry) {
            return suffixes.isEmpty() || suffixes.stream().anyMatch(entry.name()::endsWith);
        }
    }

    /**
     * Reads and parses the selected files.
     *
     * @throws InputRefusedException if no file is selected, all are binary, none has a word, the
     *     text is too large for the heap, or one cannot be read
     */
    public static Corpus parse(
            TextSource source, Selection selection, int threads, Progress progress) {
        long start = System.nanoTime();
        List<TextSource.Entry> entries = select(source, selection);
        ParsedDocument[] parsed = new ParsedDocument[entries.size()];
        long heapBytes = Runtime.getRuntime().maxMemory();
        AtomicLong textBytes = new AtomicLong();
        Progress.Step step = progress.begin("parsing", parsed.length);
        Workers.run(threads, parsed.length, () -> {
            Tokenizer tokenizer = new Tokenizer();
            return number -> {
                TextSource.Entry entry = entries.get(number);
                tokenizer.parse(entry.name(), entry.read()).ifPresent(document -> {
                    requireHeap(source, textBytes.addAndGet(document.sizeBytes()), heapBytes);
                    parsed[number] = document;
                });
                step.advance();
            };
        });
        List<ParsedDocument> documents =
                Arrays.stream(parsed).filter(Objects::nonNull).toList();
        requireWords(source, documents, parsed.length);
        return new Corpus(
                documents,
                parsed.length - documents.size(),
                textBytes.get(),
                System.nanoTime() - start);
    }

    private static List<TextSource.Entry> select(TextSource source, Selection selection) {
        List<TextSource.Entry> all = source.entries();
        if (all.isEmpty()) {
            throw new InputRefusedException(
                    "input refused: path=" + source.path() + ", files=0, reason=empty",
                    TextSource.REMEDY);
        }
        List<TextSource.Entry> selected =
                all.stream().filter(selection::admits).limit(selection.limit()).toList();
        if (selected.isEmpty()) {
            throw new InputRefusedException(
                    "input refused: path=" + source.path() + ", files=" + all.size()
                            + ", reason=no name ends with "
                            + String.join(" or ", selection.suffixes()),
                    "change or leave out --suffix");
        }
        return selected;
    }

    /** Refuses more text than the whole job can hold in a heap of this size. */
    static void requireHeap(TextSource source, long textBytes, long heapBytes) {
        if (textBytes > heapBytes / HEAP_PER_TEXT_BYTE) {
            throw new InputRefusedException(
                    ("input refused: path=%s, text=%d MB or more, heap=%d MB, "
                                    + "reason=too large for the heap")
                            .formatted(source.path(), textBytes >> 20, heapBytes >> 20),
                    "raise -Xmx, or take fewer files by --limit or --suffix");
        }
    }

    private static void requireWords(TextSource source, List<ParsedDocument> documents, int files) {
        if (documents.isEmpty()) {
            throw new InputRefusedException(
                    "input refused: path=" + source.path() + ", files=" + files + ", binary="
                            + files + ", reason=nothing but binary data",
                    "give text in UTF-8");
        }
        if (documents.stream().allMatch(document -> document.words() == 0)) {
            throw new InputRefusedException(
                    "input refused: path=" + source.path() + ", files=" + files + ", binary="
                            + (files - documents.size()) + ", words=0, reason=no word in it",
                    "give text in UTF-8");
        }
    }
}
