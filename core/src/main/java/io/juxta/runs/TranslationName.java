package io.juxta.runs;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;

/** What a recipe of translation says that it is of. */
record TranslationName(
        @Default(TranslationName.METHOD) @Means("what is trained: cut, for all of its family")
        String method) {
    static final String METHOD = "cut";

    TranslationName {
        if (!method.equals(METHOD)) {
            throw new IllegalArgumentException(
                    "method " + method + " does not translate: only cut does; give this recipe to juxta pretrain");
        }
    }
}
