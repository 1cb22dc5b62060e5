package org.offheapstm.bench.htm;

import org.offheapstm.bench.option.Version;
import org.offheapstm.internal.htm.Probe;

import picocli.CommandLine.Command;

/** Says in one line whether hardware transactions can be used here, and then all that is known. */
@Command(
        name = "probe",
        description = "Says whether this machine has hardware transactions that can be used, and"
                + " all that led to the answer.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class ProbeCommand implements Runnable {
    @Override
    public void run() {
        System.out.print(Probe.get().report());
    }
}
