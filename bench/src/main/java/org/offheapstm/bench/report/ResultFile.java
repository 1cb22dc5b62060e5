package org.offheapstm.bench.report;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Files of results: where they go unless told otherwise, and how they get there. A result is
 * written beside its place and then moved there, so that what lies there is whole at any time,
 * whatever ends the writing.
 */
public final class ResultFile {
    private ResultFile() {}

    /** A file beside the jar (or the classes) that is running, so in {@code target}. */
    public static Path named(String name) {
        try {
            Path code = Path.of(ResultFile.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return code.resolveSibling(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of the running jar is not a file", e);
        }
    }

    /**
     * Finds out whether {@link #write} will be able to, by writing something beside the place. The
     * directories above it are made; a file that is there stays as it is.
     *
     * @throws IOException if it will not
     */
    public static void tryPlace(Path file) throws IOException {
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw new AccessDeniedException(file.toString());
        }
        if (isWrittenInPlace(file)) {
            return;
        }
        Path part = part(file);
        try {
            Files.writeString(part, "\n");
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /**
     * Puts a text in the place of a file, whole or not at all.
     *
     * @throws IOException if it cannot be written; a file that was there is still there
     */
    public static void write(Path file, CharSequence text) throws IOException {
        if (isWrittenInPlace(file)) {
            Files.writeString(file, text);
            return;
        }
        Path part = part(file);
        try {
            Files.writeString(part, text);
            Files.move(part, destination(file), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A terminal, a pipe: nothing can be moved to where they are. */
    private static boolean isWrittenInPlace(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file);
    }

    /** Where a result is until it is whole: its own for each process. */
    static Path part(Path file) throws IOException {
        Path destination = destination(file);
        Files.createDirectories(destination.getParent());
        return destination.resolveSibling(
                destination.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    }

    /** The file itself, where a link to it was named. */
    private static Path destination(Path file) throws IOException {
        return Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    }
}
