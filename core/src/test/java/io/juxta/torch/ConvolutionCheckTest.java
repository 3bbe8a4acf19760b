package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** With libtorch 2.10 the first fails on a machine that hides the sizes of its caches, or ends the process. */
class ConvolutionCheckTest {
    @Test
    void convolutionsAreRightHere() {
        assertThat(ConvolutionCheck.wrong()).isEmpty();
    }

    /** It says at each convolution that it cannot start, on some machines, in the midst of what a command says. */
    @Test
    void nnpackIsNotAsked() {
        try (PointerScope scope = new PointerScope()) {
            Layers.conv2d(3, 8, 3, 1, 1, true).forward(Filler.tensor(1, ScalarType.Float, 4, 3, 16, 16));
            assertThat(torch.globalContext().userEnabledNNPACK()).isFalse();
        }
    }
}
