package org.offheapstm.bench.index;

import org.offheapstm.RegionFullException;
import org.offheapstm.bench.index.text.Corpus;
import org.offheapstm.bench.index.text.InputRefusedException;
import org.offheapstm.bench.index.text.Progress;
import org.offheapstm.bench.index.text.TextSource;
import org.offheapstm.bench.option.OptionCheck;
import org.offheapstm.bench.option.Version;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The {@code index} command: see the package for what it does and what it proves. */
@Command(
        name = "index",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Builds an inverted index of a directory or zip of text, in off-heap memory, with one"
                + " transaction per document; checks it against a plain count; compares it with a"
                + " HashMap and a ConcurrentHashMap.",
            "The report goes to the standard output, progress and errors to the standard error."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:all indexes are right",
            " 1:an index differs from the plain count, or the report could not be written",
            " 2:the input or an option cannot be used, or memory does not suffice"
        })
public final class IndexCommand implements Callable<Integer> {
    private static final int MAX_THREADS = 1024;
    private static final int MAX_ROUNDS = 1000;
    private static final int MOST_FREQUENT = 10;

    private final Lineup lineup;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "Directory, .zip or .jar of text; default: the sources of this JDK.")
    private Path path;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads; default: all processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--limit",
            paramLabel = "DOCS",
            description = "At most so many files, the first by name; default: all.")
    private int limit = Integer.MAX_VALUE;

    @Option(
            names = "--suffix",
            split = ",",
            paramLabel = "SUFFIX",
            description = "Only files whose names end so, such as .java,.txt; default: all.")
    private List<String> suffixes = new ArrayList<>();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often each indexer runs after the warm-up; default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    /** The command with all indexers. */
    public IndexCommand() {
        this(Lineup::all);
    }

    /** The command with chosen indexers. */
    IndexCommand(Lineup lineup) {
        this.lineup = lineup;
    }

    /**
     * Runs the job.
     *
     * @return 0 if all indexes are right, 1 if one is wrong, 2 if the input cannot be used or
     *     memory does not suffice
     */
    @Override
    public Integer call() throws IOException {
        OptionCheck check = new OptionCheck(spec);
        check.requireRange("--threads", threads, MAX_THREADS);
        check.requireRange("--limit", limit, Integer.MAX_VALUE);
        check.requireRange("--rounds", rounds, MAX_ROUNDS);
        PrintWriter err = spec.commandLine().getErr();
        try {
            run(new Progress(err, onTerminal()));
            return ExitCode.OK;
        } catch (InputRefusedException | RegionFullException e) {
            err.println(e.getMessage());
            return ExitCode.USAGE;
        } catch (OutOfMemoryError e) {
            err.println("index refused: reason=out of memory: " + e.getMessage()
                    + "; take fewer documents by --limit or --suffix, or fewer --threads, or raise"
                    + " -Xmx");
            return ExitCode.USAGE;
        } catch (WrongIndexException e) {
            err.println(e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    private void run(Progress progress) throws IOException {
        Path input = path == null ? TextSource.ownJdk() : path;
        Corpus corpus = parse(input, progress);
        PlainCount plain = PlainCount.of(corpus.documents());
        PlainCount.Shape shape = plain.shape();

        List<Contest.Contender> contenders = lineup.of(shape, threads);
        List<MostFrequent.Entry> frequent = new ArrayList<>();
        Contest contest = new Contest(corpus.documents(), rounds, progress);
        List<Contest.Score> scores = contest.run(contenders, (contender, indexer) -> {
            requireEqual(plain, contender, indexer.result());
            if (frequent.isEmpty() && contender == contenders.getLast()) {
                frequent.addAll(MostFrequent.of(indexer.result(), MOST_FREQUENT));
            }
        });

        PrintWriter out = spec.commandLine().getOut();
        IndexReport report = new IndexReport(out);
        report.text(input.toString(), corpus, shape, threads);
        report.mostFrequent(frequent);
        report.transactions(scores.getLast());
        report.scores(shape, scores);
        report.check(shape, contenders.size() * (rounds + 1));
        report.gates(scores);
        out.flush();
    }

    private Corpus parse(Path input, Progress progress) throws IOException {
        try (TextSource source = TextSource.open(input)) {
            return Corpus.parse(source, new Corpus.Selection(suffixes, limit), threads, progress);
        }
    }

    private static void requireEqual(
            PlainCount plain, Contest.Contender contender, IndexView index) {
        IndexCheck.Differences differences = IndexCheck.compare(plain, index);
        if (differences.count() > 0) {
            throw new WrongIndexException(contender.indexer(), contender.threads(), differences);
        }
    }

    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
