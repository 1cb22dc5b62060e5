package org.offheapstm.explore;

import org.offheapstm.Stm;

import java.util.SplittableRandom;

/** The scenarios by name. */
enum Scenario {
    PAIRS(Values::pairs),
    WORDS(Values::words),
    EXTENSION(Values::extension),
    SKEW(Values::skew),
    LOST_UPDATE(Values::lostUpdate),
    CLOCK_BEFORE_LOCK(Values::clockBeforeLock),
    READ_AND_MERGE(Values::readAndMerge),
    SERIAL(Histories::serial),
    SERIAL_WITH_ABORTS(Histories::serialWithAborts),
    BIRTH(Lives::birth),
    STALE(Lives::stale),
    MERGE_AFTER_FREE(Lives::mergeAfterFree),
    MERGE_THROUGH_ROOT(Lives::mergeThroughRoot),
    WRITTEN_THROUGH_ROOT(Lives::writtenThroughRoot),
    ARRAY_REUSE(Lives::arrayReuse),
    LATE_STRIPE_STORE(Lives::lateStripeStore),
    SPAN_REUSE(Lives::spanReuse),
    RECYCLED_UNDER_BIRTH(Lives::recycledUnderBirth),
    RECYCLED(Lives::recycled),
    RECYCLED_MEANWHILE(Lives::recycledMeanwhile),
    TAKE_AND_PUT(Waits::takeAndPut),
    ESCALATED(Waits::escalated),
    TWO_OWNERS(Waits::twoOwners),
    TWO_ESCALATED(Waits::twoEscalated),
    SNAPSHOT_SUMS(Instants::sums),
    SNAPSHOT_TWO(Instants::two),
    SNAPSHOT_PROMOTED(Instants::promoted),
    SNAPSHOT_FREED(Instants::freed),
    SNAPSHOT_GIVEN_BACK(Instants::givenBack),
    SNAPSHOT_MIX(Instants::mix),
    COLLECT_MOVED(Keepings::moved),
    COLLECT_REBORN(Keepings::reborn),
    COLLECT_PINNED(Keepings::pinned),
    COLLECT_LET_GO(Keepings::letGo),
    COLLECT_MIX(Keepings::mix);

    /** Makes a run: new objects in an engine, small choices drawn. */
    @FunctionalInterface
    interface Telling {
        Story story(Stm stm, SplittableRandom random);
    }

    private final Telling telling;

    Scenario(Telling telling) {
        this.telling = telling;
    }

    Story story(Stm stm, SplittableRandom random) {
        return telling.story(stm, random);
    }

    /** Whether the turn changes at looks at the run table too. */
    boolean stepsAtRunEntries() {
        return this == SPAN_REUSE;
    }

    /** Whether a run fills or spoils its engine. */
    boolean needsOwnEngine() {
        return this == SPAN_REUSE || this == COLLECT_MIX;
    }
}
