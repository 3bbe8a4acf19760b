package io.juxta.train.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.apiguardian.api.API;

/**
 * The recipe's key of a record component, where it is not the component's own name in kebab-case.
 *
 * <pre>{@code
 * record MocoOptions(@Key("K") @Default("65536") int queueSize, @Default("128") int dim) {}
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
    /** The key as the recipe spells it: kebab-case, or a paper's symbol such as {@code K}, {@code m}, {@code T}. */
    String value();
}
