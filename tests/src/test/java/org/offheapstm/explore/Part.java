package org.offheapstm.explore;

/**
 * Every check and order that safety rests on and that shows when turns change between accesses: its
 * name in the engine, and the scenario that goes wrong without it.
 *
 * <p>The others are in {@link OtherPart}. Test of these: {@link ExplorationTest}, {@code
 * engineWithoutAPartDoesNot(PART)}.
 */
enum Part {
    SECOND_HEADER_LOOK("secondHeaderLook", Scenario.PAIRS),
    VERSION_CHECK("versionCheck", Scenario.PAIRS),
    LOCK_CHECK("lockCheck", Scenario.PAIRS),
    PAYLOAD_BEFORE_HEADER("payloadBeforeHeader", Scenario.PAIRS),
    FULL_WORD_CAS("fullWordCas", Scenario.LOST_UPDATE),
    COMMIT_VALIDATION("commitValidation", Scenario.SKEW),
    LOCK_CHECK_IN_VALIDATION("lockCheckInValidation", Scenario.SKEW),
    LOCK_TAKES_SLOT("lockTakesSlot", Scenario.SKEW),
    CLOCK_AFTER_LOCKS("clockAfterLocks", Scenario.CLOCK_BEFORE_LOCK),
    EXTEND_VALIDATION("extendValidation", Scenario.EXTENSION),
    EXTEND_LOG_VALIDATION("extendLogValidation", Scenario.EXTENSION),
    CLOCK_BEFORE_VALIDATION("clockBeforeValidation", Scenario.EXTENSION),
    TICK("tick", Scenario.EXTENSION),
    MERGED_READ_CHECK("mergedReadCheck", Scenario.READ_AND_MERGE),
    MERGE_CHECK("mergeCheck", Scenario.MERGE_AFTER_FREE),
    BIRTH_LOCK("birthLock", Scenario.BIRTH),
    GENERATION_CHECK("generationCheck", Scenario.STALE),
    FREED_CHECK("freedCheck", Scenario.STALE),
    OWN_SLOT_RULE("ownSlotRule", Scenario.STALE),
    STRIPE_HEAD_RECHECK("stripeHeadRecheck", Scenario.ARRAY_REUSE),
    CLEAR_STRIPES_WAIT("clearStripesWait", Scenario.LATE_STRIPE_STORE),
    SPAN_QUIESCENCE("spanQuiescence", Scenario.SPAN_REUSE),
    RECYCLE_LISTED("recycleListed", Scenario.RECYCLED_UNDER_BIRTH),
    RECYCLE_FLOOR("recycleFloor", Scenario.RECYCLED),
    RECYCLE_LATE_NOTE("recycleLateNote", Scenario.RECYCLED_MEANWHILE),
    WAITER_COUNT_BEFORE_LOOK("waiterCountBeforeLook", Scenario.TAKE_AND_PUT),
    WAITER_COUNT_AFTER_LOCKS("waiterCountAfterLocks", Scenario.TAKE_AND_PUT),
    WAKE("wake", Scenario.TAKE_AND_PUT),
    OWNED_CHECK("ownedCheck", Scenario.ESCALATED),
    TOKEN_EXCLUSIVE("tokenExclusive", Scenario.TWO_ESCALATED),
    BEFORE_IMAGES("beforeImages", Scenario.SNAPSHOT_SUMS),
    IMAGE_BEFORE_HEADER("imageBeforeHeader", Scenario.SNAPSHOT_SUMS),
    COUNT_BEFORE_TICK("countBeforeTick", Scenario.SNAPSHOT_SUMS),
    SNAPSHOT_LOCK_WAIT("snapshotLockWait", Scenario.SNAPSHOT_SUMS),
    LOOK_PER_VERSION("lookPerVersion", Scenario.SNAPSHOT_TWO),
    CLOCK_BEFORE_VIEWS("clockBeforeViews", Scenario.SNAPSHOT_GIVEN_BACK),
    LIMBO("limbo", Scenario.SNAPSHOT_FREED),
    PENDING_SNAPSHOT("pendingSnapshot", Scenario.SNAPSHOT_FREED),
    MARK_REFERENCES("markReferences", Scenario.COLLECT_MOVED),
    SWEEP_YOUNG("sweepYoung", Scenario.COLLECT_MOVED),
    SWEEP_SECOND_LOOK("sweepSecondLook", Scenario.COLLECT_REBORN),
    COLLECT_QUIESCENCE("collectQuiescence", Scenario.COLLECT_PINNED),
    CLOSED_PINS("closedPins", Scenario.COLLECT_LET_GO);

    /** What the engine calls it. */
    final String name;

    final Scenario scenario;

    Part(String name, Scenario scenario) {
        this.name = name;
        this.scenario = scenario;
    }
}
