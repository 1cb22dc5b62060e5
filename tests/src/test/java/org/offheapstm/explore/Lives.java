package org.offheapstm.explore;

import static org.offheapstm.explore.Cells.CELL;
import static org.offheapstm.explore.Story.hold;
import static org.offheapstm.explore.Story.repeat;

import org.offheapstm.ArrayType;
import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.RegionFullException;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ObjLongConsumer;

/** Stories about objects that are born, die, and leave their place to others. */
final class Lives {
    private static final ArrayType LONGS = ArrayType.of("longs", 8);
    private static final ObjectType STRANGER = ObjectType.of("stranger", 64);
    private static final ObjectType OTHER_STRANGER = ObjectType.of("other stranger", 96);

    private static final int LENGTH = 4;

    /** The shortest array that is a span of its own, with a few words to spare. */
    private static final int SPAN_LENGTH = 2100;

    private Lives() {}

    /** A new object, and the reference to it in a cell, are seen together. */
    static Story birth(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        boolean referenceFirst = random.nextBoolean();
        Runnable maker = () -> stm.atomic(tx -> {
            cells.get(tx, 0);
            if (referenceFirst) {
                cells.setTag(tx, 0, 1);
            }
            long made = tx.allocate(CELL);
            tx.setLong(CELL, made, 0, 7);
            cells.set(tx, 0, made);
        });
        Runnable reader = () -> stm.readOnly(tx -> {
            long made = cells.get(tx, 0);
            long value = made == 0 ? 7 : tx.getLong(CELL, made, 0);
            hold(value == 7, "seen in a new object: " + value);
        });
        return new Story(List.of(maker, () -> repeat(2, reader)), () -> {});
    }

    /** A reference to a freed object is refused, also when its place has been used again. */
    static Story stale(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        long doomed = cells.refs()[0];
        Runnable killer = () -> {
            stm.atomic(tx -> cells.set(tx, 0, 1));
            stm.atomic(tx -> tx.free(CELL, doomed));
            holdRefused(stm, doomed);
            stm.atomic(tx -> tx.setLong(CELL, tx.allocate(CELL), 0, 9));
            holdRefused(stm, doomed);
        };
        Runnable reader = () -> {
            try {
                long value = stm.readOnlyLong(tx -> tx.getLong(CELL, doomed, 0));
                hold(value <= 1, "read of another object: " + value);
            } catch (StaleReferenceException e) {
                // It was freed before.
            }
        };
        return new Story(List.of(killer, () -> repeat(2, reader)), () -> {});
    }

    private static void holdRefused(Stm stm, long ref) {
        boolean refused = false;
        try {
            stm.atomicLong(tx -> tx.getLong(CELL, ref, 0));
        } catch (StaleReferenceException e) {
            refused = true;
        }
        hold(refused, "a freed object was read");
    }

    /** A merge into an object that is freed meanwhile does not go into the next one there. */
    static Story mergeAfterFree(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        long doomed = cells.refs()[0];
        Runnable merger = () -> {
            try {
                stm.atomic(tx -> tx.merge(CELL, doomed, 0, Merge.ADD_LONG, 5));
            } catch (StaleReferenceException e) {
                // It was freed before.
            }
        };
        long[] next = new long[1];
        Runnable killer = () -> {
            stm.atomic(tx -> tx.free(CELL, doomed));
            next[0] = stm.atomicLong(tx -> {
                long made = tx.allocate(CELL);
                tx.setLong(CELL, made, 0, 100);
                return made;
            });
        };
        return new Story(
                List.of(merger, killer),
                () -> new Cells(stm, new long[] {next[0]}).holdValues(100));
    }

    /** Who finds a reference in the root finds the object, also in order to merge into it. */
    static Story mergeThroughRoot(Stm stm, SplittableRandom random) {
        return throughRoot(stm, (tx, ref) -> tx.merge(CELL, ref, 0, Merge.ADD_LONG, 5));
    }

    /** Who has written an object can go on with it; that it was freed shows at the end. */
    static Story writtenThroughRoot(Stm stm, SplittableRandom random) {
        return throughRoot(stm, (tx, ref) -> {
            tx.setLong(CELL, ref, 0, 5);
            tx.getLong(CELL, ref, 0);
        });
    }

    private static Story throughRoot(Stm stm, ObjLongConsumer<Transaction> use) {
        Cells cells = Cells.make(stm, 1);
        stm.atomic(tx -> cells.set(tx, 0, tx.allocate(CELL)));
        Runnable user = () -> stm.atomic(tx -> {
            long ref = cells.get(tx, 0);
            if (ref != 0) {
                use.accept(tx, ref);
            }
        });
        Runnable killer = () -> {
            stm.atomic(tx -> {
                tx.free(CELL, cells.get(tx, 0));
                cells.set(tx, 0, 0);
            });
            stm.atomic(tx -> tx.allocate(CELL));
        };
        return new Story(List.of(user, killer), () -> {});
    }

    /** Makes an array of equal elements, its reference in a cell, and the element in its tag. */
    private static void publishArray(Transaction tx, Cells cells, int length, long element) {
        long array = tx.allocate(LONGS, length);
        for (int i = 0; i < length; i++) {
            tx.setLong(LONGS, array, i, 0, element);
        }
        cells.set(tx, 0, array);
        cells.setTag(tx, 0, element);
    }

    private static void freeArray(Transaction tx, Cells cells) {
        tx.free(LONGS, cells.get(tx, 0));
        cells.set(tx, 0, 0);
    }

    private static void readArray(Transaction tx, Cells cells, int... indices) {
        long array = cells.get(tx, 0);
        if (array == 0) {
            return;
        }
        long tag = cells.tag(tx, 0);
        for (int index : indices) {
            long element = tx.getLong(LONGS, array, index, 0);
            hold(element == tag, "read in another array: " + element);
        }
    }

    /** An array's place is used again while a reader is inside. */
    static Story arrayReuse(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        stm.atomic(tx -> publishArray(tx, cells, LENGTH, 7));
        boolean readOnly = random.nextBoolean();
        Runnable changer = () -> {
            stm.atomic(tx -> freeArray(tx, cells));
            stm.atomic(tx -> publishArray(tx, cells, LENGTH, 9));
        };
        Runnable reader = () -> {
            if (readOnly) {
                stm.readOnly(tx -> readArray(tx, cells, 0, LENGTH - 1));
            } else {
                stm.atomic(tx -> readArray(tx, cells, 0, LENGTH - 1));
            }
        };
        return new Story(List.of(changer, reader), reader);
    }

    /** An array's place is used again while a commit still stores into one of its stripes. */
    static Story lateStripeStore(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        stm.atomic(tx -> publishArray(tx, cells, LENGTH, 0));
        Runnable writer = () -> stm.atomic(tx -> {
            long array = cells.get(tx, 0);
            if (array != 0 && cells.tag(tx, 0) == 0) {
                tx.setLong(LONGS, array, 1, 0, 5);
            }
        });
        Runnable changer = () -> {
            stm.atomic(tx -> freeArray(tx, cells));
            stm.atomic(tx -> {
                cells.set(tx, 0, tx.allocate(LONGS, LENGTH));
                cells.setTag(tx, 0, 1);
            });
        };
        return new Story(
                List.of(writer, changer),
                () -> stm.readOnly(tx -> {
                    long found = tx.getLong(LONGS, cells.get(tx, 0), 1, 0);
                    hold(found == 0, "found in a new array: " + found);
                }));
    }

    /** The run of a large array becomes one of small objects while a reader is inside. */
    static Story spanReuse(Stm stm, SplittableRandom random) {
        Cells cells = Cells.make(stm, 1);
        stm.atomic(tx -> publishArray(tx, cells, SPAN_LENGTH, 7));
        List<Long> fillers = new ArrayList<>();
        try {
            while (true) {
                fillers.add(stm.atomicLong(tx -> tx.allocate(LONGS, SPAN_LENGTH)));
            }
        } catch (RegionFullException e) {
            // Two places for what the changer needs itself; the last is free once nothing runs.
            for (int i = 0; i < 3; i++) {
                long filler = fillers.get(i);
                stm.atomic(tx -> tx.free(LONGS, filler));
            }
        }
        Runnable changer = () -> {
            stm.atomic(tx -> freeArray(tx, cells));
            try {
                stm.atomic(tx -> tx.allocate(STRANGER));
                stm.atomic(tx -> tx.allocate(OTHER_STRANGER));
            } catch (RegionFullException e) {
                // The array's place must not be used while a reader may be inside.
            }
        };
        Runnable reader = () -> stm.readOnly(tx -> readArray(tx, cells, 5, SPAN_LENGTH - 1, 5));
        return new Story(List.of(changer, reader), () -> {});
    }

    /** A run in which only an uncommitted object is born does not go to another type. */
    static Story recycledUnderBirth(Stm stm, SplittableRandom random) {
        long[] made = new long[1];
        Runnable maker = () -> {
            long first = stm.atomicLong(tx -> made(tx, STRANGER));
            long second = stm.atomicLong(tx -> made(tx, STRANGER));
            stm.atomic(tx -> tx.free(STRANGER, first));
            stm.atomic(tx -> tx.free(STRANGER, second));
            made[0] = stm.atomicLong(tx -> made(tx, STRANGER));
        };
        Runnable recycler = () -> {
            stm.trim();
            stm.atomic(tx -> tx.setLong(OTHER_STRANGER, tx.allocate(OTHER_STRANGER), 0, 7));
            stm.trim();
        };
        return new Story(
                List.of(maker, recycler),
                () -> stm.atomic(tx -> {
                    long found = tx.getLong(STRANGER, made[0], 0);
                    hold(found == 5, () -> "found in the new object: " + found);
                    tx.free(STRANGER, made[0]);
                }));
    }

    /** A place goes from type to type while a reader uses references to what was there. */
    static Story recycled(Stm stm, SplittableRandom random) {
        long[] refs = new long[30];
        long first = stm.atomicLong(tx -> made(tx, STRANGER));
        Runnable recycler = () -> {
            stm.atomic(tx -> tx.free(STRANGER, first));
            for (int i = 0; i < refs.length; i++) {
                ObjectType type = i % 2 == 0 ? OTHER_STRANGER : STRANGER;
                refs[i] = stm.atomicLong(tx -> made(tx, type));
                for (int j = 0; j < i; j++) {
                    hold(refs[i] != refs[j], "a reference has come back");
                }
                long ref = refs[i];
                stm.atomic(tx -> tx.free(type, ref));
                stm.trim();
            }
        };
        Runnable reader = () -> {
            try {
                long value = stm.readOnlyLong(tx -> tx.getLong(STRANGER, first, 0));
                hold(value == 5, () -> "found at a stale reference: " + value);
            } catch (StaleReferenceException e) {
                // It was freed before.
            }
        };
        return new Story(List.of(recycler, () -> repeat(3, reader)), () -> {});
    }

    /** A run that was found empty may have seen one more life before it is taken. */
    static Story recycledMeanwhile(Stm stm, SplittableRandom random) {
        List<Long> seen = new ArrayList<>();
        Runnable life = () -> {
            long ref = stm.atomicLong(tx -> made(tx, STRANGER));
            hold(!seen.contains(ref), "a reference has come back");
            seen.add(ref);
            stm.atomic(tx -> tx.free(STRANGER, ref));
        };
        return new Story(
                List.of(() -> repeat(2, life), stm::trim),
                () -> repeat(30, () -> {
                    life.run();
                    stm.trim(); // So that the next is elsewhere, and at last where the first was.
                }));
    }

    private static long made(Transaction tx, ObjectType type) {
        long made = tx.allocate(type);
        tx.setLong(type, made, 0, type.equals(STRANGER) ? 5 : 7);
        return made;
    }
}
