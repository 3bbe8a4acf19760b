package io.juxta.examples.crooked;

import io.juxta.torch.StateDict;
import io.juxta.train.recipe.Recipe;
import org.bytedeco.pytorch.Tensor;

/** An example as none may be; see {@code ApiTest}. */
final class UsesWhatIsInternal {
    private UsesWhatIsInternal() {}

    static String say(Tensor tensor) {
        return Recipe.named("folder/moco-v2").name() + StateDict.shape(tensor);
    }
}
