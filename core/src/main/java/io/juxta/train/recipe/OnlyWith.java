package io.juxta.train.recipe;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * A key that has an effect only where another has certain values. Who sets it for a run in which it has none is told so;
 * a recipe, which says all keys, may hold it all the same.
 */
@API(status = API.Status.INTERNAL)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface OnlyWith {
    /** The other key, of any record that is bound from the same recipe; where none of them has it, nothing is checked. */
    String key();

    /** The values with which it has an effect, as a recipe spells them; none for all but {@link #not}. */
    String[] in() default {};

    /** The value with which it has none, where {@link #in} is empty: a number's 0, or false. */
    String not() default "0";
}
