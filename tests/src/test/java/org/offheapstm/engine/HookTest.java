package org.offheapstm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.offheapstm.AbortCause;
import org.offheapstm.AtomicBlock;
import org.offheapstm.MisuseException;
import org.offheapstm.TransactionAbortedException;
import org.offheapstm.TxLocal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goal: hooks run when they should, once, in order, and what they throw goes where the contract
 * says. Method: each hook writes its name into a list.
 */
final class HookTest extends EngineTest {
    private final List<String> ran = new ArrayList<>();

    @Test
    void hooksRunAroundTheCommitInOrder() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.afterCommit(() -> ran.add("after 1, a=" + getElsewhere(a)));
            tx.beforeCommit(t -> {
                t.setLong(CELL, a, 0, t.getLong(CELL, a, 0) + 1);
                ran.add("before 1, a=" + getElsewhere(a));
                t.beforeCommit(u -> ran.add("before 3"));
                t.afterCommit(() -> ran.add("after 3"));
            });
            tx.afterRollback(() -> ran.add("rollback"));
            tx.afterCommit(() -> ran.add("after 2"));
            tx.beforeCommit(t -> ran.add("before 2"));
            tx.setLong(CELL, a, 0, 10);
            ran.add("body");
        });
        assertEquals(
                List.of(
                        "body",
                        "before 1, a=0",
                        "before 2",
                        "before 3",
                        "after 1, a=11",
                        "after 2",
                        "after 3"),
                ran);
    }

    @Test
    void hooksOfALostAttemptAreForgotten() {
        long a = cell(0);
        stm.atomic(tx -> {
            int attempt = tx.attempt();
            tx.afterCommit(() -> ran.add("commit " + attempt));
            tx.afterRollback(() -> ran.add("rollback " + attempt));
            tx.setLong(CELL, a, 0, 1);
            if (attempt < 3) {
                setElsewhere(a, 2);
            }
        });
        assertEquals(List.of("rollback 1", "rollback 2", "commit 3"), ran);
    }

    @Test
    void rollbackHookRunsWhenTheBodyThrows() {
        assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    tx.afterRollback(() -> ran.add("rollback"));
                    tx.afterCommit(() -> ran.add("commit"));
                    tx.beforeCommit(t -> ran.add("before"));
                    throw new IllegalStateException("no");
                }));
        stm.atomic(tx -> {});
        assertEquals(List.of("rollback"), ran);
    }

    @Test
    void rollbackHookOfAnUndoneBlockRunsWhenTheAttemptEnds() {
        stm.atomic(tx -> {
            assertThrows(
                    IllegalStateException.class,
                    () -> tx.nested(inner -> {
                        inner.afterRollback(() -> ran.add("rollback"));
                        throw new IllegalStateException("no");
                    }));
            ran.add("body");
        });
        assertEquals(List.of("body", "rollback"), ran);
    }

    @Test
    void exceptionBeforeCommitRollsBack() {
        long a = cell(0);
        IllegalStateException thrown = new IllegalStateException("no");
        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> stm.atomic(tx -> {
                            tx.setLong(CELL, a, 0, 1);
                            tx.beforeCommit(t -> {
                                throw thrown;
                            });
                            tx.afterRollback(() -> ran.add("rollback"));
                            tx.afterCommit(() -> ran.add("commit"));
                        })));
        assertEquals(0, get(a));
        assertEquals(List.of("rollback"), ran);
    }

    @Test
    void exceptionAfterCommitLetsTheOthersRunAndTheCommitStand() {
        long a = cell(0);
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> stm.atomic(tx -> {
                    tx.setLong(CELL, a, 0, 1);
                    tx.afterCommit(() -> {
                        throw new IllegalStateException("first");
                    });
                    tx.afterCommit(() -> {
                        throw new IllegalArgumentException("second");
                    });
                    tx.afterCommit(() -> ran.add("third"));
                }));
        assertEquals("first", thrown.getMessage());
        assertEquals("second", thrown.getSuppressed()[0].getMessage());
        assertEquals(List.of("third"), ran);
        assertEquals(1, get(a));
    }

    @Test
    void errorAfterCommitLetsTheOthersRun() {
        assertThrows(
                AssertionError.class,
                () -> stm.atomic(tx -> {
                    tx.afterCommit(() -> {
                        throw new AssertionError("first");
                    });
                    tx.afterCommit(() -> ran.add("second"));
                }));
        assertEquals(List.of("second"), ran);
    }

    @Test
    void transactionInsideAfterCommitIsOneOfItsOwn() {
        long a = cell(0);
        stm.atomic(tx -> {
            tx.setLong(CELL, a, 0, 1);
            tx.afterCommit(() -> {
                stm.atomic(own -> {
                    own.afterCommit(() -> ran.add("inner, a=" + getElsewhere(a)));
                    own.setLong(CELL, a, 0, own.getLong(CELL, a, 0) + 1);
                });
                ran.add("outer, a=" + getElsewhere(a));
            });
        });
        assertEquals(List.of("inner, a=2", "outer, a=2"), ran);
    }

    @Test
    void transactionInsideAfterRollbackDoesNotDisturbTheNextAttempt() {
        long a = cell(0);
        long log = cell(0);
        AtomicBlock block = AtomicBlock.named("outer").withMaxAttempts(5);
        stm.atomic(block, tx -> {
            tx.setLong(CELL, a, 0, tx.attempt());
            tx.afterRollback(() -> stm.readOnlyLong(own -> own.getLong(CELL, log, 0)));
            tx.afterRollback(() -> stm.atomic(own -> own.addLong(CELL, log, 0, 1)));
            assertSame(block, tx.block());
            if (tx.attempt() < 3) {
                setElsewhere(a, -1);
            }
        });
        assertEquals(3, get(a));
        assertEquals(2, get(log));
        assertEquals(2, aborts(AbortCause.WRITE_CONFLICT));
    }

    @Test
    void transactionInsideAfterRollbackDoesNotHideTheException() {
        long log = cell(0);
        IllegalStateException thrown = new IllegalStateException("no");
        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> stm.atomic(tx -> {
                            tx.afterRollback(() -> stm.atomic(own -> own.addLong(CELL, log, 0, 1)));
                            throw thrown;
                        })));
        assertEquals(1, get(log));
    }

    @Test
    void refusedRetryForgetsTheHooks() {
        assertThrows(
                MisuseException.class,
                () -> stm.atomic(tx -> {
                    tx.afterCommit(() -> ran.add("commit of a refused attempt"));
                    tx.afterRollback(() -> ran.add("rollback"));
                    throw tx.retry();
                }));
        stm.atomic(tx -> {});
        assertEquals(List.of("rollback"), ran);
    }

    @Test
    void hooksOfABlockThatReachedItsLimitAreForgotten() {
        long a = cell(0);
        assertThrows(
                TransactionAbortedException.class,
                () -> stm.atomic(AtomicBlock.named("once").withMaxAttempts(1), tx -> {
                    tx.afterCommit(() -> ran.add("commit"));
                    tx.afterRollback(() -> ran.add("rollback"));
                    tx.setLong(CELL, a, 0, 1);
                    setElsewhere(a, 2);
                }));
        stm.atomic(tx -> {});
        assertEquals(List.of("rollback"), ran);
    }

    /** More often than there are slots: none may stay behind. */
    @Test
    void exceptionAfterTheRollbackOfALostAttemptEndsTheBlock() {
        long a = cell(0);
        IllegalStateException thrown = new IllegalStateException("no");
        for (int round = 0; round < 2 * options().maxRunning(); round++) {
            assertSame(
                    thrown,
                    assertThrows(
                            IllegalStateException.class,
                            () -> stm.atomic(tx -> {
                                tx.afterRollback(() -> {
                                    throw thrown;
                                });
                                tx.afterRollback(() -> ran.add("rollback " + tx.attempt()));
                                tx.afterCommit(() -> ran.add("commit"));
                                tx.setLong(CELL, a, 0, 1);
                                setElsewhere(a, 2);
                            })));
            assertEquals(List.of("rollback 1"), ran);
            ran.clear();
        }
        assertEquals(2, get(a));
    }

    @Test
    void exceptionAfterTheRollbackOfANestedBlockLetsTheCommitStand() {
        long a = cell(0);
        IllegalStateException thrown = new IllegalStateException("no");
        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> stm.atomic(tx -> {
                            tx.setLong(CELL, a, 0, 1);
                            tx.orElse(
                                    first -> {
                                        first.afterRollback(() -> {
                                            throw thrown;
                                        });
                                        throw first.retry();
                                    },
                                    second -> null);
                            tx.afterCommit(() -> ran.add("commit"));
                        })));
        assertEquals(List.of("commit"), ran);
        assertEquals(1, get(a));
    }

    /** One exception thrown by two actions cannot suppress itself. */
    @Test
    void actionsThatThrowTheSameExceptionAllRun() {
        IllegalStateException shared = new IllegalStateException("no");
        Runnable throwing = () -> {
            ran.add("thrown");
            throw shared;
        };
        assertSame(
                shared,
                assertThrows(
                        IllegalStateException.class,
                        () -> stm.atomic(tx -> {
                            tx.afterCommit(throwing);
                            tx.afterCommit(throwing);
                            tx.afterCommit(() -> ran.add("last"));
                        })));
        assertEquals(List.of("thrown", "thrown", "last"), ran);
        assertSame(
                shared,
                assertThrows(
                        IllegalStateException.class,
                        () -> stm.atomic(tx -> {
                            tx.afterRollback(throwing);
                            throw shared;
                        })));
    }

    /** As some languages, and tricks with generics, allow. */
    @Test
    void actionsThatThrowACheckedExceptionDoNotKeepTheOthersFromRunning() {
        IOException checked = new IOException("no");
        IllegalStateException thrown = new IllegalStateException("the body's");
        Runnable throwing = () -> {
            throw HookTest.<RuntimeException>sneak(checked);
        };
        assertSame(
                checked,
                assertThrows(
                        IOException.class,
                        () -> stm.atomic(tx -> {
                            tx.afterCommit(throwing);
                            tx.afterCommit(() -> ran.add("last"));
                        })));
        assertSame(
                thrown,
                assertThrows(
                        IllegalStateException.class,
                        () -> stm.atomic(tx -> {
                            tx.afterRollback(throwing);
                            tx.afterRollback(() -> ran.add("last of all"));
                            throw thrown;
                        })));
        assertSame(checked, thrown.getSuppressed()[0]);
        assertEquals(List.of("last", "last of all"), ran);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void conflictBeforeCommitRunsTheBodyAgain() {
        long a = cell(0);
        long b = cell(0);
        stm.atomic(tx -> {
            tx.getLong(CELL, a, 0);
            tx.beforeCommit(t -> {
                if (t.attempt() == 1) {
                    other.run(() -> stm.atomic(o -> {
                        o.setLong(CELL, a, 0, 1);
                        o.setLong(CELL, b, 0, 1);
                    }));
                }
                ran.add("b=" + t.getLong(CELL, b, 0));
            });
        });
        assertEquals(List.of("b=1"), ran);
    }

    @Test
    void localIsMadeOncePerAttemptAndForgottenAfterIt() {
        long a = cell(0);
        TxLocal<List<Integer>> local =
                TxLocal.withInitial(tx -> new ArrayList<>(List.of(tx.attempt())));
        List<List<Integer>> values = new ArrayList<>();
        stm.atomic(tx -> {
            local.get(tx).add(10);
            values.add(local.get(tx));
            tx.setLong(CELL, a, 0, 1);
            if (tx.attempt() == 1) {
                setElsewhere(a, 2);
            }
        });
        assertEquals(List.of(List.of(1, 10), List.of(2, 10)), values);
        TxLocal<String> nothing = TxLocal.withInitial(tx -> null);
        stm.atomic(tx -> {
            assertNull(nothing.get(tx));
            nothing.set(tx, "set");
            assertEquals("set", nothing.get(tx));
            nothing.set(tx, null);
            assertNull(nothing.get(tx));
        });
    }

    @Test
    void localsAreSeparate() {
        TxLocal<String> one = TxLocal.withInitial(tx -> "one");
        TxLocal<String> two = TxLocal.withInitial(tx -> "two");
        stm.atomic(tx -> {
            one.set(tx, "1");
            assertEquals("two", two.get(tx));
            tx.nested(inner -> {
                two.set(inner, "2");
                return null;
            });
            assertEquals("1", one.get(tx));
            assertEquals("2", two.get(tx), "a nested block that succeeds keeps what it set");
        });
    }
}
