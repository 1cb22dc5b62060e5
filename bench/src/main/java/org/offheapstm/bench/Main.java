package org.offheapstm.bench;

import org.offheapstm.bench.gate.GatesCommand;
import org.offheapstm.bench.index.IndexCommand;
import org.offheapstm.bench.run.RunCommand;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.util.Locale;

/** What {@code java -jar benchmarks.jar} starts. */
@Command(
        name = "benchmarks",
        description = "Measures offheap-stm.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {IndexCommand.class, RunCommand.class, GatesCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
