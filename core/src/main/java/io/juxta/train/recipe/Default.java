package io.juxta.train.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * What a record component is when the recipe does not say: the one place where a default stands. A component without
 * this annotation must be in the recipe, unless it is an {@link java.util.Optional}, which is then empty.
 */
@API(status = API.Status.INTERNAL)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    /** The value as a recipe would spell it: {@code "256"}, {@code "5e-4"}, {@code "[120, 160]"}. */
    String value();
}
