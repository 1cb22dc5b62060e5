package org.offheapstm.bench.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.offheapstm.bench.contender.Actor;
import org.offheapstm.bench.contender.Contender;
import org.offheapstm.bench.contender.Words;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Goal: a loop does what its essay says, and its batches join without a seam. Method: an actor that
 * writes down what it is asked.
 */
final class WorkloadTest {
    @Test
    void everyTenthBankOperationIsASumOfAHundred() {
        Recording words = new Recording(1_000);
        Loop loop = new BankLoop(words, 0);
        loop.run(7);
        loop.run(13);
        List<String> expected = new ArrayList<>();
        for (int turn = 1; turn <= 20; turn++) {
            expected.add(turn % 10 == 0 ? "sum of 100 drawn" : "transfer");
        }
        assertEquals(expected, words.asked);
        assertArrayEquals(IntStream.range(0, 1_000).toArray(), words.picks);
    }

    @Test
    void noTwoBankOperationsHaveTheSameSeed() {
        Recording words = new Recording(1_000);
        new BankLoop(words, 0).run(1_000);
        Loop other = new BankLoop(words, 1);
        other.run(400);
        other.run(600);
        assertEquals(2_000, new HashSet<>(words.seeds).size());
    }

    @Test
    void noOperationReachesBeyondThePicks() {
        Recording words = new Recording(1_000);
        int picks = Picks.random(1_000, 0).length;
        new UpdateLoop(words, 0, 100).run(picks / 100 + 2);
        assertEquals("update 0 100", words.asked.getFirst());
        assertEquals(
                "update " + (picks / 100 - 1) * 100 + " 100", words.asked.get(picks / 100 - 1));
        assertEquals("update 0 100", words.asked.get(picks / 100));
    }

    @Test
    void eachThreadHasACounterOfItsOwnOrOneWithAll() {
        Recording words = new Recording(CounterLoop.OBJECTS);
        CounterLoop.own(words, 0);
        int own = words.picks[0];
        CounterLoop.own(words, 1);
        assertNotEquals(own, words.picks[0]);
        CounterLoop.shared(words, 0);
        int shared = words.picks[0];
        CounterLoop.shared(words, 1);
        assertEquals(shared, words.picks[0]);
    }

    /** The sums depend on every transfer before them and on which accounts each one drew. */
    @Test
    void allContendersSeeTheSameBank() {
        long expected = seen(Workload.BANK_1000, Contender.PLAIN, 1_000);
        for (Contender contender : Workload.BANK_1000.contenders()) {
            assertEquals(expected, seen(Workload.BANK_1000, contender, 1_000), contender.label());
        }
    }

    @Test
    void packedWordsHoldTheSameValues() {
        for (Contender contender : Workload.READ_10_PACKED.contenders()) {
            assertEquals(
                    5 * 10 * Words.INITIAL,
                    seen(Workload.READ_10_PACKED, contender, 5),
                    contender.label());
        }
    }

    private static long seen(Workload workload, Contender contender, int operations) {
        try (Stage stage = workload.open(contender)) {
            return stage.loop(0).run(operations);
        }
    }

    /** Words that only remember what was asked. */
    private static final class Recording extends Words {
        private final List<String> asked = new ArrayList<>();
        private final List<Long> seeds = new ArrayList<>();
        private int[] picks = {};

        Recording(int size) {
            super(size);
        }

        @Override
        public Actor actor(int[] picks) {
            this.picks = picks;
            return new Actor() {
                @Override
                public void increment(int at) {
                    asked.add("increment " + at);
                }

                @Override
                public void transfer(long seed, long amount) {
                    asked.add("transfer");
                    seeds.add(seed);
                }

                @Override
                public long sum(int at, int count) {
                    asked.add("sum " + at + " " + count);
                    return 0;
                }

                @Override
                public long sumDrawn(long seed, int count) {
                    asked.add("sum of " + count + " drawn");
                    seeds.add(seed);
                    return 0;
                }

                @Override
                public void update(int at, int count) {
                    asked.add("update " + at + " " + count);
                }
            };
        }

        @Override
        public long total() {
            return 0;
        }
    }
}
