package org.offheapstm;

import java.util.Objects;
import java.util.function.Function;

/**
 * A Java value that belongs to one attempt of a transaction: made at first use, forgotten when the
 * attempt ends, restored when a nested block that set it rolls back.
 *
 * @param <T> the value
 */
public final class TxLocal<T> {
    private final Function<? super Transaction, ? extends T> initial;

    private TxLocal(Function<? super Transaction, ? extends T> initial) {
        this.initial = Objects.requireNonNull(initial, "initial");
    }

    /**
     * A transaction-local value.
     *
     * @param initial makes the value at its first use in an attempt
     * @param <T> the value
     * @return the local
     */
    public static <T> TxLocal<T> withInitial(Function<? super Transaction, ? extends T> initial) {
        return new TxLocal<>(initial);
    }

    /**
     * The value in this attempt, made if there is none yet.
     *
     * @param tx the running transaction
     * @return the value
     * @throws MisuseException if the transaction does not run on this thread
     */
    @SuppressWarnings("unchecked")
    public T get(Transaction tx) {
        Object value = tx.local(this);
        if (value == null) {
            T made = initial.apply(tx);
            tx.setLocal(this, made);
            return made;
        }
        return (T) value;
    }

    /**
     * Sets the value for the rest of this attempt, or until the nested block around the call rolls
     * back.
     *
     * @param tx the running transaction
     * @param value the new value, null to have it made anew at its next use
     * @throws MisuseException if the transaction does not run on this thread
     */
    public void set(Transaction tx, T value) {
        tx.setLocal(this, value);
    }
}
