package org.offheapstm.internal.engine;

import static java.lang.invoke.MethodType.methodType;

import org.offheapstm.Transaction;
import org.offheapstm.TxAction;
import org.offheapstm.TxFunction;
import org.offheapstm.TxLongFunction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * How a user's body is called: so that the compiler never inlines it into the loop of attempts.
 *
 * <p>A body is compiled best in a unit of its own. Inlined into the loop, behind what begins an
 * attempt and before what commits it, it finds the budget for nodes half spent (see {@link
 * org.offheapstm.internal.memory.Memory}), and a loop in it shares registers with all that the
 * handler of a conflict needs: a sum over 100,000 objects kept its counter and its total on the
 * stack. Which bodies are inlined there was a matter of what was compiled first, and changed while
 * a program ran: scans beside a writer fell from 3,100 to 1,800 a second after two seconds.
 *
 * <p>The way to say so without a flag is a call through a {@link MethodHandle} that is no constant,
 * so these fields are not final; CompiledUnitsTest
 * sees to that. It costs about 2 ns. Medians of three JVMs each, without and with:
 * update of one object 48 and 44 ns, of 2 65 and 67 (80 in one JVM of three), of 10 260 and 244, of
 * 100 2,450 and 2,130; a transfer among 1,000 objects 92.5 and 90; scans beside a writer 1,800 and
 * 3,400 a second.
 */
final class BodyCall {
    private static MethodHandle action = method(TxAction.class, "run", void.class);

    private static MethodHandle function = method(TxFunction.class, "apply", Object.class);

    private static MethodHandle longFunction =
            method(TxLongFunction.class, "applyAsLong", long.class);

    private BodyCall() {}

    private static MethodHandle method(Class<?> body, String name, Class<?> result) {
        try {
            return MethodHandles.lookup()
                    .findVirtual(body, name, methodType(result, Transaction.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a body's method is not there: " + name, e);
        }
    }

    @SuppressWarnings("unchecked") // Why: the result of a body of T; null is that of an action.
    static <T> T run(TxFunction<T, ?> body, Transaction tx) throws Throwable {
        if (body instanceof TxAction<?> act) { // Not by its apply, which is one call more.
            action.invokeExact(act, tx);
            return null;
        }
        return (T) (Object) function.invokeExact(body, tx);
    }

    static long runLong(TxLongFunction<?> body, Transaction tx) throws Throwable {
        return (long) longFunction.invokeExact(body, tx);
    }
}
