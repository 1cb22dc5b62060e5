package org.offheapstm.bench.index.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The files of a zip or jar. {@link ZipFile} lets several threads read, but does not compare the
 * checksum of what it reads with the one that the zip declares; this class does, for every document
 * that it reads to the end.
 */
record ZipSource(Path path, ZipFile zip) implements TextSource {
    static ZipSource open(Path path) {
        try {
            return new ZipSource(path, new ZipFile(path.toFile()));
        } catch (ZipException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=neither a directory nor a zip: "
                            + e.getMessage(),
                    REMEDY,
                    e);
        } catch (IOException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=cannot be read: " + e,
                    "grant read access to it, or give another file",
                    e);
        }
    }

    @Override
    public List<Entry> entries() {
        return zip.stream()
                .filter(entry -> !entry.isDirectory())
                .map(entry -> new Entry(entry.getName(), Math.max(0, entry.getSize())))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
    }

    @Override
    public byte[] read(Entry entry) {
        ZipEntry stored = zip.getEntry(entry.name());
        try (InputStream in = zip.getInputStream(stored)) {
            byte[] text = TextSource.readLimited(in, path, entry);
            if (!Tokenizer.beginsBinary(text)) {
                requireChecksum(stored, text);
            }
            return text;
        } catch (IOException e) {
            throw TextSource.unreadable(path, entry.name(), e);
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private static void requireChecksum(ZipEntry stored, byte[] text) throws ZipException {
        CRC32 checksum = new CRC32();
        checksum.update(text);
        if (stored.getCrc() != checksum.getValue()) {
            throw new ZipException("wrong checksum: declared=%08x, found=%08x"
                    .formatted(stored.getCrc(), checksum.getValue()));
        }
    }
}
