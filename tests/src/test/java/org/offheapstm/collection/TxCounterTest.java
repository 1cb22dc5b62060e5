package org.offheapstm.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.TxAction;
import org.offheapstm.tests.Garbage;

/** Goal: the sum is exact, and adding never aborts. Method: two threads, and what may go wrong. */
final class TxCounterTest {
    private final Stm stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(16L << 20));

    private final TxCounter counter = stm.atomicGet(TxCounter::create);

    @AfterEach
    void close() {
        stm.close();
    }

    @Test
    void sumIsWhatTwoThreadsAddedAndNeitherWasAborted() throws InterruptedException {
        int adds = 100_000;
        Pair.run(which -> {
            for (int i = 0; i < adds; i++) {
                stm.atomic(tx -> counter.add(tx, 3 - which));
            }
        });
        assertEquals(0, Pair.overwritten(stm), () -> stm.statistics().toString());
        assertEquals(5L * adds, stm.readOnlyLong(counter::sum));
    }

    @Test
    void oneCellIsSharedWithoutAborts() throws InterruptedException {
        TxCounter single = stm.atomicGet(tx -> TxCounter.create(tx, 1));
        int adds = 100_000;
        Pair.run(which -> {
            for (int i = 0; i < adds; i++) {
                stm.atomic(tx -> single.add(tx, 1));
            }
        });
        assertEquals(2L * adds, stm.readOnlyLong(single::sum));
        assertEquals(0, Pair.overwritten(stm), () -> stm.statistics().toString());
    }

    @Test
    void sumSeesWhatThisTransactionAdded() {
        stm.atomic(tx -> {
            counter.add(tx, 4);
            assertEquals(4, counter.sum(tx));
            counter.add(tx, -1);
            assertEquals(3, counter.sum(tx));
        });
        assertEquals(3, stm.readOnlyLong(counter::sum));
    }

    @Test
    void additionsOfATransactionThatThrewAreGone() {
        assertThrows(
                ArithmeticException.class,
                () -> stm.atomic(tx -> {
                    counter.add(tx, 4);
                    throw new ArithmeticException("on purpose");
                }));
        assertEquals(0, stm.readOnlyLong(counter::sum));
    }

    @Test
    void freedCounterIsRefused() {
        TxCounter view = TxCounter.of(counter.ref());
        stm.atomic(counter::free);
        assertThrows(StaleReferenceException.class, () -> stm.readOnlyLong(view::sum));
        assertThrows(StaleReferenceException.class, () -> stm.atomic(tx -> view.add(tx, 1)));
    }

    @Test
    void numberOfCellsIsChecked() {
        for (int cells : new int[] {Integer.MIN_VALUE, 0, TxCounter.MAX_CELLS + 1}) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> stm.atomic(tx -> TxCounter.create(tx, cells)));
            assertTrue(refused.getMessage().contains("cells=" + cells), refused::getMessage);
        }
        TxCounter most = stm.atomicGet(tx -> TxCounter.create(tx, TxCounter.MAX_CELLS - 1));
        stm.atomic(tx -> most.add(tx, 7));
        assertEquals(7, stm.readOnlyLong(most::sum));
    }

    @Test
    void additionLeavesNoGarbage() {
        TxAction<RuntimeException> add = tx -> counter.add(tx, 1);
        long bytes = Garbage.ofSteadyState(() -> {
            for (int i = 0; i < 10_000; i++) {
                stm.atomic(add);
            }
        });
        assertEquals(0, bytes);
    }
}
