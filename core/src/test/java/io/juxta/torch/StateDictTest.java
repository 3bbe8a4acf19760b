package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateDictTest {
    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Module module() {
        Module module = new Module("m");
        module.register_module("conv", Layers.conv2d(4, 6, 3, 1, 1));
        module.register_module("bn", new BatchNorm(6, 1));
        return module;
    }

    private static Map<String, Tensor> values() {
        Map<String, Tensor> values = new LinkedHashMap<>();
        StateDict.of(module()).forEach((name, tensor) -> values.put(name, torch.ones_like(tensor)));
        return values;
    }

    @Test
    void namesParametersThenBuffersThenChildren() {
        assertThat(StateDict.of(module()).keySet())
                .containsExactly(
                        "conv.weight",
                        "bn.weight",
                        "bn.bias",
                        "bn.running_mean",
                        "bn.running_var",
                        "bn.num_batches_tracked");
        assertThat(StateDict.parameters(module()).keySet()).containsExactly("conv.weight", "bn.weight", "bn.bias");
        assertThat(StateDict.parameterCount(module())).isEqualTo(4 * 6 * 9 + 12);
    }

    @Test
    void loadsIntoTheModulesOwnTensors() {
        Module module = module();
        Map<String, Tensor> own = StateDict.of(module);
        StateDict.load(module, values());
        own.forEach((name, tensor) -> assertThat(torch.equal(tensor, torch.ones_like(tensor)))
                .as(name)
                .isTrue());
    }

    @Test
    void missingAndUnknownNamesAreToldAndNothingIsLoaded() {
        Module module = module();
        Map<String, Tensor> values = values();
        values.put("bn.gamma", values.remove("bn.weight"));
        values.put("fc.weight", torch.ones(1));
        assertThatThrownBy(() -> StateDict.load(module, values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weights do not fit the model: 1 missing (bn.weight), 2 unknown (bn.gamma)");
    }

    @Test
    void aWrongShapeIsToldAndNothingIsLoaded() {
        Module module = module();
        Tensor before = StateDict.of(module).get("conv.weight").clone();
        Map<String, Tensor> values = values();
        values.put("bn.bias", torch.ones(1));
        assertThatThrownBy(() -> StateDict.load(module, values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weights do not fit the model: bn.bias is (1), the model needs (6)");
        assertThat(torch.equal(before, StateDict.of(module).get("conv.weight"))).isTrue();
    }

    @Test
    void layoutAndTypeChangeInPlace() {
        Module module = module();
        Tensor weight = StateDict.of(module).get("conv.weight");
        Tensor before = weight.clone();
        StateDict.channelsLast(module);
        assertThat(weight.is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
        assertThat(torch.equal(weight, before)).isTrue();
        StateDict.convert(module, ScalarType.Double);
        assertThat(weight.scalar_type().intern()).isEqualTo(ScalarType.Double);
        assertThat(weight.is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
        assertThat(weight.requires_grad()).isTrue();
        assertThat(StateDict.of(module)
                        .get("bn.num_batches_tracked")
                        .scalar_type()
                        .intern())
                .isEqualTo(ScalarType.Long);
        assertThat(StateDict.shape(Filler.tensor(1, ScalarType.Float, 2, 3))).isEqualTo("(2, 3)");
        assertThat(StateDict.shape(torch.scalar_tensor(new org.bytedeco.pytorch.Scalar(1))))
                .isEqualTo("()");
    }
}
