package org.offheapstm.struct;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Bounds the text of a field of a {@link Struct}; stands at its getter. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface Text {
    /**
     * The most that the text may have.
     *
     * @return bytes in UTF-8, at least 1
     */
    int value();
}
