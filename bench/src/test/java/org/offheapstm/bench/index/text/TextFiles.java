package org.offheapstm.bench.index.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the files that tests read. */
public final class TextFiles {
    private TextFiles() {}

    /** A file below a directory. */
    public static Path write(Path directory, String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, UTF_8);
    }

    /** A zip of names, each followed by its text; not compressed, so that a test can damage it. */
    public static Path zip(Path file, String... namesAndTexts) throws IOException {
        return zip(UTF_8, file, namesAndTexts);
    }

    /** The same, but compressed. */
    static Path compressed(Path file, String... namesAndTexts) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                out.putNextEntry(new ZipEntry(namesAndTexts[i]));
                out.write(namesAndTexts[i + 1].getBytes(UTF_8));
            }
        }
        return file;
    }

    /** The same as the first, with the names in an encoding that the zip does not tell. */
    static Path zip(Charset charset, Path file, String... namesAndTexts) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file), charset)) {
            out.setMethod(ZipOutputStream.STORED);
            for (int i = 0; i < namesAndTexts.length; i += 2) {
                byte[] text = namesAndTexts[i + 1].getBytes(UTF_8);
                CRC32 checksum = new CRC32();
                checksum.update(text);
                ZipEntry entry = new ZipEntry(namesAndTexts[i]);
                entry.setSize(text.length);
                entry.setCrc(checksum.getValue());
                out.putNextEntry(entry);
                out.write(text);
            }
        }
        return file;
    }
}
