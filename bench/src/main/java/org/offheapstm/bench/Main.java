package org.offheapstm.bench;

import org.offheapstm.bench.gate.GatesCommand;
import org.offheapstm.bench.htm.HtmCommand;
import org.offheapstm.bench.htm.ProbeCommand;
import org.offheapstm.bench.index.IndexCommand;
import org.offheapstm.bench.option.Version;
import org.offheapstm.bench.run.RunCommand;
import org.openjdk.jmh.runner.RunnerException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/** What {@code java -jar benchmarks.jar} starts. */
@Command(
        name = "benchmarks",
        description = "Measures offheap-stm.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            IndexCommand.class,
            RunCommand.class,
            GatesCommand.class,
            ProbeCommand.class,
            HtmCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        int code = new CommandLine(new Main())
                .setExecutionExceptionHandler((e, line, parsed) -> failure(e, line))
                .execute(arguments);
        if (System.out.checkError()) {
            System.err.println("report lost: the standard output is closed or full");
            code = Math.max(code, ExitCode.SOFTWARE);
        }
        System.exit(code);
    }

    /** What the surroundings do to a run is told in a line; the rest is a mistake of ours. */
    private static int failure(Exception e, CommandLine line) throws Exception {
        switch (e) {
            case UncheckedIOException io ->
                line.getErr().println(io.getMessage() + ": " + io.getCause());
            case IOException io -> line.getErr().println(io.getMessage());
            case RunnerException jmh -> line.getErr().println(jmh.getMessage());
            default -> throw e;
        }
        return ExitCode.SOFTWARE;
    }
}
