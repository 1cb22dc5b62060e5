package org.offheapstm.struct;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a struct. The annotated interface has accessors named as the fields; the annotation
 * processor in this jar generates a class of the same name with {@code Struct} behind it, in the
 * same package: a view of the struct, with the struct's type and the handles of its fields as
 * constants.
 *
 * {@snippet :
 * @Struct
 * public interface Account {
 *     long balance();                             // any primitive type
 *     void balance(long value);
 *
 *     @Add("balance")
 *     void deposit(long amount);                  // added at commit, without a conflict
 *
 *     @Length(8) int scores(int index);           // a row of 8
 *     void scores(int index, int value);
 *
 *     @Text(30) String owner();                   // at most 30 bytes of UTF-8
 *     void owner(CharSequence text);
 *
 *     Address home();                             // another struct, inside this one
 *     @Length(2) Address branches(int index);     // two of them
 *     Ref<Customer> customer();                   // a reference to another struct
 * }
 * }
 *
 * <p>Fields lie in the order in which their first accessor is declared: see {@link Layout}.
 * Default and static methods are left alone; a default {@code ref()} is refused, because the view
 * has one. The interface extends none and has no type parameters. It is a member of a package or of
 * a type: a local interface is not shown to annotation processors, so that no class is generated
 * for it, and no error can say so. In a file named after another type, javac's lint {@code
 * auxiliaryclass} complains of the generated class: nest the interface in that type.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Struct {}
