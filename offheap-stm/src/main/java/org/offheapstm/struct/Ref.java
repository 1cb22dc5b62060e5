package org.offheapstm.struct;

import org.offheapstm.Transaction;

import java.util.Objects;

/**
 * A typed reference to another struct, as a part of the struct that a view points at: what an
 * accessor {@code Ref<Customer> customer()} of a struct's interface returns. It moves with its
 * view.
 *
 * {@snippet :
 * account.customer().set(customer); // both are views
 * account.customer().follow(customer).name("Ann");
 * while (!node.next().isNull()) { // down a list with one view
 *     node.next().follow(node);
 * }
 * }
 *
 * @param <T> the interface of the struct referred to
 */
public final class Ref<T> {
    private final StructView<?> holder;
    private final Member member;
    private int index;

    /**
     * The reference in what a view points at; for generated code.
     *
     * @param holder the view
     * @param field the field
     * @param <S> the interface of the struct that holds the reference
     */
    public <S> Ref(StructView<S> holder, ReferenceField<S, T> field) {
        this.holder = Objects.requireNonNull(holder, "holder");
        this.member = field.member();
    }

    /**
     * Turns to one of a row of references; for generated code.
     *
     * @param newIndex which of them
     * @return this
     * @throws IndexOutOfBoundsException if there is no such reference
     */
    public Ref<T> at(int newIndex) {
        member.at(newIndex);
        index = newIndex;
        return this;
    }

    /**
     * Reads it.
     *
     * @return the reference, {@link Transaction#NULL} for none
     */
    public long get() {
        return Word.get(holder, member.at(index), Long.BYTES);
    }

    /**
     * Whether it refers to nothing.
     *
     * @return true for {@link Transaction#NULL}
     */
    public boolean isNull() {
        return get() == Transaction.NULL;
    }

    /**
     * Writes it. That the reference is to a {@code T} is not checked here, but where it is used.
     *
     * @param target the new reference, {@link Transaction#NULL} for none
     */
    public void set(long target) {
        Word.set(holder, member.at(index), Long.BYTES, target);
    }

    /**
     * Writes it.
     *
     * @param target points at the object to refer to
     * @throws IllegalArgumentException if it points at nothing, or at a part of an object or array
     */
    public void set(StructView<T> target) {
        set(target.wholeRef());
    }

    /**
     * Points a view at the object that this refers to. Of a null reference, each access through the
     * view is refused.
     *
     * @param view the view to point; may be the one that holds this reference
     * @param <V> the view's class
     * @return the view
     */
    public <V extends StructView<T>> V follow(V view) {
        ((StructView<T>) view).point(holder.tx(), get());
        return view;
    }
}
