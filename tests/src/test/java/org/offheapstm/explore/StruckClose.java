package org.offheapstm.explore;

import org.offheapstm.Collector;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Statistics;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.Verification;
import org.offheapstm.engine.Elsewhere;
import org.offheapstm.internal.layout.Control;
import org.offheapstm.internal.memory.Memory;
import org.offheapstm.internal.memory.Seam;

import java.util.List;

/**
 * Snapshots and collections that an Error strikes at one access after the other while they are
 * being closed. Meant to be run in an {@link Isolation}.
 *
 * <p>A root leads to one node and that to another; beside them there is garbage. Whatever has
 * happened: once what was struck is done again, nothing is registered, nothing kept, the nodes are
 * there, and another thread collects all garbage.
 */
final class StruckClose implements AutoCloseable {
    private static final ObjectType NODE = ObjectType.of("node", 496, 0);
    private static final String LOST = "lost, ";
    private static final int WORDS = 20;
    private static final int ENOUGH = 5_000;

    private final Stm stm = Stm.open(
            StmOptions.DEFAULT.withName("struck").withCapacityBytes(32L << 20).withMaxRunning(8));
    private final Insides insides = Insides.of(stm);
    private final Elsewhere other = new Elsewhere("other");
    private final boolean staysFull;
    private final boolean byTwo;
    private final long root;

    private Runnable struck;
    private Runnable again;
    private boolean armed;
    private int accesses;

    private StruckClose(List<String> wanted) {
        staysFull = wanted.contains("staysFull");
        byTwo = wanted.contains("byTwo");
        root = stm.atomicLong(tx -> {
            long made = tx.allocate(NODE);
            tx.setLong(NODE, made, 0, tx.allocate(NODE));
            stm.roots().set(tx, NODE, "root", made);
            return made;
        });
    }

    /**
     * Lets an Error strike at each access in turn.
     *
     * @param arguments what is closed; and "staysFull", if every access from there on fails, until
     *     the error has reached the caller; or "byTwo", if there is no Error, and another thread
     *     closes it too just then
     * @return what was wrong, or null
     */
    static String run(String... arguments) {
        try (StruckClose run = new StruckClose(List.of(arguments))) {
            for (int at = 0; at < ENOUGH; at++) {
                run.prepare(arguments[0]);
                boolean wasStruck = run.strike(at);
                String wrong = run.wrong();
                if (wrong != null) {
                    return "at access " + at + ": " + wrong;
                }
                if (!wasStruck) {
                    return at > 3 ? null : "only " + at + " accesses were seen";
                }
            }
            return "more than " + ENOUGH + " accesses";
        }
    }

    private void prepare(String what) {
        makeGarbage();
        switch (what) {
            case "snapshot" -> {
                Snapshot snapshot = openBeforeChanges();
                struck = armed(snapshot::close);
                again = snapshot::close;
            }
            case "runs" -> {
                Snapshot snapshot = openBeforeManyChanges();
                struck = armed(snapshot::close);
                again = snapshot::close;
            }
            case "lastReader" -> {
                Snapshot snapshot = openBeforeChanges();
                struck = () -> snapshot.readOnly(tx -> {
                    snapshot.close();
                    armed = true;
                });
                again = () -> stm.readOnly(tx -> {});
            }
            case "comparison" -> {
                Snapshot older = openBeforeChanges();
                Snapshot newer = openBeforeChanges();
                struck = () -> newer.forEachChange(older, NODE, (ref, change) -> {
                    older.close();
                    newer.close();
                    armed = true;
                });
                again = () -> {
                    older.close();
                    newer.close();
                };
            }
            case "collector" -> {
                Collector collector = stm.collector();
                collector.step(1);
                struck = armed(collector::close);
                again = collector::close;
            }
            case "steps" -> {
                Collector collector = stm.collector();
                struck = armed(() -> goThrough(collector));
                again = () -> {
                    goThrough(collector);
                    Story.hold(collector.result().isComplete(), "it has not come to its end");
                };
            }
            case "collect" -> {
                struck = armed(stm::collect);
                again = stm::collect;
            }
            case "collectElsewhere" -> {
                struck = armed(stm::collect);
                again = () -> {
                    stm.readOnly(tx -> {}); // A full stack may have cut off this thread's attempt.
                    other.run(stm::collect);
                };
            }
            default -> throw new AssertionError(what);
        }
    }

    private void makeGarbage() {
        stm.atomic(tx -> tx.allocate(NODE));
    }

    /** Opens a snapshot for which a value and a freed object are kept. */
    private Snapshot openBeforeChanges() {
        long doomed = stm.atomicLong(tx -> tx.allocate(NODE));
        Snapshot snapshot = stm.openSnapshot();
        stm.atomic(tx -> {
            tx.setLong(NODE, root, 8, tx.getLong(NODE, root, 8) + 1);
            tx.free(NODE, doomed);
        });
        return snapshot;
    }

    /** Opens a snapshot for which more runs of images are kept than a slot spares. */
    private Snapshot openBeforeManyChanges() {
        long[] many = new long[1000];
        stm.atomic(tx -> {
            for (int i = 0; i < many.length; i++) {
                many[i] = tx.allocate(NODE);
            }
        });
        Snapshot snapshot = stm.openSnapshot();
        for (long each : many) {
            stm.atomic(tx -> tx.setLong(NODE, each, 8, 1));
        }
        return snapshot;
    }

    private static void goThrough(Collector collector) {
        while (!collector.step(WORDS)) {
            Thread.onSpinWait();
        }
    }

    private Runnable armed(Runnable action) {
        return () -> {
            armed = true;
            action.run();
        };
    }

    private boolean strike(int at) {
        accesses = 0;
        armed = false;
        Seam.observe((access, address) -> {
            if (armed && (accesses++ == at || staysFull && accesses > at)) {
                if (byTwo) {
                    other.run(again::run);
                } else {
                    throw new StackOverflowError("at access " + at);
                }
            }
        });
        try {
            struck.run();
        } catch (StackOverflowError expected) {
            // What remains of it is what this is about.
        } finally {
            Seam.observe(null);
        }
        boolean wasStruck = accesses > at;
        if (wasStruck) {
            again.run();
        }
        return wasStruck;
    }

    private String wrong() {
        Statistics now = stm.statistics();
        long counted = Memory.getVolatile(insides.control() + Control.LIVE);
        if (now.liveSnapshots() != 0 || counted != 0) {
            return "left behind: snapshots=" + now.liveSnapshots() + ", counted=" + counted;
        }
        long budget = insides.budget().countedBytes();
        if (budget != 0) {
            return "counted against the limit: bytes=" + budget;
        }
        if (now.limboBytes() != 0) {
            return "kept: limboBytes=" + now.limboBytes();
        }
        boolean complete = other.get(() -> stm.collect().isComplete());
        long length = stm.readOnlyLong(this::length);
        if (!complete || length != 2) {
            return "collected: complete=" + complete + ", length=" + length;
        }
        Verification found = stm.verify();
        return found.faults().stream().allMatch(fault -> fault.contains(LOST))
                ? null
                : found.toString();
    }

    private long length(Transaction tx) {
        long next = tx.getLong(NODE, root, 0);
        return tx.exists(NODE, next) ? 2 : 1;
    }

    @Override
    public void close() {
        other.close();
        // A block on its way from a list to another is lost: better than to hand it out twice.
        Seam.expectDamage(LOST);
        stm.close();
    }
}
