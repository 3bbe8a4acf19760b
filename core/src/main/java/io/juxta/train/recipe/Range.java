package io.juxta.train.recipe;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * Where the numbers of a record component end, those of its elements if it is a list. It is what people read of a key;
 * the record's constructor refuses, and may refuse more, such as values that do not go together.
 */
@API(status = API.Status.INTERNAL)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Range {
    /** The least value there may be. */
    double least() default Double.NEGATIVE_INFINITY;

    /** The largest value there may be. */
    double most() default Double.POSITIVE_INFINITY;

    /** What every value must be above. */
    double above() default Double.NEGATIVE_INFINITY;

    /** What every value must be below. */
    double below() default Double.POSITIVE_INFINITY;
}
