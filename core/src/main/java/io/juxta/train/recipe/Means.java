package io.juxta.train.recipe;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * What a key is, for people: the one place where {@code juxta recipe} and docs/recipes.md take it from. {@link Default},
 * {@link Range} and {@link MayChange} say the rest.
 */
@API(status = API.Status.INTERNAL)
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Means {
    /** The key in a line: what it is, which value is for what, and in which runs it has no effect. */
    String value();

    /** What a number counts: {@code px}, {@code epochs}; empty for a bare number, and where there is none. */
    String unit() default "";

    /** The paper that the key is from; empty where there is none. */
    String source() default "";
}
