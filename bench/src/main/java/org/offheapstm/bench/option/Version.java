package org.offheapstm.bench.option;

import picocli.CommandLine.IVersionProvider;

/** What every command answers to {@code --version}: what the manifest of the jar has. */
public final class Version implements IVersionProvider {
    public Version() {}

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"offheap-stm " + (version == null ? "(not from a jar)" : version)};
    }
}
