package org.offheapstm.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Goal: a result lies in its place whole, or what was there before lies there still. Method: the
 * file beside it, in which it is written, is a link to the device that is always full.
 */
final class ResultFileTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsThereStaysWholeWhenTheDiskIsFull() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no such device on this system");
        Path file = Files.writeString(directory.resolve("results.json"), "earlier");
        Files.createSymbolicLink(ResultFile.part(file), full);
        assertThrows(IOException.class, () -> ResultFile.write(file, "new"));
        assertEquals("earlier", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void placeOnAFullDiskIsRefused() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no such device on this system");
        Path file = directory.resolve("results.json");
        Files.createSymbolicLink(ResultFile.part(file), full);
        assertThrows(IOException.class, () -> ResultFile.tryPlace(file));
        assertEquals(List.of(), files());
    }

    @Test
    void placeThatIsTriedStaysAsItWas() throws IOException {
        Path missing = directory.resolve("new").resolve("results.json");
        ResultFile.tryPlace(missing);
        assertTrue(Files.notExists(missing));
        Files.delete(missing.getParent());
        Path file = Files.writeString(directory.resolve("results.json"), "earlier");
        ResultFile.tryPlace(file);
        assertEquals("earlier", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void resultReplacesTheEarlierOneAndNothingIsLeftBeside() throws IOException {
        Path file = Files.writeString(directory.resolve("results.json"), "earlier and longer");
        ResultFile.write(file, "new");
        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void linkIsNotReplacedButWhatItLeadsTo() throws IOException {
        Path file = Files.writeString(directory.resolve("results.json"), "earlier");
        Path link = Files.createSymbolicLink(directory.resolve("link.json"), file);
        ResultFile.write(link, "new");
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
    }

    /** Goal: a terminal or a pipe is written to. Method: a socket; it takes nothing, but stays. */
    @Test
    void whatIsNoFileIsNotReplaced() throws IOException {
        Path socket = directory.resolve("socket");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            assertThrows(IOException.class, () -> ResultFile.write(socket, "new"));
            assertTrue(Files.exists(socket) && !Files.isRegularFile(socket));
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
