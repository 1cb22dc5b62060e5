package org.offheapstm.bench.contender;

import org.offheapstm.HardwareCommits;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Who takes part. The names are the ones that appear in tables, in JSON and on the command line.
 *
 * <p>A process that measures opens one contender only. The others' actors are not even loaded, so
 * the JIT sees one implementation of each operation and compiles every contender's loop as if it
 * were written out by hand.
 */
public enum Contender {
    PLAIN("plain"),
    CAS("cas"),
    GLOBAL_LOCK("global lock"),
    STAMPED_LOCK("StampedLock"),
    CONCURRENT_HASH_MAP("ConcurrentHashMap"),
    MULTIVERSE("Multiverse"),
    SCALA_STM("ScalaSTM"),
    CLOJURE("Clojure refs"),
    OFFHEAP_STM("offheap-stm"),
    /** The engine again, its fields reached by the handles of a generated class. */
    STRUCT_HANDLE("struct handle"),
    /** The engine again, its fields reached by a generated flyweight. */
    STRUCT_VIEW("struct view"),
    /** The engine with hardware off. */
    STM_BY_LOCKS("offheap-stm by locks"),
    /** The engine with hardware required. */
    STM_IN_HARDWARE("offheap-stm in hardware"),
    /** The engine with every commit handed to the native part, which refuses it. */
    STM_REFUSED("offheap-stm refused"),
    /** The engine, which asks for the objects of a sum before it reads them. */
    STM_PREFETCHING("offheap-stm prefetching");

    private final String label;

    Contender(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    public static Optional<Contender> named(String label) {
        return Arrays.stream(values()).filter(c -> c.label.equals(label)).findFirst();
    }

    /** Their labels, for a message. */
    public static String labels(Collection<Contender> contenders) {
        return contenders.stream().map(Contender::label).collect(Collectors.joining(", "));
    }

    /** Objects of one word each. */
    public Words words(int size) {
        return switch (this) {
            case PLAIN -> PlainWords.objects(size);
            case CAS -> new CasWords(size);
            case GLOBAL_LOCK -> new GlobalLockWords(size);
            case STAMPED_LOCK -> new StampedLockWords(size);
            case MULTIVERSE -> new MultiverseWords(size);
            case SCALA_STM -> new ScalaStmWords(size);
            case CLOJURE -> new ClojureWords(size);
            case OFFHEAP_STM -> new OffHeapStmWords(size, HardwareCommits.AUTO);
            case STM_PREFETCHING -> OffHeapStmWords.prefetching(size);
            case STM_BY_LOCKS -> new OffHeapStmWords(size, HardwareCommits.OFF);
            case STM_IN_HARDWARE -> new OffHeapStmWords(size, HardwareCommits.REQUIRED);
            case STM_REFUSED -> {
                System.setProperty("offheapstm.htm.refusing", "true");
                yield new OffHeapStmWords(size, HardwareCommits.AUTO);
            }
            case CONCURRENT_HASH_MAP, STRUCT_HANDLE, STRUCT_VIEW -> throw notHere("words");
        };
    }

    /** Words of one array, 8 bytes apart: what a reader gains when objects share headers. */
    public Words packedWords(int size) {
        return switch (this) {
            case PLAIN -> PlainWords.packed(size);
            case OFFHEAP_STM -> new OffHeapStmPackedWords(size);
            default -> throw notHere("packed words");
        };
    }

    /** A hash map with keys 0 to keys-1. */
    public LongMap map(int keys) {
        return switch (this) {
            case PLAIN -> new PlainMap(keys);
            case GLOBAL_LOCK -> new GlobalLockMap(keys);
            case STAMPED_LOCK -> new StampedLockMap(keys);
            case CONCURRENT_HASH_MAP -> new ConcurrentMap(keys);
            case MULTIVERSE -> new MultiverseMap(keys);
            case SCALA_STM -> new ScalaStmMap(keys);
            case CLOJURE -> new ClojureMap(keys);
            case OFFHEAP_STM -> new OffHeapStmMap(keys);
            default -> throw notHere("map");
        };
    }

    /** Objects of several fields, reached by hand or by generated accessors. */
    public Words accounts(int size) {
        return switch (this) {
            case OFFHEAP_STM -> new Accounts(size, AccountAccess.ByHand::new);
            case STRUCT_HANDLE -> new Accounts(size, AccountAccess.ByHandle::new);
            case STRUCT_VIEW -> new Accounts(size, AccountAccess.ByView::new);
            default -> throw notHere("accounts");
        };
    }

    private UnsupportedOperationException notHere(String what) {
        return new UnsupportedOperationException(
                "contender has no such population: contender=" + label + ", asked=" + what);
    }
}
