package org.offheapstm.bench.index.text;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;

/**
 * A directory or a zip (so also a jar) whose files are the documents of the job.
 *
 * <p>Several threads may read entries at once; {@link #close} only when none reads.
 */
public sealed interface TextSource extends Closeable permits DirectorySource, ZipSource {
    /** A document larger than this is refused: its words are counted in the heap. */
    int MAX_DOCUMENT_BYTES = 64 << 20;

    /** What to give instead of an input that is none; shared by all refusals of a path. */
    String REMEDY = "give a directory of text, or a .zip or .jar of text";

    /**
     * One file of the source. It is found again by itself and not by its name, which may have lost
     * something on its way into a string.
     */
    interface Entry {
        /** The path within the source, with {@code /} between its parts. */
        String name();

        /**
         * The bytes of the file; of one that {@linkplain Tokenizer#beginsBinary begins as binary},
         * only the beginning, because a large one would be read for nothing.
         *
         * @throws InputRefusedException if the file cannot be read, is damaged, or has more than
         *     {@link #MAX_DOCUMENT_BYTES} bytes
         */
        byte[] read();
    }

    /** The directory or zip itself. */
    Path path();

    /**
     * All files, ordered by name.
     *
     * @throws InputRefusedException if a part of the source cannot be listed
     */
    List<Entry> entries();

    /**
     * Opens a directory or zip.
     *
     * @throws InputRefusedException if nothing is there, or it is neither, or it cannot be read
     */
    static TextSource open(Path path) {
        if (path.toString().isEmpty()) { // To Java this is the working directory.
            throw new InputRefusedException("input refused: path=, reason=empty name", REMEDY);
        }
        BasicFileAttributes attributes = attributesOf(path);
        if (attributes.isDirectory()) {
            return new DirectorySource(path);
        }
        if (!attributes.isRegularFile()) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=neither a directory nor a file",
                    REMEDY);
        }
        return ZipSource.open(path);
    }

    private static BasicFileAttributes attributesOf(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=missing", REMEDY, e);
        } catch (IOException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=cannot be reached: " + e,
                    "grant access to it, or give another path",
                    e);
        }
    }

    /**
     * The sources of the JDK that runs this program: the input when the user names none.
     *
     * @throws InputRefusedException if this JDK came without its sources
     */
    static Path ownJdk() {
        return sourcesOf(Path.of(System.getProperty("java.home")));
    }

    /** The sources that lie in a JDK; refused as in {@link #ownJdk}. */
    static Path sourcesOf(Path javaHome) {
        Path path = javaHome.resolve("lib", "src.zip");
        if (!Files.isRegularFile(path)) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=this JDK came without its sources",
                    "give a directory of text, or a .zip or .jar of text, as PATH");
        }
        return path;
    }

    /**
     * Reads one document as {@link Entry#read} says, but never more than the limit, whatever its
     * size claims.
     */
    static byte[] readLimited(InputStream in, Path source, String document) throws IOException {
        byte[] beginning = in.readNBytes(Tokenizer.PROBE_BYTES);
        if (Tokenizer.beginsBinary(beginning)) {
            return beginning;
        }
        byte[] rest = in.readNBytes(MAX_DOCUMENT_BYTES - beginning.length + 1);
        byte[] text = Arrays.copyOf(beginning, beginning.length + rest.length);
        System.arraycopy(rest, 0, text, beginning.length, rest.length);
        if (text.length > MAX_DOCUMENT_BYTES) {
            throw new InputRefusedException(
                    "document refused: path=" + source + ", document=" + document
                            + ", reason=larger than " + MAX_DOCUMENT_BYTES + " bytes",
                    "split it, or leave it out by --suffix");
        }
        return text;
    }

    /** The refusal of a document that is there, but does not come out. */
    static InputRefusedException unreadable(Path source, String document, IOException cause) {
        return new InputRefusedException(
                "document refused: path=" + source + ", document=" + document + ", reason="
                        + cause.getClass().getSimpleName() + ": " + wordsOf(cause),
                "repair it, grant read access, or leave it out by --suffix",
                cause);
    }

    /** What an exception says; the JDK throws some that say nothing. */
    static String wordsOf(IOException e) {
        if (e.getMessage() != null) {
            return e.getMessage();
        }
        return e instanceof EOFException ? "it ends too early" : e.toString();
    }
}
