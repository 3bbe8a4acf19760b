package io.juxta.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.torch.StateDict;
import io.juxta.weights.MocoKeys.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MocoKeysTest {
    @ParameterizedTest
    @CsvSource({"LINEAR, 642, 161, 23770304", "MLP, 646, 163, 27966656"})
    void aResNet50HasTheOriginalsEntries(ProjectionHead.Kind kind, int entries, int parameters, long count) {
        try (PointerScope scope = new PointerScope()) {
            ResNet encoder = new ResNet(
                    new ResNet.Options(Architecture.named("resnet50"), Architecture.Stem.IMAGENET, 64, 1), kind, 128);
            assertThat(StateDict.parameters(encoder)).hasSize(parameters);
            assertThat(StateDict.parameterCount(encoder)).isEqualTo(count);

            Map<String, Tensor> state = StateDict.of(encoder);
            Tensor queue = torch.empty(128, 65536);
            Tensor pointer = Tensor.create(new long[] {0}, 1);
            Map<String, Tensor> all = MocoKeys.join(state, state, queue, pointer);

            assertThat(all).hasSize(entries);
            List<String> names = new ArrayList<>(all.keySet());
            assertThat(names.subList(0, 9))
                    .containsExactly(
                            "module.queue",
                            "module.queue_ptr",
                            "module.encoder_q.conv1.weight",
                            "module.encoder_q.bn1.weight",
                            "module.encoder_q.bn1.bias",
                            "module.encoder_q.bn1.running_mean",
                            "module.encoder_q.bn1.running_var",
                            "module.encoder_q.bn1.num_batches_tracked",
                            "module.encoder_q.layer1.0.conv1.weight");
            assertThat(names.get(2 + state.size())).isEqualTo("module.encoder_k.conv1.weight");
            assertThat(names.get(names.size() - 1))
                    .isEqualTo(
                            kind == ProjectionHead.Kind.MLP
                                    ? "module.encoder_k.fc.2.bias"
                                    : "module.encoder_k.fc.bias");
            assertThat(StateDict.shape(MocoKeys.queue(all))).isEqualTo("(128, 65536)");
            assertThat(StateDict.shape(MocoKeys.pointer(all))).isEqualTo("(1)");
            assertThat(MocoKeys.encoder(all, Side.KEY).keySet()).containsExactlyElementsOf(state.keySet());
            assertThat(MocoKeys.backbone(all, Side.QUERY)).hasSize(318);
        }
    }

    @Test
    void namesWithoutModuleAreUnderstood() {
        try (PointerScope scope = new PointerScope()) {
            Tensor weight = Filler.tensor(1, ScalarType.Float, 2);
            Map<String, Tensor> bare = Map.of("encoder_q.conv1.weight", weight, "encoder_q.fc.bias", weight);
            assertThat(MocoKeys.backbone(bare, Side.QUERY)).containsOnlyKeys("conv1.weight");
            assertThatThrownBy(() -> MocoKeys.encoder(bare, Side.KEY))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("module.encoder_k.*");
            assertThatThrownBy(() -> MocoKeys.queue(bare))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("module.queue");
        }
    }
}
