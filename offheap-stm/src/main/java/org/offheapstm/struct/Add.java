package org.offheapstm.struct;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a {@link Struct} add its argument to a {@code long} or {@code double} field at
 * commit, without reading it now: transactions that only add do not conflict.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Add {
    /**
     * The field.
     *
     * @return its name
     */
    String value();
}
