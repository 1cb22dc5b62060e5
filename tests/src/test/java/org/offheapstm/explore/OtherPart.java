package org.offheapstm.explore;

import java.util.List;

/**
 * The switches of the engine that are not in {@link Part}: what goes wrong without them, and which
 * tests, or which runs of the models, show it. {@link SwitchTest} sees that those exist.
 */
enum OtherPart {
    /**
     * The fence between payload and second look. x86 keeps two loads in order; on AArch64 {@link
     * Ordering#TORN_READ} would show it.
     */
    LOOK_FENCE("lookFence", "Memory noRereadFence"),

    /**
     * The fence between LOCK and payload. x86 keeps two stores in order; on AArch64 {@link
     * Ordering#TORN_READ} would show it.
     */
    LOCK_FENCE("lockFence", "Memory noLockPayload"),

    /**
     * The tick of a commit that meets the clock's value as another slot's version. Memory does not
     * need it (run {@code noTieInMemory}), since nobody but a slot's own attempt accepts a version
     * that ties with the clock; a feed of commits in order does.
     */
    TIE_RULE("tieRule", "Escalate noTie"),

    /** The barrier between taking away and looking who runs. */
    QUIESCENCE_BARRIER(
            "quiescenceBarrier", "Memory noBarrierTso", "OrderingTest missingBarrierIsSeen"),

    /** The system's barrier; what takes its place is a fence in each attempt. */
    MEMBARRIER("membarrier", "OrderingTest orderIsKeptWithoutAProcessWideBarrier"),

    /** What an outer block has read, kept when an inner one writes it and then runs again. */
    SEALED_READS(
            "sealedReads", "Nest rerunUnsealed", "NestedRerunTest readOfTheOuterBlockIsMissed"),

    /** The run entry of a freed span, taken away before anybody looks who runs. */
    SPAN_HIDING("spanHiding", "Memory noTakeTso", "LateReaderTest placeThatKeepsItsRunEntryIsSeen"),

    /** The second grace period of a freed span, from when its run entry is gone. */
    HIDDEN_SPAN_QUIESCENCE(
            "hiddenSpanQuiescence", "LateReaderTest placeUsedAgainBesideAReaderIsSeen"),

    /** The read set of a commit in hardware. */
    HARDWARE_READS(
            "hardwareReads",
            "MixedCommitsTest readSetThatIsNotHandedOverIsSeen",
            "htm.EmulatedCommitsTest readSetThatIsNotHandedOverIsSeen"),

    /** The word that a commit in hardware stores with all others, to say that it is done. */
    HARDWARE_DONE(
            "hardwareDone",
            "MixedCommitsTest struckCommitThatIsTakenForAbsentIsSeen",
            "MixedCommitsTest struckEmulatedCommitThatIsTakenForAbsentIsSeen"),

    /** The question whether a snapshot was ended, after each load of what was kept for it. */
    ENDED_CHECK("endedCheck", "Commit noEndedCheck", "EndedReaderTest imageWrittenOverIsSeen");

    /** What the engine calls it. */
    final String name;

    /** Of each, a test class, of this package if it names none, and its test; or a model's run. */
    final List<String> proofs;

    OtherPart(String name, String... proofs) {
        this.name = name;
        this.proofs = List.of(proofs);
    }
}
