package org.offheapstm.internal.engine;

import org.offheapstm.NoSuchRootException;
import org.offheapstm.ObjectType;
import org.offheapstm.RootTypeException;
import org.offheapstm.Roots;
import org.offheapstm.StmType;
import org.offheapstm.Transaction;
import org.offheapstm.internal.layout.Directory;
import org.offheapstm.internal.layout.Reference;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** The roots of an engine: lists of objects that begin in the {@link Directory}. */
final class NamedRoots extends Roots {
    private static final ObjectType ROOT = ObjectType.of(
            "offheapstm.Root", Directory.ROOT_BYTES, Directory.NEXT, Directory.OBJECT);

    private final Engine engine;

    static {
        assert MAX_NAME_BYTES == Directory.MAX_NAME_BYTES;
    }

    NamedRoots(Engine engine) {
        this.engine = engine;
    }

    // ---- the list of a bucket

    /** The root of a name, or NULL. */
    private static long find(Attempt attempt, String name, byte[] bytes) {
        long root = attempt.bucket(Directory.bucket(name));
        while (root != Transaction.NULL && !hasName(attempt, root, bytes)) {
            root = attempt.getLong(ROOT, root, Directory.NEXT);
        }
        return root;
    }

    private static boolean hasName(Transaction tx, long root, byte[] bytes) {
        return tx.getLong(ROOT, root, Directory.NAME_BYTES) == bytes.length
                && Arrays.equals(nameBytes(tx, root), bytes);
    }

    private static byte[] nameBytes(Transaction tx, long root) {
        byte[] bytes = new byte[(int) tx.getLong(ROOT, root, Directory.NAME_BYTES)];
        tx.getBytes(ROOT, root, Directory.NAME, bytes, 0, bytes.length);
        return bytes;
    }

    private Attempt own(Transaction tx) {
        Objects.requireNonNull(tx, "tx");
        if (tx instanceof Attempt attempt && attempt.engine == engine) {
            return attempt;
        }
        throw Refusal.ofAnotherEngine(engine.options.name());
    }

    private static byte[] bytes(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("root refused: name=" + name + ", bytes="
                    + bytes.length + "; use 1 to " + MAX_NAME_BYTES);
        }
        return bytes;
    }

    // ---- what users call

    @Override
    public long get(Transaction tx, StmType type, String name) {
        Attempt attempt = own(tx);
        Objects.requireNonNull(type, "type");
        long root = find(attempt, name, bytes(name));
        if (root == Transaction.NULL) {
            throw new NoSuchRootException("root refused: name=" + name + ", engine="
                    + engine.options.name() + ", there are " + names(tx) + "; set it first");
        }
        long ref = attempt.getLong(ROOT, root, Directory.OBJECT);
        StmType found = engine.typeOf(ref);
        if (!type.equals(found) && found != null && attempt.exists(found, ref)) {
            throw new RootTypeException("root refused: name=" + name + ", type=" + type.name()
                    + ", found=" + found.name()
                    + (found.name().equals(type.name()) ? " of another shape" : "")
                    + "; ask for the type that it was set with");
        }
        if (!attempt.exists(type, ref)) {
            throw Refusal.stale(attempt, type, ref);
        }
        return ref;
    }

    /** What is wrong with the roots that a transaction sees. */
    List<String> faults(Transaction tx) {
        List<String> faults = new ArrayList<>();
        Attempt attempt = own(tx);
        for (String name : names(tx)) {
            long root = find(attempt, name, bytes(name));
            long ref = attempt.getLong(ROOT, root, Directory.OBJECT);
            StmType found = engine.typeOf(ref);
            if (found == null || !attempt.exists(found, ref)) {
                faults.add("root " + name + ": leads to no object, ref=" + Reference.describe(ref));
            }
        }
        return faults;
    }

    @Override
    public void set(Transaction tx, StmType type, String name, long ref) {
        Attempt attempt = own(tx);
        Objects.requireNonNull(type, "type");
        byte[] bytes = bytes(name);
        attempt.checkWritable();
        if (!attempt.exists(type, ref)) {
            throw Refusal.stale(attempt, type, ref);
        }
        long root = find(attempt, name, bytes);
        if (root == Transaction.NULL) {
            int bucket = Directory.bucket(name);
            root = tx.allocate(ROOT);
            tx.setLong(ROOT, root, Directory.NAME_BYTES, bytes.length);
            tx.setBytes(ROOT, root, Directory.NAME, bytes, 0, bytes.length);
            tx.setLong(ROOT, root, Directory.NEXT, attempt.bucket(bucket));
            attempt.bucket(bucket, root);
        }
        tx.setLong(ROOT, root, Directory.OBJECT, ref);
    }

    @Override
    public boolean remove(Transaction tx, String name) {
        Attempt attempt = own(tx);
        attempt.checkWritable();
        byte[] bytes = bytes(name);
        long before = Transaction.NULL;
        long root = attempt.bucket(Directory.bucket(name));
        while (root != Transaction.NULL && !hasName(tx, root, bytes)) {
            before = root;
            root = tx.getLong(ROOT, root, Directory.NEXT);
        }
        if (root == Transaction.NULL) {
            return false;
        }
        long next = tx.getLong(ROOT, root, Directory.NEXT);
        if (before == Transaction.NULL) {
            attempt.bucket(Directory.bucket(name), next);
        } else {
            tx.setLong(ROOT, before, Directory.NEXT, next);
        }
        tx.free(ROOT, root);
        return true;
    }

    @Override
    public boolean contains(Transaction tx, String name) {
        return find(own(tx), name, bytes(name)) != Transaction.NULL;
    }

    @Override
    public List<String> names(Transaction tx) {
        Attempt attempt = own(tx);
        List<String> names = new ArrayList<>();
        for (int bucket = 0; bucket < Directory.PAYLOAD_BYTES; bucket += Long.BYTES) {
            for (long root = attempt.bucket(bucket);
                    root != Transaction.NULL;
                    root = tx.getLong(ROOT, root, Directory.NEXT)) {
                names.add(new String(nameBytes(tx, root), StandardCharsets.UTF_8));
            }
        }
        Collections.sort(names);
        return names;
    }
}
