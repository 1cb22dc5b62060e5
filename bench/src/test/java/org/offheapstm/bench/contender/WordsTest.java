package org.offheapstm.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Goal: every contender does the work it is timed for. Method: two threads at full speed on one
 * population, which count what they do; the total must agree. The plain words, which promise
 * nothing, show that two threads do get in each other's way.
 */
final class WordsTest {
    private static final int OBJECTS = 10;
    private static final long NANOS = 150_000_000;

    /** Tries until threads that share a busy core must have met. */
    private static final int PATIENCE = 200;

    private static final long EXPECTED_TOTAL = OBJECTS * Words.INITIAL;
    private static final int[] ALL = IntStream.range(0, OBJECTS).toArray();

    private static Set<Contender> transactional() {
        return EnumSet.of(
                Contender.GLOBAL_LOCK,
                Contender.STAMPED_LOCK,
                Contender.MULTIVERSE,
                Contender.SCALA_STM,
                Contender.CLOJURE,
                Contender.OFFHEAP_STM,
                Contender.STM_PREFETCHING);
    }

    private static Set<Contender> plainAndTransactional() {
        Set<Contender> all = EnumSet.copyOf(transactional());
        all.add(Contender.PLAIN);
        return all;
    }

    private static Set<Contender> counting() {
        Set<Contender> all = EnumSet.copyOf(transactional());
        all.add(Contender.CAS);
        return all;
    }

    @ParameterizedTest
    @MethodSource("counting")
    void incrementsOfTwoThreadsAreAllCounted(Contender contender) throws Exception {
        try (Words words = contender.words(OBJECTS)) {
            long increments = increments(words);
            assertEquals(EXPECTED_TOTAL + increments, words.total());
        }
    }

    @Test
    void plainWordsLoseIncrementsOfTwoThreads() throws Exception {
        try (Words words = Contender.PLAIN.words(OBJECTS)) {
            long increments = 0;
            for (int i = 0; i < PATIENCE && words.total() == EXPECTED_TOTAL + increments; i++) {
                increments += increments(words);
            }
            assertTrue(words.total() < EXPECTED_TOTAL + increments, "no update was ever lost");
        }
    }

    @ParameterizedTest
    @MethodSource("transactional")
    void updatesInOppositeOrderAreAllCounted(Contender contender) throws Exception {
        try (Words words = contender.words(OBJECTS)) {
            Actor forward = words.actor(new int[] {0, 1});
            Actor backward = words.actor(new int[] {1, 0});
            long updates = both(i -> forward.update(0, 2), i -> backward.update(0, 2));
            assertEquals(EXPECTED_TOTAL + 2 * updates, words.total());
        }
    }

    @ParameterizedTest
    @MethodSource("transactional")
    void everySumBetweenTransfersIsTheTotal(Contender contender) throws Exception {
        try (Words words = contender.words(OBJECTS)) {
            assertEquals(0, wrongSums(words));
            assertEquals(EXPECTED_TOTAL, words.total());
        }
    }

    @Test
    void plainWordsAddUpToSomethingElseBetweenTransfers() throws Exception {
        try (Words words = Contender.PLAIN.words(OBJECTS)) {
            long wrong = 0;
            for (int i = 0; i < PATIENCE && wrong == 0; i++) {
                wrong = wrongSums(words);
            }
            assertTrue(wrong > 0, "no sum was ever wrong");
        }
    }

    @ParameterizedTest
    @MethodSource("transactional")
    void everyDrawnSumBetweenUpdatesOfAllIsOfEqualObjects(Contender contender) throws Exception {
        try (Words words = contender.words(OBJECTS)) {
            assertEquals(0, unequalSums(words));
        }
    }

    @Test
    void plainWordsAreUnequalBetweenUpdatesOfAll() throws Exception {
        try (Words words = Contender.PLAIN.words(OBJECTS)) {
            long unequal = 0;
            for (int i = 0; i < PATIENCE && unequal == 0; i++) {
                unequal = unequalSums(words);
            }
            assertTrue(unequal > 0, "no drawn sum was ever over unequal objects");
        }
    }

    @ParameterizedTest
    @MethodSource("plainAndTransactional")
    void anOperationTouchesThePicksItNamesAndNoOthers(Contender contender) {
        try (Words words = contender.words(OBJECTS)) {
            int[] picks = {7, 3, 5, 3};
            Actor actor = words.actor(picks);
            actor.increment(1);
            actor.update(0, 3);
            assertEquals(Words.INITIAL + 1, actor.sum(0, 1));
            assertEquals(Words.INITIAL + 1 + 1, actor.sum(1, 1));
            assertEquals(Words.INITIAL + 1, actor.sum(2, 1));
            assertEquals(EXPECTED_TOTAL + 4, words.total());
        }
    }

    @ParameterizedTest
    @MethodSource("plainAndTransactional")
    void aTransferMovesTheAmountFromTheFirstDrawToTheSecond(Contender contender) {
        try (Words words = contender.words(OBJECTS)) {
            Actor actor = words.actor(ALL);
            long[] expected = new long[OBJECTS];
            long seed = 1;
            for (int i = 0; i < 1_000; i++) {
                seed = Draw.nextSeed(seed);
                int[] drawn = drawn(seed, 2);
                expected[drawn[0]] -= i;
                expected[drawn[1]] += i;
                actor.transfer(seed, i);
            }
            for (int object = 0; object < OBJECTS; object++) {
                assertEquals(Words.INITIAL + expected[object], actor.sum(object, 1));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("plainAndTransactional")
    void aDrawnSumIsOverTheSeedsDraws(Contender contender) {
        try (Words words = contender.words(OBJECTS)) {
            Actor actor = words.actor(ALL);
            for (int object = 0; object < OBJECTS; object++) {
                for (int times = 0; times < object; times++) {
                    actor.increment(object);
                }
            }
            for (long seed = 1; seed < 100; seed++) {
                long expected =
                        50 * Words.INITIAL + Arrays.stream(drawn(seed, 50)).sum();
                assertEquals(expected, actor.sumDrawn(seed, 50));
            }
        }
    }

    private static int[] drawn(long seed, int count) {
        return LongStream.iterate(Draw.next(seed), Draw::next)
                .limit(count)
                .mapToInt(draw -> Draw.index(draw, OBJECTS))
                .toArray();
    }

    @ParameterizedTest
    @MethodSource("plainAndTransactional")
    void withoutAProtocolTheSameObjectsAreRead(Contender contender) {
        try (Words words = contender.words(OBJECTS)) {
            Actor actor = words.actor(ALL);
            for (int object = 0; object < OBJECTS; object += 3) {
                actor.increment(object);
                assertEquals(words.total(), words.unsynchronisedTotal());
            }
        }
    }

    @Test
    void theEngineCountsReadersThatMetAWriter() throws Exception {
        try (Words words = Contender.OFFHEAP_STM.words(OBJECTS)) {
            assertEquals(new Reruns(0, 0), words.reruns().orElseThrow());
            long promotions = 0;
            for (int i = 0; i < PATIENCE && promotions == 0; i++) {
                wrongSums(words);
                promotions = words.reruns().orElseThrow().promotions();
            }
            assertTrue(promotions > 0, "no reader ever met the writer");
            assertTrue(words.reruns().orElseThrow().aborts() >= promotions);
        }
    }

    /** Two threads increment one object; how often they did. */
    private static long increments(Words words) throws Exception {
        Actor one = words.actor(new int[] {4});
        Actor other = words.actor(new int[] {4});
        return both(i -> one.increment(0), i -> other.increment(0));
    }

    /** One thread makes transfers, one adds everything up; how often the sum was not the total. */
    private static long wrongSums(Words words) throws Exception {
        Actor giving = words.actor(ALL);
        Actor adding = words.actor(ALL);
        LongAdder wrong = new LongAdder();
        both(i -> giving.transfer(Draw.nextSeed(i), 1 + i % 7), i -> {
            if (adding.sum(0, OBJECTS) != EXPECTED_TOTAL) {
                wrong.increment();
            }
        });
        return wrong.sum();
    }

    /**
     * One thread adds 1 to all objects, one adds up a thousand that it draws; how often these
     * cannot have been equal.
     */
    private static long unequalSums(Words words) throws Exception {
        int drawn = 1_000;
        Actor updating = words.actor(ALL);
        Actor adding = words.actor(ALL);
        LongAdder unequal = new LongAdder();
        both(i -> updating.update(0, OBJECTS), i -> {
            if (adding.sumDrawn(Draw.nextSeed(i), drawn) % drawn != 0) {
                unequal.increment();
            }
        });
        return unequal.sum();
    }

    /** Both threads at full speed for a while; how many operations they did together. */
    private static long both(LongConsumer one, LongConsumer other) throws Exception {
        AtomicInteger absent = new AtomicInteger(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Long> first = threads.submit(() -> operations(absent, one));
            Future<Long> second = threads.submit(() -> operations(absent, other));
            return first.get() + second.get();
        }
    }

    private static long operations(AtomicInteger absent, LongConsumer operation) {
        absent.decrementAndGet();
        while (absent.get() > 0) {
            Thread.onSpinWait();
        }
        long end = System.nanoTime() + NANOS;
        long operations = 0;
        while (System.nanoTime() - end < 0) {
            operation.accept(operations++);
        }
        return operations;
    }
}
