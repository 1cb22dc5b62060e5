package org.offheapstm.tests.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.stream.Collectors.toSet;

import org.junit.jupiter.api.Test;

import java.lang.module.ModuleDescriptor;
import java.util.Set;

/**
 * Goal: a program that depends on the module can name the API, nothing behind it, and drags nothing
 * along. Method: read the descriptor of the jar that the other modules are tested with.
 */
final class ModuleTest {
    static final Set<String> API =
            Set.of("org.offheapstm", "org.offheapstm.struct", "org.offheapstm.collection");

    private final ModuleDescriptor module = EngineJar.descriptor();

    @Test
    void onlyApiPackagesAreExported() {
        Set<String> more = module.exports().stream()
                .map(ModuleDescriptor.Exports::source)
                .filter(exported -> !API.contains(exported))
                .collect(toSet());
        assertEquals(Set.of(), more, "take these out of module-info.java, or into the API here");
    }

    @Test
    void noPackageIsOpenToReflection() {
        assertTrue(module.opens().isEmpty(), () -> "opened: " + module.opens());
    }

    @Test
    void programThatUsesTheModuleNeedsNoOtherAtRunTime() {
        Set<String> needed = module.requires().stream()
                .filter(r -> !r.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .map(ModuleDescriptor.Requires::name)
                .collect(toSet());
        assertEquals(Set.of("java.base"), needed, "say \"requires static\", or do without");
    }
}
