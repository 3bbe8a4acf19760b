package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayersTest {
    @ParameterizedTest
    @CsvSource({"4, 6, 1, 1, 1", "4, 6, 1, 2, 1", "4, 6, 3, 1, 1", "4, 6, 3, 2, 1", "4, 6, 3, 2, 2", "3, 8, 7, 2, 1"})
    void convolutionsHaveTheirStridePaddingAndGroups(int in, int out, int kernel, int stride, int groups) {
        try (PointerScope scope = new PointerScope()) {
            Conv2dImpl layer = Layers.conv2d(in, out, kernel, stride, groups);
            Tensor x = Filler.tensor(1, ScalarType.Float, 2, in, 9, 11);
            Tensor expected = torch.conv2d(
                    x,
                    layer.weight(),
                    new TensorOptional(),
                    new long[] {stride, stride},
                    new long[] {kernel / 2, kernel / 2},
                    new long[] {1, 1},
                    groups);
            Tensor actual = layer.forward(x);
            assertThat(torch.equal(actual, expected)).isTrue();
            assertThat(actual.size(2)).isEqualTo((9 - 1) / stride + 1);
            assertThat(actual.size(3)).isEqualTo((11 - 1) / stride + 1);
            assertThat(StateDict.shape(layer.weight()))
                    .isEqualTo("(" + out + ", " + in / groups + ", " + kernel + ", " + kernel + ")");
            assertThat(StateDict.parameters(layer)).containsOnlyKeys("weight");
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 6, 2, 1", "4, 6, 3, 4", "4, 6, 3, 3"})
    void whatCannotBeBuiltIsRefused(int in, int out, int kernel, int groups) {
        assertThatThrownBy(() -> Layers.conv2d(in, out, kernel, 1, groups))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the kernel must be odd");
    }

    @Test
    void aFullyConnectedLayerStartsUniform() {
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            LinearImpl layer = Layers.linear(400, 100);
            double bound = 1 / 20.0;
            assertThat(layer.weight().abs().max().item_double()).isBetween(0.99 * bound, bound);
            assertThat(layer.bias().abs().max().item_double()).isBetween(0.8 * bound, bound);
            assertThat(layer.weight().std().item_double())
                    .isBetween(0.95 * bound / Math.sqrt(3), 1.05 * bound / Math.sqrt(3));
        }
    }
}
