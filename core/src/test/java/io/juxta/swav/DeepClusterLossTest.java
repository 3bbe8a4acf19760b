package io.juxta.swav;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** DeepCluster-v2's loss where some images have no cluster. */
class DeepClusterLossTest {
    @Test
    void unseenImagesGiveNoLoss() {
        try (PointerScope scope = new PointerScope()) {
            Tensor scores = torch.zeros(3, 5).to(ScalarType.Double).set_requires_grad(true);
            Tensor loss = DeepCluster.loss(scores, Tensor.create(new long[] {-100, 2, -100}), 0.1);
            loss.backward();
            assertThat(loss.item_double()).isCloseTo(Math.log(5), within(1e-12));
            assertThat(scores.grad().get(0).abs().sum().item_double()).isEqualTo(0);
            assertThat(scores.grad().get(1).abs().sum().item_double()).isGreaterThan(1);
            Tensor none = DeepCluster.loss(scores, Tensor.create(new long[] {-100, -100, -100}), 0.1);
            assertThat(none.item_double()).isEqualTo(0);
        }
    }
}
