package org.offheapstm.struct;

import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.TxAction;

/** Where the tests of this room run their transactions: each on an engine of its own. */
final class Stage {
    private Stage() {}

    static Stm open() {
        return Stm.open(StmOptions.DEFAULT.withName("struct").withCapacityBytes(64L << 20));
    }

    static void atomic(TxAction<RuntimeException> body) {
        try (Stm stm = open()) {
            stm.atomic(body);
        }
    }
}
