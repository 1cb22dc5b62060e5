package org.offheapstm.internal.htm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Goal: nobody else can read or exchange the library between its extraction and its loading. */
final class ShimTest {
    @Test
    void extractedFileIsForItsOwnerOnly() throws IOException {
        byte[] bytes = {1, 2, 3};
        Path file = Shim.extract(new ByteArrayInputStream(bytes));
        try {
            assertArrayEquals(bytes, Files.readAllBytes(file));
            assumeTrue(
                    file.getFileSystem().supportedFileAttributeViews().contains("posix"),
                    "no POSIX permissions here");
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        } finally {
            Files.delete(file);
        }
    }
}
