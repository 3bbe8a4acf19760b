package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class AutocastTest {
    private static final Device CPU = new Device("cpu");

    /** Golden AMP-2, measured in Python: what a region on a CPU makes of float32. */
    @Test
    void typesAreThoseOfTheOriginal() {
        try (PointerScope scope = new PointerScope();
                Autocast region = Autocast.open(Precision.BFLOAT16, CPU)) {
            Tensor x = Filler.tensor(1, ScalarType.Float, 4, 3, 8, 8);
            Tensor rows = Filler.tensor(2, ScalarType.Float, 4, 6);
            Tensor low = rows.mm(rows.t());
            assertThat(type(low)).isEqualTo(ScalarType.BFloat16);
            assertThat(type(Layers.conv2d(3, 8, 3, 1, 1).forward(x))).isEqualTo(ScalarType.BFloat16);
            assertThat(type(Layers.linear(6, 5).forward(rows))).isEqualTo(ScalarType.BFloat16);
            assertThat(type(low.softmax(1))).as("follows").isEqualTo(ScalarType.BFloat16);
            assertThat(type(low.exp())).as("follows").isEqualTo(ScalarType.BFloat16);
            assertThat(type(low.sum())).as("follows").isEqualTo(ScalarType.BFloat16);
            assertThat(type(rows.softmax(1))).as("follows").isEqualTo(ScalarType.Float);
            assertThat(type(low.prod())).isEqualTo(ScalarType.Float);
            assertThat(type(low.add(rows.mm(rows.t()).to(ScalarType.Float)))).isEqualTo(ScalarType.Float);
            assertThat(type(new BatchNorm(4, 1).forward(low))).as("follows").isEqualTo(ScalarType.BFloat16);
        }
    }

    /** libtorch keeps the shortened weights until it is told not to: a step computed with those of the step before. */
    @Test
    void aMovedWeightIsSeen() {
        for (boolean learning : new boolean[] {true, false}) {
            try (PointerScope scope = new PointerScope()) {
                Conv2dImpl conv = Layers.conv2d(3, 8, 3, 1, 1);
                Tensor x = Filler.tensor(1, ScalarType.Float, 2, 3, 8, 8);
                Tensor before = convolve(conv, x, learning);
                try (NoGradGuard guard = new NoGradGuard()) {
                    conv.weight().zero_();
                }
                assertThat(before.abs().max().item_float()).isPositive();
                assertThat(convolve(conv, x, learning).abs().max().item_float()).isZero();
            }
        }
    }

    private static Tensor convolve(Conv2dImpl conv, Tensor x, boolean learning) {
        if (learning) {
            return Autocast.compute(Precision.BFLOAT16, CPU, () -> conv.forward(x));
        }
        try (NoGradGuard guard = new NoGradGuard()) {
            return Autocast.compute(Precision.BFLOAT16, CPU, () -> conv.forward(x));
        }
    }

    @Test
    void aRegionEndsWithItsThreadsOldSettingsWhateverHappens() {
        assertThatThrownBy(() -> Autocast.compute(Precision.BFLOAT16, CPU, () -> {
                    throw new IllegalStateException("no output");
                }))
                .hasMessage("no output");
        assertThat(torch.is_autocast_enabled(DeviceType.CPU)).isFalse();
        try (Autocast outer = Autocast.open(Precision.BFLOAT16, CPU)) {
            try (Autocast inner = Autocast.open(Precision.BFLOAT16, CPU)) {
                assertThat(CompletableFuture.supplyAsync(() -> torch.is_autocast_enabled(DeviceType.CPU))
                                .join())
                        .as("another thread")
                        .isFalse();
            }
            assertThat(torch.is_autocast_enabled(DeviceType.CPU)).isTrue();
        }
        assertThat(torch.is_autocast_enabled(DeviceType.CPU)).isFalse();
    }

    @Test
    void outputsAreFloat32AndGradientsToo() {
        try (PointerScope scope = new PointerScope()) {
            LinearImpl linear = Layers.linear(6, 5);
            Tensor x = Filler.tensor(1, ScalarType.Float, 4, 6);
            Tensor y = Autocast.compute(Precision.BFLOAT16, CPU, () -> linear.forward(x));
            y.square().sum().backward();
            assertThat(type(y)).isEqualTo(ScalarType.Float);
            assertThat(type(linear.weight().grad())).isEqualTo(ScalarType.Float);
            Tensor exact = linear.forward(x);
            assertThat(torch.equal(y, exact)).isFalse();
            assertThat(y.sub(exact).abs().max().item_float()).isLessThan(0.02f);
        }
    }

    @Test
    void networksOfFloat64StayAsTheyAre() {
        try (PointerScope scope = new PointerScope()) {
            LinearImpl linear = Layers.linear(6, 5);
            StateDict.convert(linear, ScalarType.Double);
            Tensor x = Filler.tensor(1, ScalarType.Double, 4, 6);
            Tensor y = Autocast.compute(Precision.BFLOAT16, CPU, () -> linear.forward(x));
            assertThat(torch.equal(y, linear.forward(x))).isTrue();
        }
    }

    @Test
    void aCpuRefusesWhatItDoesNotHave() {
        assertThatThrownBy(() -> Precision.TF32.use(CPU))
                .hasMessage("precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16");
        assertThatThrownBy(() -> Precision.FLOAT16.use(CPU))
                .hasMessage("precision float16 needs a GPU, and the device is cpu, which computes it more slowly than"
                        + " float32: take bfloat16 or float32");
    }

    /** As on a GPU without kernels of a type. */
    @Test
    void aProductThatFailsIsOneLine() {
        Precision.BFLOAT16.requireAProduct(() -> {});
        assertThatThrownBy(() -> Precision.BFLOAT16.requireAProduct(() -> {
                    throw new IllegalStateException("no kernel image is available\nException raised from ...");
                }))
                .hasMessage("precision bfloat16 is not to be had on this GPU (no kernel image is available):"
                        + " take float32");
    }

    private static ScalarType type(Tensor x) {
        return x.scalar_type().intern();
    }
}
