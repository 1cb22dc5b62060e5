package org.offheapstm.tests.tidy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Collections;

/** The module as it is shipped, found by its descriptor: a jar, or a directory of classes. */
final class EngineJar {
    private static final String DESCRIPTOR = "module-info.class";
    private static final URL FOUND = find();

    private EngineJar() {}

    static ModuleDescriptor descriptor() {
        return read(FOUND);
    }

    /** Where its classes are; those of the same name on the tests' own class path are not in it. */
    static URL location() {
        String found = FOUND.toString();
        try {
            return URI.create(found.substring(0, found.length() - DESCRIPTOR.length()))
                    .toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError("a prefix of a URL is one: " + found, e);
        }
    }

    private static URL find() {
        try {
            ClassLoader loader = EngineJar.class.getClassLoader();
            for (URL url : Collections.list(loader.getResources(DESCRIPTOR))) {
                if (read(url).name().equals("org.offheapstm")) {
                    return url;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError(
                "no module org.offheapstm on the class path; keep module-info.java");
    }

    private static ModuleDescriptor read(URL url) {
        try (InputStream bytes = url.openStream()) {
            return ModuleDescriptor.read(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
