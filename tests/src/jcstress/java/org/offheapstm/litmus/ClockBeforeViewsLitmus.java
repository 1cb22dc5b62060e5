package org.offheapstm.litmus;

import org.offheapstm.explore.Ordering;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** {@link Ordering#CLOCK_BEFORE_VIEWS}: what is ordered, and on which hardware it would show. */
@JCStressTest
@Outcome(
        id = "1, 1",
        expect = Expect.FORBIDDEN,
        desc = "the clock after the tick, and the snapshot not announced")
@Outcome(expect = Expect.ACCEPTABLE, desc = "at most one side saw its half")
@State
public class ClockBeforeViewsLitmus {
    private final long at = Words.take();

    @Actor
    public void left(JJ_Result r) {
        r.r1 = Ordering.CLOCK_BEFORE_VIEWS.left(at);
    }

    @Actor
    public void right(JJ_Result r) {
        r.r2 = Ordering.CLOCK_BEFORE_VIEWS.right(at);
    }
}
