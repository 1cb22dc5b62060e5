package org.offheapstm.struct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.TxAction;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.Primitives;
import org.offheapstm.struct.sample.PrimitivesStruct;

import java.util.concurrent.CompletableFuture;

/**
 * Goal: adds do not conflict with adds, nor stripes with stripes, and what is read does. Method:
 * while the first attempt of a block runs, another thread commits one of its own; then the
 * attempts count.
 */
class ConflictTest {
    private static final LongArray LONGS = LongArray.of("longs");

    /** Runs both blocks as said, and returns how often the first was started. */
    private static int attempts(
            Stm stm, TxAction<RuntimeException> first, TxAction<RuntimeException> other) {
        return (int) stm.<RuntimeException>atomicLong(tx -> {
            first.run(tx);
            if (tx.attempt() == 1) {
                CompletableFuture.runAsync(() -> stm.atomic(other)).join();
            }
            return tx.attempt();
        });
    }

    @Test
    void addsByHandleAndByViewMeetWithoutAConflict() {
        try (Stm stm = Stage.open()) {
            long ref = stm.atomicLong(AccountStruct.TYPE::allocate);
            int attempts = attempts(
                    stm,
                    tx -> new AccountStruct().at(tx, ref).deposit(5),
                    tx -> AccountStruct.BALANCE.add(tx, ref, 7));
            assertEquals(1, attempts);
            assertEquals(12, stm.readOnlyLong(tx -> AccountStruct.BALANCE.get(tx, ref)));
        }
    }

    @Test
    void addsToRowsOfDoublesMeetWithoutAConflict() {
        try (Stm stm = Stage.open()) {
            long ref = stm.atomicLong(PrimitivesStruct.TYPE::allocate);
            int attempts = attempts(
                    stm,
                    tx -> new PrimitivesStruct().at(tx, ref).addToReals(1, 0.5),
                    tx -> PrimitivesStruct.REALS.add(tx, ref, 1, 0.25));
            assertEquals(1, attempts);
            assertEquals(0.75, stm.readOnlyGet(tx -> PrimitivesStruct.REALS.get(tx, ref, 1)));
        }
    }

    @Test
    void addsToElementsMeetWithoutAConflict() {
        StructArray<Primitives> type = StructArray.of(PrimitivesStruct.TYPE);
        DoubleArray reals = PrimitivesStruct.REAL.in(type);
        try (Stm stm = Stage.open()) {
            long array = stm.atomicLong(tx -> type.allocate(tx, 100));
            int attempts = attempts(
                    stm,
                    tx -> new PrimitivesStruct().at(tx, type, array, 50).addToReal(0.5),
                    tx -> reals.add(tx, array, 50, 0.25));
            assertEquals(1, attempts);
            assertEquals(0.75, stm.readOnlyGet(tx -> reals.get(tx, array, 50)));
        }
    }

    @Test
    void aReadAndAWriteDoConflict() {
        try (Stm stm = Stage.open()) {
            long ref = stm.atomicLong(AccountStruct.TYPE::allocate);
            int attempts = attempts(
                    stm,
                    tx -> AccountStruct.BALANCE.set(
                            tx, ref, AccountStruct.BALANCE.get(tx, ref) + 5),
                    tx -> AccountStruct.BALANCE.add(tx, ref, 7));
            assertEquals(2, attempts);
            assertEquals(12, stm.readOnlyLong(tx -> AccountStruct.BALANCE.get(tx, ref)));
        }
    }

    @Test
    void writersOfTwoStripesDoNotConflictAndOfOneDo() {
        try (Stm stm = Stage.open()) {
            long array = stm.atomicLong(tx -> LONGS.allocate(tx, 1_000));
            int perStripe = LONGS.type().elementsPerStripe();
            for (int other : new int[] {1, perStripe - 1, perStripe, 999}) {
                int attempts = attempts(
                        stm,
                        tx -> LONGS.set(tx, array, 0, LONGS.get(tx, array, 0) + 1),
                        tx -> LONGS.set(tx, array, other, other));
                assertEquals(other < perStripe ? 2 : 1, attempts, "element " + other);
            }
        }
    }
}
