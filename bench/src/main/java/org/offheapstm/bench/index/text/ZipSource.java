package org.offheapstm.bench.index.text;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
            return new ZipSource(path, zip(path));
        } catch (ZipException | EOFException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path
                            + ", reason=neither a directory nor a readable zip: "
                            + TextSource.wordsOf(e),
                    REMEDY + "; a zip that another program can read, unpack first",
                    e);
        } catch (IOException e) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", reason=cannot be read: " + e,
                    "grant read access to it, or give another file",
                    e);
        }
    }

    /**
     * Older tools write names in encodings of their own. Those names are taken byte by byte: they
     * only label the documents.
     */
    private static ZipFile zip(Path path) throws IOException {
        try {
            return new ZipFile(path.toFile());
        } catch (ZipException e) {
            return new ZipFile(path.toFile(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public List<Entry> entries() {
        List<Entry> entries = zip.stream()
                .filter(entry -> !entry.isDirectory())
                .<Entry>map(stored -> new StoredEntry(this, stored))
                .sorted(Comparator.comparing(Entry::name))
                .toList();
        for (int i = 1; i < entries.size(); i++) {
            requireOtherName(entries.get(i - 1).name(), entries.get(i).name());
        }
        return entries;
    }

    /** Of two entries with one name {@link ZipFile} reads the same one twice. */
    private void requireOtherName(String one, String other) {
        if (one.equals(other)) {
            throw new InputRefusedException(
                    "input refused: path=" + path + ", document=" + one
                            + ", reason=in the zip more than once",
                    "give a zip whose names differ");
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private record StoredEntry(ZipSource source, ZipEntry stored) implements Entry {
        @Override
        public String name() {
            return stored.getName();
        }

        @Override
        public byte[] read() {
            try (InputStream in = source.zip.getInputStream(stored)) {
                byte[] text = TextSource.readLimited(in, source.path, name());
                if (!Tokenizer.beginsBinary(text)) {
                    requireChecksum(text);
                }
                return text;
            } catch (IOException e) {
                throw TextSource.unreadable(source.path, name(), e);
            }
        }

        private void requireChecksum(byte[] text) throws ZipException {
            CRC32 checksum = new CRC32();
            checksum.update(text);
            if (stored.getCrc() != checksum.getValue()) {
                throw new ZipException("wrong checksum: declared=%08x, found=%08x"
                        .formatted(stored.getCrc(), checksum.getValue()));
            }
        }
    }
}
