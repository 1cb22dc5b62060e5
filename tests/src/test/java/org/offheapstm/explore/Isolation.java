package org.offheapstm.explore;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The engine and the scenarios loaded once more, with a seam of other settings: a class of the
 * package {@code org.offheapstm} exists here a second time, all others are shared.
 */
final class Isolation extends URLClassLoader {
    private static final String OURS = "org.offheapstm.";

    /**
     * Loads the seam with these settings.
     *
     * @param trace whether accesses are announced
     * @param without the parts to take out, with commas between
     */
    Isolation(boolean trace, String without) {
        super(classPath(), Isolation.class.getClassLoader());
        synchronized (Isolation.class) {
            String traceBefore = swap("offheapstm.trace", Boolean.toString(trace));
            String withoutBefore = swap("offheapstm.without", without);
            try {
                Class.forName("org.offheapstm.internal.memory.Seam", true, this);
            } catch (ClassNotFoundException e) {
                throw new AssertionError("the seam is on the class path", e);
            } finally {
                swap("offheapstm.trace", traceBefore);
                swap("offheapstm.without", withoutBefore);
            }
        }
    }

    private static String swap(String property, String value) {
        return value == null ? System.clearProperty(property) : System.setProperty(property, value);
    }

    private static URL[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Isolation::url)
                .toArray(URL[]::new);
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError("a file has a URL: " + entry, e);
        }
    }

    /** Runs {@code static String run(String...)} of this loader's version of a class. */
    String run(Class<?> program, String... arguments) {
        try {
            Method run = Class.forName(program.getName(), true, this)
                    .getDeclaredMethod("run", String[].class);
            run.setAccessible(true);
            return (String) run.invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(program.getSimpleName() + " threw", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("a program has a static method run", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }
}
