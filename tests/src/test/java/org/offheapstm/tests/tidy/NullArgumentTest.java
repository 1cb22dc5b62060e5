package org.offheapstm.tests.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.offheapstm.ArrayType;
import org.offheapstm.AtomicBlock;
import org.offheapstm.HardwareCommits;
import org.offheapstm.HistoryPolicy;
import org.offheapstm.Merge;
import org.offheapstm.ObjectType;
import org.offheapstm.Snapshot;
import org.offheapstm.Stm;
import org.offheapstm.StmOptions;
import org.offheapstm.Transaction;
import org.offheapstm.TxLocal;
import org.offheapstm.collection.Blob;
import org.offheapstm.collection.BytesKey;
import org.offheapstm.collection.BytesMap;
import org.offheapstm.collection.BytesObjectMap;
import org.offheapstm.collection.LongMap;
import org.offheapstm.collection.TxCounter;
import org.offheapstm.struct.BooleanArray;
import org.offheapstm.struct.ByteArray;
import org.offheapstm.struct.CharArray;
import org.offheapstm.struct.DoubleArray;
import org.offheapstm.struct.Field;
import org.offheapstm.struct.FloatArray;
import org.offheapstm.struct.IntArray;
import org.offheapstm.struct.Kind;
import org.offheapstm.struct.Layout;
import org.offheapstm.struct.LongArray;
import org.offheapstm.struct.Member;
import org.offheapstm.struct.Ref;
import org.offheapstm.struct.ReferenceArray;
import org.offheapstm.struct.ShortArray;
import org.offheapstm.struct.StructArray;
import org.offheapstm.struct.sample.AccountStruct;
import org.offheapstm.struct.sample.PrimitivesStruct;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Goal: a null argument is refused by the very call that gets it, and leaves the transaction as it
 * was, so that it commits. Method: every public method and constructor of every exported class,
 * with null in the place of each of its arguments in turn and usable values in the others.
 */
final class NullArgumentTest {
    private static final ObjectType CELL = ObjectType.of("Cells of NullArgumentTest", 64);
    private static final ArrayType WORDS = ArrayType.of("Pairs of NullArgumentTest", 16);

    private static final ReferenceArray<?> NAMES = ReferenceArray.of("names");

    /** What may be null: a local, to have it made anew; what a member holds or refers to. */
    private static final Set<String> MAY_BE_NULL = Set.of("TxLocal.set 1", "Member 7", "Member 8");

    private static Stm stm;
    private static Snapshot snapshot;

    @BeforeAll
    static void open() {
        stm = Stm.open(StmOptions.DEFAULT.withCapacityBytes(64L << 20).withMaxRunning(4));
        snapshot = stm.openSnapshot();
    }

    @AfterAll
    static void close() {
        snapshot.close();
        stm.close();
    }

    @TestFactory
    Stream<DynamicTest> nullIsRefusedByTheCallThatGetsIt() {
        return new ClassFileImporter()
                .importUrl(EngineJar.location()).stream()
                        .filter(found -> ModuleTest.API.contains(found.getPackageName()))
                        .map(JavaClass::reflect)
                        .filter(type -> Modifier.isPublic(type.getModifiers()))
                        .filter(type -> !Throwable.class.isAssignableFrom(type))
                        .filter(type -> !type.isInterface() || type.isSealed())
                        .flatMap(NullArgumentTest::ways)
                        .flatMap(NullArgumentTest::calls);
    }

    private static Stream<Executable> ways(Class<?> type) {
        Stream<Executable> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> isWritten(method) && !method.getName().equals("equals"))
                .map(Executable.class::cast);
        return Stream.concat(methods, Arrays.stream(type.getConstructors()))
                .filter(way -> Modifier.isPublic(way.getModifiers()));
    }

    /** Not a bridge, but for those that make the methods of a superclass public with it. */
    private static boolean isWritten(Method method) {
        Class<?> parent = method.getDeclaringClass().getSuperclass();
        return !method.isBridge() || parent != null && !Modifier.isPublic(parent.getModifiers());
    }

    private static Stream<DynamicTest> calls(Executable way) {
        String method = way instanceof Method ? "." + way.getName() : "";
        String name = way.getDeclaringClass().getSimpleName() + method;
        return IntStream.range(0, way.getParameterCount())
                .filter(at -> !way.getParameterTypes()[at].isPrimitive())
                .filter(at -> !MAY_BE_NULL.contains(name + " " + at))
                .mapToObj(at -> dynamicTest(
                        name + Arrays.toString(way.getParameterTypes()) + " " + at,
                        () -> check(way, at)));
    }

    private static void check(Executable way, int at) {
        Class<?> owner = way.getDeclaringClass();
        if (owner == Stm.class || owner == Snapshot.class) {
            assertRefused(way, at, new Scene(null, 0, 0, 0));
            return;
        }
        long kept = stm.atomicLong(tx -> {
            Scene scene = Scene.in(tx);
            tx.setLong(CELL, scene.cell, 0, 7);
            assertRefused(way, at, scene);
            return scene.cell;
        });
        assertEquals(7, stm.readOnlyLong(tx -> tx.getLong(CELL, kept, 0)));
    }

    private static void assertRefused(Executable way, int at, Scene scene) {
        Object[] arguments = scene.arguments(way);
        arguments[at] = null;
        try {
            if (way instanceof Constructor<?> constructor) {
                constructor.newInstance(arguments);
            } else {
                boolean isStatic = Modifier.isStatic(way.getModifiers());
                Object on = isStatic ? null : scene.sample(way.getDeclaringClass(), way);
                ((Method) way).invoke(on, arguments);
            }
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof NullPointerException) {
                return;
            }
            throw new AssertionError(
                    "refused for another reason: " + way + ", argument " + at, e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
        fail("null was taken: " + way + ", argument " + at);
    }

    /** A transaction, or null, and what it works on. */
    private record Scene(Transaction tx, long cell, long words, long account) {
        static Scene in(Transaction tx) {
            return new Scene(
                    tx, tx.allocate(CELL), tx.allocate(WORDS, 4), AccountStruct.TYPE.allocate(tx));
        }

        Object[] arguments(Executable way) {
            Class<?>[] types = way.getParameterTypes();
            Object[] arguments = new Object[types.length];
            boolean anyLong = false;
            for (int i = 0; i < types.length; i++) {
                boolean isFirst = types[i] == long.class && !anyLong;
                anyLong |= isFirst;
                arguments[i] = isFirst ? (Object) ref(way) : sample(types[i], way);
            }
            return arguments;
        }

        /** What the first {@code long} of a method means: a reference, as a rule. */
        private long ref(Executable way) {
            Class<?> owner = way.getDeclaringClass();
            if (tx == null) {
                return 1;
            }
            if (owner == Blob.class) {
                return Blob.create(tx, new byte[16]);
            }
            if (owner == ReferenceArray.class) {
                return tx.allocate(NAMES.type(), 4);
            }
            if (Field.class.isAssignableFrom(owner)) {
                return account;
            }
            return List.of(way.getParameterTypes()).contains(ArrayType.class) ? words : cell;
        }

        Object sample(Class<?> type, Executable way) {
            Class<?> owner = way.getDeclaringClass();
            if (type == int.class) {
                boolean inWords = List.of(Transaction.class, ObjectType.class).contains(owner);
                boolean counts = List.of(Layout.Builder.class, ArrayType.class).contains(owner);
                return inWords ? 8 : counts || owner == TxCounter.class ? 1 : 0;
            }
            if (type.isPrimitive()) {
                return Array.get(Array.newInstance(type, 1), 0);
            }
            if (type == Member.class && Field.class.isAssignableFrom(owner)) {
                return ((Field<?>) sample(owner, way)).member();
            }
            return Stream.concat(tx == null ? Stream.empty() : inTransaction(), always())
                    .filter(type::isInstance)
                    .findFirst()
                    .orElseGet(() -> Proxy.newProxyInstance(
                            type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> null));
        }

        private Stream<Object> inTransaction() {
            AccountStruct view = new AccountStruct().at(tx, account);
            Ref<?> ref = new Ref<>(view, AccountStruct.PARENT);
            return Stream.of(
                    tx,
                    view,
                    ref,
                    LongMap.create(tx),
                    BytesMap.create(tx),
                    BytesObjectMap.create(tx, CELL),
                    TxCounter.create(tx));
        }

        private static Stream<Object> always() {
            return Stream.concat(
                    Stream.of(AccountStruct.class, PrimitivesStruct.class)
                            .flatMap(made -> Arrays.stream(made.getFields()))
                            .map(Scene::constant),
                    Stream.of(
                            CELL,
                            WORDS,
                            Merge.OR,
                            Kind.INT,
                            new byte[16],
                            new int[0],
                            new long[16],
                            "balance",
                            stm,
                            snapshot,
                            stm.statistics(),
                            stm.statistics().hardware(),
                            stm.roots(),
                            HardwareCommits.AUTO,
                            HistoryPolicy.END_OLDEST,
                            AtomicBlock.named("block"),
                            StmOptions.DEFAULT,
                            TxLocal.withInitial(tx -> "made"),
                            new BytesKey(),
                            Layout.named("Built"),
                            AccountStruct.TYPE.layout(),
                            AccountStruct.HOME.member(),
                            MemoryLayout.structLayout(ValueLayout.JAVA_LONG.withName("x")),
                            StructArray.of(AccountStruct.TYPE),
                            BooleanArray.of("x"),
                            ByteArray.of("x"),
                            CharArray.of("x"),
                            ShortArray.of("x"),
                            IntArray.of("x"),
                            FloatArray.of("x"),
                            LongArray.of("x"),
                            DoubleArray.of("x"),
                            NAMES));
        }

        private static Object constant(java.lang.reflect.Field constant) {
            try {
                return constant.get(null);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
    }
}
