package org.offheapstm.explore;

import static org.offheapstm.explore.Story.hold;

import org.offheapstm.Merge;
import org.offheapstm.StaleReferenceException;
import org.offheapstm.Stm;
import org.offheapstm.Transaction;
import org.offheapstm.explore.Model.Thing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A random program of transactions, run on an engine and on a {@link Model} at once: each read is
 * compared where it happens, and the whole state after each transaction.
 *
 * @param transactions each a list of operations
 */
record Program(List<List<Operation>> transactions) {
    private static final int MAX_TRANSACTIONS = 6;
    private static final int MAX_OPERATIONS = 10;
    private static final int MAX_DEPTH = 3;
    private static final int MAX_LENGTH = 80;

    private enum Kind {
        READ,
        READ_AGAIN,
        WRITE,
        WRITE_AGAIN,
        MERGE,
        READ_BYTES,
        WRITE_BYTES,
        MAKE_OBJECT,
        MAKE_ARRAY,
        FREE,
        EXISTS,
        NESTED,
        NESTED_THROWS,
        OR_ELSE,
        FIRST_RETRIES,
        THROW
    }

    /** What to do, with which of the things, and with what; inner ones for nested blocks. */
    private record Operation(
            Kind kind,
            int thing,
            int place,
            long value,
            List<Operation> first,
            List<Operation> second) {
        Operation with(List<Operation> newFirst, List<Operation> newSecond) {
            return new Operation(kind, thing, place, value, newFirst, newSecond);
        }

        @Override
        public String toString() {
            String inner = first.isEmpty() && second.isEmpty() ? "" : " " + first + second;
            return kind + "(" + thing + "." + place + " " + value + ")" + inner;
        }
    }

    /** What a body throws to end its block. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    static Program draw(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Operation>> transactions = new ArrayList<>();
        for (int count = random.nextInt(1, MAX_TRANSACTIONS + 1); count > 0; count--) {
            transactions.add(operations(random, 0));
        }
        return new Program(transactions);
    }

    private static List<Operation> operations(SplittableRandom random, int depth) {
        List<Operation> operations = new ArrayList<>();
        for (int count = random.nextInt(1, MAX_OPERATIONS + 1 - 2 * depth); count > 0; count--) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            if (kind == Kind.THROW && random.nextInt(4) != 0) {
                kind = Kind.MAKE_OBJECT;
            }
            boolean nests = kind.ordinal() >= Kind.NESTED.ordinal() && kind != Kind.THROW;
            if (nests && depth == MAX_DEPTH) {
                kind = Kind.WRITE;
                nests = false;
            }
            boolean two = kind == Kind.OR_ELSE || kind == Kind.FIRST_RETRIES;
            operations.add(new Operation(
                    kind,
                    random.nextInt(100),
                    random.nextInt(1000),
                    random.nextLong(1000),
                    nests ? operations(random, depth + 1) : List.of(),
                    two ? operations(random, depth + 1) : List.of()));
        }
        return operations;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<Operation> each : transactions) {
            text.append("\n  ").append(each);
        }
        return text.toString();
    }

    /** Smaller programs to try: without a transaction, an operation, or a block around some. */
    List<Program> shorter() {
        List<Program> all = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            all.add(new Program(replaced(transactions, i, List.of())));
            for (List<Operation> less : shorter(transactions.get(i))) {
                all.add(new Program(replaced(transactions, i, List.of(less))));
            }
        }
        return all;
    }

    private static List<List<Operation>> shorter(List<Operation> operations) {
        List<List<Operation>> all = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            Operation each = operations.get(i);
            all.add(replaced(operations, i, List.of()));
            if (!each.first.isEmpty()) {
                all.add(replaced(operations, i, each.first));
            }
            for (List<Operation> first : shorter(each.first)) {
                all.add(replaced(operations, i, List.of(each.with(first, each.second))));
            }
            for (List<Operation> second : shorter(each.second)) {
                all.add(replaced(operations, i, List.of(each.with(each.first, second))));
            }
        }
        return all;
    }

    private static <E> List<E> replaced(List<E> list, int index, List<E> by) {
        List<E> changed = new ArrayList<>(list.subList(0, index));
        changed.addAll(by);
        changed.addAll(list.subList(index + 1, list.size()));
        return changed;
    }

    /** Runs it; throws if engine and model differ. Everything made is freed again. */
    void run(Stm stm) {
        Model committed = new Model();
        for (List<Operation> each : transactions) {
            Model[] after = {committed};
            try {
                stm.atomic(tx -> {
                    Model model = committed.copy();
                    perform(tx, model, each);
                    after[0] = model;
                });
                committed.restore(after[0]);
            } catch (Refused e) {
                // Nothing of it happened.
            }
            stm.readOnly(tx -> compare(tx, committed));
            stm.atomic(tx -> compare(tx, committed));
        }
        stm.atomic(tx -> {
            for (Thing each : committed.things) {
                if (each.alive) {
                    tx.free(each.type, each.ref);
                }
            }
        });
    }

    private static void compare(Transaction tx, Model model) {
        for (Thing each : model.things) {
            hold(tx.exists(each.type, each.ref) == each.alive, () -> "exists, or not: " + model);
            for (int i = 0; each.alive && i < each.words.length; i++) {
                int word = i;
                long found = get(tx, each, i);
                hold(
                        found == each.words[word],
                        () -> "word " + word + ": " + found + " in " + model);
            }
        }
    }

    private static long get(Transaction tx, Thing thing, int word) {
        return thing.isArray()
                ? tx.getLong(Model.ARRAY, thing.ref, word, 0)
                : tx.getLong(Model.OBJECT, thing.ref, 8 * word);
    }

    private static void perform(Transaction tx, Model model, List<Operation> operations) {
        for (Operation each : operations) {
            switch (each.kind) {
                case MAKE_OBJECT ->
                    model.things.add(
                            new Thing(Model.OBJECT, tx.allocate(Model.OBJECT), new long[5]));
                case MAKE_ARRAY -> {
                    int length = each.place % MAX_LENGTH;
                    model.things.add(new Thing(
                            Model.ARRAY, tx.allocate(Model.ARRAY, length), new long[length]));
                }
                case NESTED, NESTED_THROWS -> nest(tx, model, each);
                case OR_ELSE, FIRST_RETRIES -> choose(tx, model, each);
                case THROW -> throw new Refused();
                default -> touch(tx, model.pick(each.thing), each);
            }
        }
    }

    private static void nest(Transaction tx, Model model, Operation operation) {
        Model before = model.copy();
        try {
            tx.nested(inner -> {
                perform(inner, model, operation.first);
                if (operation.kind == Kind.NESTED_THROWS) {
                    throw new Refused();
                }
                return null;
            });
        } catch (Refused e) {
            model.restore(before);
        }
    }

    private static void choose(Transaction tx, Model model, Operation operation) {
        Model before = model.copy();
        tx.orElse(
                inner -> {
                    perform(inner, model, operation.first);
                    if (operation.kind == Kind.FIRST_RETRIES) {
                        throw inner.retry();
                    }
                    return null;
                },
                inner -> {
                    model.restore(before);
                    perform(inner, model, operation.second);
                    return null;
                });
    }

    private static void touch(Transaction tx, Thing thing, Operation operation) {
        if (thing == null) {
            return;
        }
        if (operation.kind == Kind.EXISTS) {
            hold(tx.exists(thing.type, thing.ref) == thing.alive, "exists, or not");
        } else if (thing.alive) {
            touchAlive(tx, thing, operation);
        } else {
            boolean refused = false;
            try {
                get(tx, thing, 0);
            } catch (StaleReferenceException e) {
                refused = true;
            }
            hold(refused, "a dead object was read");
        }
    }

    private static void touchAlive(Transaction tx, Thing thing, Operation operation) {
        if (operation.kind == Kind.FREE) {
            tx.free(thing.type, thing.ref);
            thing.alive = false;
        } else if (thing.words.length != 0) {
            int word = operation.place % thing.words.length;
            switch (operation.kind) {
                case READ, READ_AGAIN -> {
                    long found = get(tx, thing, word);
                    hold(found == thing.words[word], () -> "read " + found + " of " + text(thing));
                }
                case MERGE -> merge(tx, thing, word, operation.value);
                case READ_BYTES, WRITE_BYTES -> bytes(tx, thing, operation);
                default -> {
                    if (thing.isArray()) {
                        tx.setLong(Model.ARRAY, thing.ref, word, 0, operation.value);
                    } else {
                        tx.setLong(Model.OBJECT, thing.ref, 8 * word, operation.value);
                    }
                    thing.words[word] = operation.value;
                }
            }
        }
    }

    private static String text(Thing thing) {
        return Arrays.toString(thing.words);
    }

    private static void merge(Transaction tx, Thing thing, int word, long operand) {
        Merge merge = Merge.values()[(int) operand % Merge.values().length];
        if (thing.isArray()) {
            tx.merge(Model.ARRAY, thing.ref, word, 0, merge, operand);
        } else {
            tx.merge(Model.OBJECT, thing.ref, 8 * word, merge, operand);
        }
        thing.words[word] = merge.apply(thing.words[word], operand);
    }

    private static void bytes(Transaction tx, Thing thing, Operation operation) {
        ByteBuffer all = ByteBuffer.allocate(8 * thing.words.length).order(ByteOrder.nativeOrder());
        all.asLongBuffer().put(thing.words);
        int from = operation.place % all.capacity();
        int length = (int) operation.value % (all.capacity() - from);
        byte[] found = new byte[length];
        if (operation.kind == Kind.READ_BYTES) {
            if (thing.isArray()) {
                tx.getBytes(Model.ARRAY, thing.ref, from, found, 0, length);
            } else {
                tx.getBytes(Model.OBJECT, thing.ref, from, found, 0, length);
            }
            byte[] expected = Arrays.copyOfRange(all.array(), from, from + length);
            hold(Arrays.equals(expected, found), () -> "bytes from " + from + " of " + text(thing));
            return;
        }
        IntStream.range(0, length).forEach(i -> found[i] = (byte) (operation.value + i));
        if (thing.isArray()) {
            tx.setBytes(Model.ARRAY, thing.ref, from, found, 0, length);
        } else {
            tx.setBytes(Model.OBJECT, thing.ref, from, found, 0, length);
        }
        all.put(from, found);
        all.asLongBuffer().get(thing.words);
    }
}
