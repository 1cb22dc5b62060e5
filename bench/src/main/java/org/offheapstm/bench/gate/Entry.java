package org.offheapstm.bench.gate;

import org.offheapstm.bench.contender.Contender;

/** Who runs a slice, and with how many threads. */
record Entry(Contender contender, int threads) {
    @Override
    public String toString() {
        return contender.label() + (threads == 1 ? "" : " x" + threads);
    }
}
