package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TxLongFunction;

import java.io.IOException;

/**
 * Goal: every form of a block gives back the body's result, throws the body's exception, and keeps
 * the limits that it is given. Method: the same bodies through each form.
 */
final class CallFormsTest extends EngineTest {
    private static final AtomicBlock ONCE = AtomicBlock.named("once").withMaxAttempts(1);

    private enum Form {
        ATOMIC {
            @Override
            <X extends Exception> long run(Stm stm, AtomicBlock block, TxLongFunction<X> body)
                    throws X {
                long[] result = {0};
                stm.atomic(block, tx -> result[0] = body.applyAsLong(tx));
                return result[0];
            }
        },
        ATOMIC_GET {
            @Override
            <X extends Exception> long run(Stm stm, AtomicBlock block, TxLongFunction<X> body)
                    throws X {
                return Long.parseLong(
                        stm.atomicGet(block, tx -> Long.toString(body.applyAsLong(tx))));
            }
        },
        ATOMIC_LONG {
            @Override
            <X extends Exception> long run(Stm stm, AtomicBlock block, TxLongFunction<X> body)
                    throws X {
                return stm.atomicLong(block, body);
            }
        },
        READ_ONLY_GET {
            @Override
            <X extends Exception> long run(Stm stm, AtomicBlock block, TxLongFunction<X> body)
                    throws X {
                return Long.parseLong(
                        stm.readOnlyGet(block, tx -> Long.toString(body.applyAsLong(tx))));
            }
        },
        READ_ONLY_LONG {
            @Override
            <X extends Exception> long run(Stm stm, AtomicBlock block, TxLongFunction<X> body)
                    throws X {
                return stm.readOnlyLong(block, body);
            }
        };

        abstract <X extends Exception> long run(Stm stm, AtomicBlock block, TxLongFunction<X> body)
                throws X;

        boolean writes() {
            return compareTo(READ_ONLY_GET) < 0;
        }
    }

    /** Reads a cell, and another that has changed since. */
    private long loseOnce(Transaction tx, long a, long b) {
        long seen = tx.getLong(CELL, a, 0);
        if (tx.attempt() == 1) {
            other.run(() -> stm.atomic(o -> {
                o.setLong(CELL, a, 0, 5);
                o.setLong(CELL, b, 0, 5);
            }));
        }
        return seen + tx.getLong(CELL, b, 0);
    }

    @ParameterizedTest
    @EnumSource
    void resultOfTheAttemptThatCommittedIsGivenBack(Form form) {
        long a = cell(1);
        long b = cell(1);
        assertEquals(10, form.run(stm, AtomicBlock.named("any"), tx -> loseOnce(tx, a, b)));
    }

    @ParameterizedTest
    @EnumSource
    void limitOfTheBlockIsKeptAndItsNameSaid(Form form) {
        long a = cell(1);
        long b = cell(1);
        TransactionAbortedException refused = assertThrows(
                TransactionAbortedException.class,
                () -> form.run(stm, ONCE, tx -> loseOnce(tx, a, b)));
        assertEquals(1, refused.attempts());
        assertTrue(refused.getMessage().contains("block=once"), refused.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void exceptionOfTheBodyArrivesUnchanged(Form form) {
        IOException thrown = new IOException("of the body");
        assertEquals(
                thrown,
                assertThrows(
                        IOException.class,
                        () -> form.run(stm, ONCE, tx -> {
                            throw thrown;
                        })));
    }

    @ParameterizedTest
    @EnumSource
    void onlyBlocksThatMayWriteDo(Form form) {
        long a = cell(1);
        TxLongFunction<RuntimeException> write = tx -> {
            tx.setLong(CELL, a, 0, 2);
            return 3;
        };
        if (form.writes()) {
            assertEquals(3, form.run(stm, ONCE, write));
            assertEquals(2, get(a));
        } else {
            assertThrows(MisuseException.class, () -> form.run(stm, ONCE, write));
            assertEquals(1, get(a));
        }
    }

    @Test
    void engineMayBeOpenedWithoutOptions() {
        try (Stm second = Stm.open()) {
            assertEquals(StmOptions.DEFAULT, second.options());
            long a = second.atomicLong(tx -> tx.allocate(CELL));
            assertEquals(0, second.readOnlyLong(tx -> tx.getLong(CELL, a, 0)));
        }
    }
}
