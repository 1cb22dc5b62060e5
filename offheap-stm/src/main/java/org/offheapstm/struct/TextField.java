package org.offheapstm.struct;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

/**
 * The handle of a text of a bounded number of UTF-8 bytes, or of a row of them.
 *
 * <p>Only {@code get} makes garbage, its result. A text is checked before anything is written; if
 * it changes after that, which only another thread or a strange {@code CharSequence} can do, the
 * call throws {@link java.util.ConcurrentModificationException}, and the field, though no other
 * byte, holds anything until it is set again or the transaction is rolled back.
 *
 * @param type the type of the object in which the struct lies
 * @param member where the field lies
 * @param <S> the struct's interface
 */
public record TextField<S>(ObjectType type, Member member) implements Field<S> {
    /**
     * Checks that the field lies inside the type.
     *
     * @throws IllegalArgumentException if it does not
     */
    public TextField {
        member.checkHandle(type, Kind.TEXT);
    }

    /**
     * The most bytes that a text may have.
     *
     * @return bytes in UTF-8
     */
    public int limit() {
        return member.size() - Layout.TEXT_PREFIX_BYTES;
    }

    /**
     * Reads it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @return the text, empty if none was written
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public String get(Transaction tx, long ref) {
        return TextWords.get(member, tx, type, null, ref, 0, member.only());
    }

    /**
     * Reads one of the row.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which text of the row
     * @return the text, empty if none was written
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public String get(Transaction tx, long ref, int index) {
        return TextWords.get(member, tx, type, null, ref, 0, member.at(index));
    }

    /**
     * Reads it.
     *
     * @param view points at the struct
     * @return the text, empty if none was written
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public String get(StructView<S> view) {
        return getAt(view, member.only());
    }

    /**
     * Reads one of the row.
     *
     * @param view points at the struct
     * @param index which text of the row
     * @return the text, empty if none was written
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public String get(StructView<S> view, int index) {
        return getAt(view, member.at(index));
    }

    /**
     * Writes it.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param text the new text
     * @throws TextTooLongException if it has more bytes than the limit
     * @throws IllegalArgumentException if it has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if it is null
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public void set(Transaction tx, long ref, CharSequence text) {
        TextWords.set(text, member, tx, type, null, ref, 0, member.only());
    }

    /**
     * Writes one of the row.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which text of the row
     * @param text the new text
     * @throws TextTooLongException if it has more bytes than the limit
     * @throws IllegalArgumentException if it has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if it is null
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public void set(Transaction tx, long ref, int index, CharSequence text) {
        TextWords.set(text, member, tx, type, null, ref, 0, member.at(index));
    }

    /**
     * Writes it.
     *
     * @param view points at the struct
     * @param text the new text
     * @throws TextTooLongException if it has more bytes than the limit
     * @throws IllegalArgumentException if it has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if it is null
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public void set(StructView<S> view, CharSequence text) {
        setAt(view, member.only(), text);
    }

    /**
     * Writes one of the row.
     *
     * @param view points at the struct
     * @param index which text of the row
     * @param text the new text
     * @throws TextTooLongException if it has more bytes than the limit
     * @throws IllegalArgumentException if it has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if it is null
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public void set(StructView<S> view, int index, CharSequence text) {
        setAt(view, member.at(index), text);
    }

    /**
     * Whether it is this text.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param text the text to compare with
     * @return true if both have the same characters
     * @throws IllegalArgumentException if the text has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if the text is null
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public boolean contentEquals(Transaction tx, long ref, CharSequence text) {
        return TextWords.contentEquals(text, member, tx, type, null, ref, 0, member.only());
    }

    /**
     * Whether one of the row is this text.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which text of the row
     * @param text the text to compare with
     * @return true if both have the same characters
     * @throws IllegalArgumentException if the text has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if the text is null
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public boolean contentEquals(Transaction tx, long ref, int index, CharSequence text) {
        return TextWords.contentEquals(text, member, tx, type, null, ref, 0, member.at(index));
    }

    /**
     * Whether it is this text.
     *
     * @param view points at the struct
     * @param text the text to compare with
     * @return true if both have the same characters
     * @throws IllegalArgumentException if the text has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if the text is null
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public boolean contentEquals(StructView<S> view, CharSequence text) {
        return contentEqualsAt(view, member.only(), text);
    }

    /**
     * Whether one of the row is this text.
     *
     * @param view points at the struct
     * @param index which text of the row
     * @param text the text to compare with
     * @return true if both have the same characters
     * @throws IllegalArgumentException if the text has no UTF-8, for an unpaired surrogate
     * @throws NullPointerException if the text is null
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public boolean contentEquals(StructView<S> view, int index, CharSequence text) {
        return contentEqualsAt(view, member.at(index), text);
    }

    /**
     * Appends it to a builder or writer.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param target where to append its characters
     * @throws java.io.UncheckedIOException if the target fails
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public void appendTo(Transaction tx, long ref, Appendable target) {
        TextWords.appendTo(target, member, tx, type, null, ref, 0, member.only());
    }

    /**
     * Appends one of the row to a builder or writer.
     *
     * @param tx the running transaction
     * @param ref the struct
     * @param index which text of the row
     * @param target where to append its characters
     * @throws java.io.UncheckedIOException if the target fails
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public void appendTo(Transaction tx, long ref, int index, Appendable target) {
        TextWords.appendTo(target, member, tx, type, null, ref, 0, member.at(index));
    }

    /**
     * Appends it to a builder or writer.
     *
     * @param view points at the struct
     * @param target where to append its characters
     * @throws java.io.UncheckedIOException if the target fails
     * @throws IndexOutOfBoundsException if the field is a row of several texts
     */
    public void appendTo(StructView<S> view, Appendable target) {
        appendToAt(view, member.only(), target);
    }

    /**
     * Appends one of the row to a builder or writer.
     *
     * @param view points at the struct
     * @param index which text of the row
     * @param target where to append its characters
     * @throws java.io.UncheckedIOException if the target fails
     * @throws IndexOutOfBoundsException if there is no such text
     */
    public void appendTo(StructView<S> view, int index, Appendable target) {
        appendToAt(view, member.at(index), target);
    }

    /**
     * This field of the struct that another struct holds.
     *
     * @param part the field of the other struct that holds this one
     * @param <W> the other struct's interface
     * @return its handle, for references to the other struct
     * @throws IllegalArgumentException if both are rows
     */
    public <W> TextField<W> in(NestedField<W, S> part) {
        return new TextField<>(part.type(), member.within(part.member()));
    }

    private String getAt(StructView<S> view, int at) {
        return TextWords.get(
                member,
                view.tx(),
                view.object(),
                view.arrayOrNull(),
                view.ref(),
                view.index(),
                view.base() + at);
    }

    private void setAt(StructView<S> view, int at, CharSequence text) {
        TextWords.set(
                text,
                member,
                view.tx(),
                view.object(),
                view.arrayOrNull(),
                view.ref(),
                view.index(),
                view.base() + at);
    }

    private boolean contentEqualsAt(StructView<S> view, int at, CharSequence text) {
        return TextWords.contentEquals(
                text,
                member,
                view.tx(),
                view.object(),
                view.arrayOrNull(),
                view.ref(),
                view.index(),
                view.base() + at);
    }

    private void appendToAt(StructView<S> view, int at, Appendable target) {
        TextWords.appendTo(
                target,
                member,
                view.tx(),
                view.object(),
                view.arrayOrNull(),
                view.ref(),
                view.index(),
                view.base() + at);
    }
}
