package org.offheapstm.bench.option;

import org.offheapstm.bench.report.ResultFile;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Refuses what an option's type alone would let through, as the command line refuses a number that
 * is none: a line that names the value and the remedy, then the usage. A command calls it first, so
 * that nobody learns after an hour that the results have nowhere to go.
 */
public final class OptionCheck {
    private final CommandSpec command;

    public OptionCheck(CommandSpec command) {
        this.command = command;
    }

    /**
     * Requires a number from 1 to a limit.
     *
     * @throws ParameterException if it is not
     */
    public void requireRange(String option, int value, int max) {
        if (value < 1 || value > max) {
            throw refusal(option, value, "give a number from 1 to " + max);
        }
    }

    /**
     * Requires a place where {@link ResultFile} can write, by trying it.
     *
     * @throws ParameterException if it cannot
     */
    public void requireWritable(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw refusal(option, file, "give a file, this is a directory");
        }
        try {
            ResultFile.tryPlace(file);
        } catch (IOException e) {
            throw refusal(option, file, "give a file that can be written (" + e + ")");
        }
    }

    /**
     * Requires a directory in which {@link ResultFile} can write, by trying it.
     *
     * @param names of the files that will be written there
     * @throws ParameterException if it cannot
     */
    public void requireWritableDirectory(String option, Path directory, String... names) {
        for (String name : names) {
            Path file = directory.resolve(name);
            try {
                if (Files.isDirectory(file)) {
                    throw new FileSystemException(file.toString(), null, "is a directory");
                }
                ResultFile.tryPlace(file);
            } catch (IOException e) {
                throw refusal(
                        option, directory, "give a directory that can be written (" + e + ")");
            }
        }
    }

    /** The refusal of an option, to be thrown. */
    public ParameterException refusal(String option, Object value, String remedy) {
        return new ParameterException(
                command.commandLine(), "option refused: " + option + "=" + value + "; " + remedy);
    }
}
