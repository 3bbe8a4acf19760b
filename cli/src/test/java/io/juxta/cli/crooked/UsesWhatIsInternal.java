package io.juxta.cli.crooked;

import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import org.bytedeco.pytorch.Tensor;

/** A command as none may be; see {@code ApiTest}. */
final class UsesWhatIsInternal {
    private UsesWhatIsInternal() {}

    static String say(Tensor tensor) {
        return Recipe.named("folder/moco-v2").name() + StateDict.shape(tensor);
    }
}
