package org.offheapstm.bench.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;

class WordRecordTest {
    private static final int LANES = 3;
    private static final int POSTINGS = 23;

    private final WordRecord layout = new WordRecord(LANES);

    /**
     * Goal: what one lane writes for a word does not touch what another does, also when a head
     * moves on. Method: by hand, a whole transaction of one lane in the middle of another's.
     */
    @Test
    void lanesOfOneWordDoNotConflict() throws InterruptedException {
        assertEquals(1, attemptsOfLane0Around(1));
    }

    /** The opposite, so that the test above is known to see a conflict. */
    @Test
    void oneLaneConflictsWithItself() throws InterruptedException {
        assertEquals(2, attemptsOfLane0Around(0));
    }

    private int attemptsOfLane0Around(int otherLane) throws InterruptedException {
        int[] attempts = {0};
        try (Stm stm = Stm.open()) {
            long record = stm.atomicLong(tx -> tx.allocate(layout.type()));
            stm.atomicLong(tx -> layout.meet(tx, record, 0));
            long inner = stm.atomicLong(tx -> layout.meet(tx, record, otherLane));
            stm.<InterruptedException>atomic(tx -> {
                attempts[0] = tx.attempt();
                addSome(tx, layout.head(tx, record, 0), 0);
                if (tx.attempt() == 1) {
                    Thread.ofPlatform()
                            .start(() -> stm.atomic(other -> addSome(other, inner, POSTINGS)))
                            .join();
                }
            });
            assertEquals(2 * POSTINGS, total(stm, record, new Postings()));
        }
        return attempts[0];
    }

    private static void addSome(Transaction tx, long head, int first) {
        for (int document = first; document < first + POSTINGS; document++) {
            WordRecord.add(tx, head, document, 1, new long[WordRecord.CHUNK_WORDS]);
        }
    }

    /** Goal: nothing is lost or doubled, however full the last chunk is. */
    @Test
    void allPostingsOfAllLanesAreRead() {
        try (Stm stm = Stm.open()) {
            long record = stm.atomicLong(tx -> tx.allocate(layout.type()));
            Postings expected = new Postings();
            long total = 0;
            for (int document = 0; document < POSTINGS; document++) {
                int number = document;
                int count = Integer.MAX_VALUE - document;
                int lane = document % 2;
                stm.atomic(tx -> WordRecord.add(
                        tx,
                        layout.meet(tx, record, lane),
                        number,
                        count,
                        new long[WordRecord.CHUNK_WORDS]));
                expected.add(number, count);
                total += count;
                Postings found = new Postings();
                assertEquals(total, total(stm, record, found));
                found.sort();
                assertTrue(found.sameAs(expected), "documents=" + expected.size());
            }
        }
    }

    private long total(Stm stm, long record, Postings postings) {
        return stm.readOnlyLong(tx -> {
            postings.clear();
            return layout.read(tx, record, postings);
        });
    }
}
