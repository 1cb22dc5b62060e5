package org.offheapstm.explore;

import static org.offheapstm.explore.Story.hold;

import org.offheapstm.Collector;
import org.offheapstm.ObjectType;
import org.offheapstm.Pin;
import org.offheapstm.Snapshot;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Stories about collections: what roots and pins lead to is kept, whatever moves meanwhile. */
final class Keepings {
    /** Large, so that a collection has few blocks to look at. */
    private static final ObjectType NODE = ObjectType.of("node", 496, 0, 8);

    /** More than there are in a region. */
    private static final int WORDS = 10_000;

    private static final int GARBAGE = 4;

    private static final int VALUE = 16;
    private static final int MARK = 0x5EED;

    private Keepings() {}

    private static long make(Transaction tx) {
        long made = tx.allocate(NODE);
        tx.setLong(NODE, made, VALUE, MARK);
        return made;
    }

    private static long rootOf(Stm stm) {
        return stm.atomicLong(tx -> {
            long holder = make(tx);
            tx.setLong(NODE, holder, 0, make(tx));
            stm.roots().set(tx, NODE, "holder", holder);
            return holder;
        });
    }

    /** Follows a reference; a stale one ends the run. */
    private static void look(Transaction tx, long ref) {
        long value = ref == 0 ? MARK : tx.getLong(NODE, ref, VALUE);
        hold(value == MARK, () -> "found in an object: " + value);
    }

    private static void lookThrough(Stm stm, long holder) {
        stm.readOnly(tx -> {
            look(tx, tx.getLong(NODE, holder, 0));
            look(tx, tx.getLong(NODE, holder, 8));
        });
    }

    /** References move between two words, and to new objects, beside a collection. */
    static Story moved(Stm stm, SplittableRandom random) {
        long holder = rootOf(stm);
        Runnable mover = mover(stm, holder, random.nextBoolean());
        return new Story(List.of(mover, stm::collect), () -> lookThrough(stm, holder));
    }

    private static Runnable mover(Stm stm, long holder, boolean copies) {
        return () -> {
            for (int word = 0; word <= 8; word += 8) {
                int from = word;
                stm.atomic(tx -> {
                    long ref = tx.getLong(NODE, holder, from);
                    tx.setLong(NODE, holder, 8 - from, ref);
                    tx.setLong(NODE, holder, from, copies ? 0 : make(tx));
                });
                lookThrough(stm, holder);
            }
        };
    }

    /** Garbage is freed by somebody else too, and its place used again, beside a collection. */
    static Story reborn(Stm stm, SplittableRandom random) {
        long holder = rootOf(stm);
        long[] garbage = new long[GARBAGE];
        Arrays.setAll(garbage, i -> stm.atomicLong(Keepings::make));
        Runnable collection = random.nextBoolean() ? stm::collect : sweep(stm);
        Runnable user = () -> {
            for (long each : garbage) {
                try {
                    stm.atomic(tx -> tx.free(NODE, each));
                } catch (StaleReferenceException collected) {
                    // Also right: nothing led to it.
                }
                stm.atomic(tx -> {
                    long made = make(tx);
                    tx.setLong(NODE, made, 8, tx.getLong(NODE, holder, 8));
                    tx.setLong(NODE, holder, 8, made);
                });
            }
            lookAlong(stm, holder);
        };
        return new Story(List.of(user, collection), () -> lookAlong(stm, holder));
    }

    /** Follows the second reference from object to object. */
    private static void lookAlong(Stm stm, long holder) {
        stm.readOnly(tx -> {
            for (long ref = holder; ref != 0; ref = tx.getLong(NODE, ref, 8)) {
                look(tx, ref);
            }
        });
    }

    /**
     * The rest of a collection that has marked. A whole one is so long that few schedules change
     * the turn between two looks at one block.
     */
    private static Runnable sweep(Stm stm) {
        Collector collector = stm.collector();
        collector.step(WORDS); // From the roots.
        collector.step(WORDS); // From the pins.
        return () -> {
            while (!collector.step(WORDS)) {
                Thread.onSpinWait();
            }
        };
    }

    /**
     * All at once: references move, an object is unlinked and freed, a snapshot is read twice, and
     * a collection runs.
     */
    static Story mix(Stm stm, SplittableRandom random) {
        long holder = rootOf(stm);
        Runnable freer = () -> stm.atomic(tx -> {
            long ref = tx.getLong(NODE, holder, 8);
            tx.setLong(NODE, holder, 8, 0);
            if (ref != 0) {
                tx.free(NODE, ref);
            }
        });
        Runnable reader = () -> {
            try (Snapshot then = stm.openSnapshot()) {
                long ref = then.readOnlyLong(tx -> tx.getLong(NODE, holder, 0));
                then.readOnly(tx -> look(tx, ref));
                hold(
                        then.readOnlyLong(tx -> tx.getLong(NODE, holder, 0)) == ref,
                        "the snapshot has moved");
            }
        };
        return new Story(
                List.of(mover(stm, holder, random.nextBoolean()), freer, reader, stm::collect),
                () -> lookThrough(stm, holder));
    }

    /** Who finds an object and pins it has it, though it is unlinked and a collection runs. */
    static Story pinned(Stm stm, SplittableRandom random) {
        long holder = rootOf(stm);
        Runnable finder = () -> {
            Pin[] pin = new Pin[1];
            stm.readOnly(tx -> {
                long ref = tx.getLong(NODE, holder, 0);
                look(tx, holder);
                pin[0] = ref == 0 ? null : stm.pin(NODE, ref);
            });
            if (pin[0] != null) {
                stm.readOnly(tx -> look(tx, pin[0].ref()));
                pin[0].close();
            }
        };
        Runnable unlinker = () -> {
            stm.atomic(tx -> tx.setLong(NODE, holder, 0, 0));
            stm.collect();
        };
        return new Story(List.of(finder, unlinker), () -> {});
    }

    /** What was pinned is linked and let go of, beside a collection. */
    static Story letGo(Stm stm, SplittableRandom random) {
        long holder = rootOf(stm);
        Pin[] pin = new Pin[1];
        stm.atomic(tx -> pin[0] = stm.pin(NODE, make(tx)));
        Runnable linker = () -> {
            stm.atomic(tx -> tx.setLong(NODE, holder, 8, pin[0].ref()));
            pin[0].close();
            lookThrough(stm, holder);
        };
        return new Story(List.of(linker, stm::collect), () -> lookThrough(stm, holder));
    }
}
