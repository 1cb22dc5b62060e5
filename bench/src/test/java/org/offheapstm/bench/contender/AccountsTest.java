package org.offheapstm.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Goal: by hand, by handle and by view the same work is done on objects of the same size. */
final class AccountsTest {
    private static final int ACCOUNTS = 10;
    private static final long NUMBERS = 45;
    private static final long REST =
            2 * Words.INITIAL + AccountAccess.ENTRIES + AccountAccess.BRANCH;

    @ParameterizedTest
    @EnumSource(names = {"OFFHEAP_STM", "STRUCT_HANDLE", "STRUCT_VIEW"})
    void anOperationTouchesThePicksItNamesAndNoOthers(Contender contender) {
        try (Words accounts = contender.accounts(ACCOUNTS)) {
            int[] picks = {7, 3, 5, 3};
            Actor actor = accounts.actor(picks);
            actor.update(1, 3);
            assertEquals(7 + REST, actor.sum(0, 1));
            assertEquals(3 + REST + 4, actor.sum(1, 1));
            assertEquals(5 + REST + 2, actor.sum(2, 1));
            assertEquals(NUMBERS + ACCOUNTS * REST + 6, accounts.total());
        }
    }
}
