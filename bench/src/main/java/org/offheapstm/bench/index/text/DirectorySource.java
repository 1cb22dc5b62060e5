package org.offheapstm.bench.index.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The regular files below a directory. Symbolic links below it are not followed, so the walk ends;
 * the directory itself may be reached through one.
 */
record DirectorySource(Path path) implements TextSource {
    @Override
    public List<Entry> entries() {
        List<Entry> found = new ArrayList<>();
        try {
            Path root = path.toRealPath();
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        found.add(new FileEntry(path, nameOf(root, file), file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=cannot be listed: " + e,
                    "grant read access to it and all below, or give another directory",
                    e);
        }
        found.sort(Comparator.comparing(Entry::name));
        return found;
    }

    @Override
    public void close() {
        // A directory is opened anew for each file: nothing stays open.
    }

    private static String nameOf(Path root, Path file) {
        String separator = root.getFileSystem().getSeparator();
        return root.relativize(file).toString().replace(separator, "/");
    }

    /**
     * A regular file.
     *
     * @param file where it is; its name would not do, because the system's encoding may be unable
     *     to write it
     */
    private record FileEntry(Path source, String name, Path file) implements Entry {
        @Override
        public byte[] read() {
            try (InputStream in = Files.newInputStream(file)) {
                return TextSource.readLimited(in, source, name);
            } catch (IOException e) {
                throw TextSource.unreadable(source, name, e);
            }
        }
    }
}
