package io.juxta.train.recipe;

import org.apiguardian.api.API;

/** A recipe that cannot be used as it stands. The message is one line and names the place, the key and the cure. */
@API(status = API.Status.EXPERIMENTAL)
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public RecipeException(String message) {
        super(message);
    }

    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
