package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Goal: what a body throws reaches the caller as it is, with everything undone; and a body that
 * swallows the engine's own signal cannot commit what it must not. Method: one body per kind of
 * throwable, through each of the four ways to run a block.
 */
final class ExceptionTest extends EngineTest {
    static Stream<Throwable> throwables() {
        return Stream.of(
                new IOException("checked"),
                new IllegalStateException("unchecked"),
                new AssertionError("error"),
                new StackOverflowError("error of the machine"));
    }

    /** Throws anything. */
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void raise(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void bodysExceptionReachesTheCallerUnchanged(Throwable thrown) {
        long a = cell(1);
        long[] made = new long[1];
        assertSame(
                thrown,
                assertThrows(
                        Throwable.class,
                        () -> stm.atomic(tx -> {
                            tx.setLong(CELL, a, 0, 2);
                            made[0] = tx.allocate(CELL);
                            ExceptionTest.<RuntimeException>raise(thrown);
                        })));
        assertSame(
                thrown,
                assertThrows(
                        Throwable.class,
                        () -> stm.atomicLong(tx -> {
                            tx.addLong(CELL, a, 0, 2);
                            ExceptionTest.<RuntimeException>raise(thrown);
                            return 0;
                        })));
        assertSame(
                thrown,
                assertThrows(
                        Throwable.class,
                        () -> stm.readOnly(tx -> ExceptionTest.<RuntimeException>raise(thrown))));
        assertSame(
                thrown,
                assertThrows(
                        Throwable.class,
                        () -> stm.readOnlyLong(tx -> {
                            ExceptionTest.<RuntimeException>raise(thrown);
                            return 0;
                        })));
        assertEquals(1, get(a));
        assertFalse(exists(CELL, made[0]));
        assertEquals(4, stm.statistics().rollbacks());
        set(a, 3);
        assertEquals(3, getElsewhere(a));
    }

    @Test
    void checkedExceptionIsPartOfTheSignature() {
        try {
            stm.atomic(tx -> {
                throw new IOException("declared");
            });
        } catch (IOException declared) {
            assertEquals("declared", declared.getMessage());
            return;
        }
        throw new AssertionError("nothing was thrown");
    }

    @Test
    void exceptionOfAnAttemptThatLostReachesNobody() {
        long a = cell(1);
        long b = cell(1);
        List<Integer> attempts = new ArrayList<>();
        stm.atomic(tx -> {
            attempts.add(tx.attempt());
            tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                changeBoth(a, b);
                try {
                    tx.getLong(CELL, b, 0);
                } catch (Throwable signal) {
                    throw new IllegalStateException("the body's own idea of it", signal);
                }
            }
        });
        assertEquals(List.of(1, 2), attempts);
    }

    private void changeBoth(long a, long b) {
        other.run(() -> stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 2);
            tx.setLong(CELL, b, 0, 2);
        }));
    }

    @Test
    void bodyThatSwallowsTheSignalCommitsNothing() {
        long a = cell(1);
        long b = cell(1);
        long c = cell(0);
        List<Integer> ends = new ArrayList<>();
        stm.atomic(tx -> {
            long seen = tx.getLong(CELL, a, 0);
            if (tx.attempt() == 1) {
                changeBoth(a, b);
                for (int i = 0; i < 3; i++) {
                    assertThrows(Throwable.class, () -> tx.getLong(CELL, b, 0));
                }
                assertThrows(Throwable.class, () -> tx.getLong(CELL, a, 0));
                assertThrows(Throwable.class, () -> tx.setLong(CELL, c, 0, 1));
                assertThrows(Throwable.class, () -> tx.addLong(CELL, c, 0, 1));
                assertThrows(Throwable.class, () -> tx.allocate(CELL));
                assertThrows(Throwable.class, () -> tx.free(CELL, c));
                assertThrows(Throwable.class, () -> tx.exists(CELL, c));
                assertThrows(Throwable.class, () -> tx.nested(inner -> inner.getLong(CELL, c, 0)));
                assertThrows(Throwable.class, tx::retry);
                ends.add(tx.attempt());
                return;
            }
            tx.setLong(CELL, c, 0, seen);
            ends.add(tx.attempt());
        });
        assertEquals(List.of(1, 2), ends, "the first attempt returned, and was run again");
        assertEquals(2, get(c));
    }

    @Test
    void nestedBlockThatSwallowsTheSignalDoesNotSaveTheAttempt() {
        long a = cell(1);
        long b = cell(1);
        List<Integer> ends = new ArrayList<>();
        stm.atomic(tx -> {
            tx.getLong(CELL, a, 0);
            try {
                tx.nested(inner -> {
                    if (inner.attempt() == 1) {
                        changeBoth(a, b);
                    }
                    return inner.getLong(CELL, b, 0);
                });
            } catch (Throwable swallowed) {
                assertThrows(Throwable.class, () -> tx.getLong(CELL, b, 0));
            }
            ends.add(tx.attempt());
        });
        assertEquals(List.of(1, 2), ends);
    }

    @Test
    void swallowedRetryIsStillARetry() {
        long a = cell(0);
        List<Integer> ends = new ArrayList<>();
        stm.atomic(tx -> {
            if (tx.getLong(CELL, a, 0) == 0) {
                setElsewhere(a, 1);
                assertThrows(Throwable.class, tx::retry);
            }
            ends.add(tx.attempt());
        });
        assertEquals(List.of(1, 2), ends);
    }

    @Test
    void lossIsCountedAlsoIfWhatRunsAfterItThrows() {
        long a = cell(0);
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    tx.afterRollback(() -> {
                        throw new IllegalStateException("after a loss");
                    });
                    tx.setLong(CELL, a, 0, 1);
                    setElsewhere(a, 2);
                }));
        assertEquals(1, stm.statistics().conflicts());
        assertEquals(0, stm.statistics().rollbacks());
    }

    @Test
    void resultIsThatOfTheAttemptThatCommitted() {
        long a = cell(1);
        assertEquals(2, stm.atomicLong(tx -> {
            tx.setLong(CELL, a, 0, 0);
            if (tx.attempt() == 1) {
                setElsewhere(a, 5);
            }
            return tx.attempt();
        }));
        assertEquals("x", stm.atomicGet(tx -> "x"));
        assertSame(null, stm.readOnlyGet(tx -> null));
    }
}
