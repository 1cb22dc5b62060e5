package org.offheapstm.internal.htm;

import org.offheapstm.internal.bindings.StmHtm;
import org.offheapstm.internal.memory.Downcall;
import org.offheapstm.internal.memory.Seam;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The library that executes hardware transactions: compiled from {@code native}, packed into the
 * jar for the platform it was built on, extracted into a private temporary file, loaded by this
 * class's loader, and deleted at once.
 *
 * <p>The calls are those that jextract has made, but for one that is made here: it cannot say that
 * a function is <em>critical</em>, so short and harmless that a thread may call it without telling
 * the virtual machine that it has left Java. (Measured elsewhere: 2.8 against 7.4 ns.)
 */
public final class Shim {
    private static final String LIBRARY = "libstm_htm.so";

    /** Why the library is not loaded; null if it is. */
    private static final String WHY_NOT = load();

    private Shim() {}

    /** Calls into the library: initialized only once it is loaded. */
    private static final class Calls {
        static final MethodHandle COMMIT =
                critical(StmHtm.stm_htm_commit$address(), StmHtm.stm_htm_commit$descriptor());

        @SuppressWarnings("restricted")
        private static MethodHandle critical(MemorySegment symbol, FunctionDescriptor descriptor) {
            return Linker.nativeLinker()
                    .downcallHandle(symbol, descriptor, Linker.Option.critical(false));
        }
    }

    /** Whether the library is loaded. */
    public static boolean isLoaded() {
        return WHY_NOT == null;
    }

    /** Why the library is not loaded, or null. */
    public static String whyNot() {
        return WHY_NOT;
    }

    /** The name of the platform in the jar: system and processor, as {@code linux-x86_64}. */
    public static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch");
        return (system.contains("linux") ? "linux" : system.replaceAll("\\W+", "")) + "-"
                + (processor.equals("amd64") ? "x86_64" : processor);
    }

    /**
     * Commits what a descriptor says; the library must be loaded.
     *
     * @param descriptor address of an {@code stm_htm_descriptor}
     * @return one of the header's results
     */
    static int commit(long descriptor) {
        try {
            return (int) Calls.COMMIT.invokeExact(descriptor);
        } catch (Throwable t) {
            throw Downcall.failed("stm_htm_commit", t);
        }
    }

    private static String load() {
        String test = Seam.shim();
        if (test != null) {
            return load(Path.of(test));
        }
        String resource = "/META-INF/native/" + platform() + "/" + LIBRARY;
        try (InputStream bytes = Shim.class.getResourceAsStream(resource)) {
            if (bytes == null) {
                return "no native part in this jar for " + platform();
            }
            Path file = extract(bytes);
            try {
                return load(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            return "the native part could not be extracted: " + e;
        }
    }

    /** Into a new temporary file, which stays for the owner only, as it is made. */
    static Path extract(InputStream bytes) throws IOException {
        Path file = Files.createTempFile("stm_htm", ".so");
        try (OutputStream to = Files.newOutputStream(file)) {
            bytes.transferTo(to);
            return file;
        } catch (IOException e) {
            Files.delete(file);
            throw e;
        }
    }

    @SuppressWarnings("restricted")
    private static String load(Path file) {
        try {
            System.load(file.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            return "the native part could not be loaded: " + e.getMessage();
        }
        int abi = StmHtm.stm_htm_abi();
        return abi == StmHtm.STM_HTM_ABI()
                ? null
                : "the native part is of another version: abi=" + abi + ", expected="
                        + StmHtm.STM_HTM_ABI();
    }
}
