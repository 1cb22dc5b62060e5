package org.offheapstm.struct;

import org.offheapstm.ObjectType;
import org.offheapstm.Transaction;

import java.lang.foreign.StructLayout;

/**
 * A struct as a type of objects: its layout, its life, and the handles of its fields by name.
 *
 * @param <S> the struct's interface; for a type without one, any class that stands for it in the
 *     compiler's eyes
 */
public final class StructType<S> {
    private final Layout layout;
    private final ObjectType object;

    private StructType(Layout layout) {
        this.layout = layout;
        this.object = ObjectType.of(
                layout.name(), layout.describe(), layout.payloadBytes(), layout.referenceOffsets());
    }

    /**
     * The type of this layout.
     *
     * @param layout names and offsets
     * @param <S> the struct's interface
     * @return the type
     */
    public static <S> StructType<S> of(Layout layout) {
        return new StructType<>(layout);
    }

    /**
     * The type of a layout of the Foreign Memory API, with its offsets. Its members are values of
     * primitive types, addresses (which stand for references), structs, sequences of these, and
     * padding; all but the padding have names, so has the whole.
     *
     * @param layout names and offsets
     * @param <S> any class that stands for the struct
     * @return the type
     * @throws IllegalArgumentException if a member has no name, is not aligned to its size, is in
     *     another byte order than the machine's, or is a union or a sequence of sequences
     */
    public static <S> StructType<S> of(StructLayout layout) {
        return new StructType<>(ForeignLayout.read(layout));
    }

    /**
     * Names, offsets and sizes.
     *
     * @return the layout
     */
    public Layout layout() {
        return layout;
    }

    /**
     * The type that the engine knows.
     *
     * @return the type
     */
    public ObjectType object() {
        return object;
    }

    /**
     * A table of the layout: see {@link Layout#describe()}.
     *
     * @return several lines
     */
    public String describe() {
        return layout.describe();
    }

    @Override
    public String toString() {
        return layout.name();
    }

    // ---- life -----------------------------------------------------------------------------------

    /**
     * Makes an object whose fields are zero, texts empty, references null.
     *
     * @param tx the running transaction
     * @return the reference
     */
    public long allocate(Transaction tx) {
        return tx.allocate(object);
    }

    /**
     * Makes an object that exists after the block only if something leads to it when the block
     * commits: see {@link Transaction#allocateScratch(ObjectType)}.
     *
     * @param tx the running transaction
     * @return the reference
     */
    public long allocateScratch(Transaction tx) {
        return tx.allocateScratch(object);
    }

    /**
     * Ends an object.
     *
     * @param tx the running transaction
     * @param ref the object
     */
    public void free(Transaction tx, long ref) {
        tx.free(object, ref);
    }

    /**
     * Whether a reference could be used with this type now.
     *
     * @param tx the running transaction
     * @param ref any value
     * @return true if the object exists
     */
    public boolean exists(Transaction tx, long ref) {
        return tx.exists(object, ref);
    }

    // ---- handles; a path is a name, or outer.inner for a field of a nested struct

    /**
     * The handle of a {@code boolean}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public BooleanField<S> booleanField(String path) {
        return new BooleanField<>(object, layout.member(path));
    }

    /**
     * The handle of a {@code byte}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public ByteField<S> byteField(String path) {
        return new ByteField<>(object, layout.member(path));
    }

    /**
     * The handle of a {@code char}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public CharField<S> charField(String path) {
        return new CharField<>(object, layout.member(path));
    }

    /**
     * The handle of a {@code short}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public ShortField<S> shortField(String path) {
        return new ShortField<>(object, layout.member(path));
    }

    /**
     * The handle of an {@code int}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public IntField<S> intField(String path) {
        return new IntField<>(object, layout.member(path));
    }

    /**
     * The handle of a {@code float}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public FloatField<S> floatField(String path) {
        return new FloatField<>(object, layout.member(path));
    }

    /**
     * The handle of a {@code long}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public LongField<S> longField(String path) {
        return new LongField<>(object, layout.member(path));
    }

    /**
     * The handle of a {@code double}.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public DoubleField<S> doubleField(String path) {
        return new DoubleField<>(object, layout.member(path));
    }

    /**
     * The handle of a text.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public TextField<S> textField(String path) {
        return new TextField<>(object, layout.member(path));
    }

    /**
     * The handle of a reference.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @param <T> the interface of the struct referred to
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public <T> ReferenceField<S, T> referenceField(String path) {
        return new ReferenceField<>(object, layout.member(path));
    }

    /**
     * The handle of a struct inside this one.
     *
     * @param path name of the field, {@code outer.inner} for one of a nested struct
     * @param <T> the interface of the inner struct
     * @return the handle
     * @throws IllegalArgumentException if there is no such field, or it holds something else
     */
    public <T> NestedField<S, T> nestedField(String path) {
        return new NestedField<>(object, layout.member(path));
    }
}
