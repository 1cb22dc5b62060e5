package org.offheapstm.struct;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a field of a {@link Struct} a row of values; stands at its getter. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Length {
    /**
     * The number of values.
     *
     * @return a count, at least 1
     */
    int value();
}
