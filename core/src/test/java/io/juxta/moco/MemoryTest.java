package io.juxta.moco;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.image.Draws;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Layers;
import io.juxta.torch.Torch;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training keeps no memory: what is resident after some steps is resident after hundreds.
 *
 * <p>Measured in a Java of its own whose heap is of one size and touched beforehand, so that all that grows is native.
 */
@Tag("slow")
class MemoryTest {
    private static final int BATCH = 64;
    private static final int SETTLE = 100;
    private static final int STEPS = 160;

    /** One view of a batch, in MiB. */
    private static final double VIEW = BATCH * 3 * 32 * 32 * 4 / 1048576.0;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void trainingKeepsNothing(@TempDir Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "@" + Path.of("").toAbsolutePath().resolveSibling("jvm.options"),
                "-cp",
                System.getProperty("java.class.path"),
                Steps.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // as in the start script: memory that is free is kept, and not counted as growth when it is taken again
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "33554432");
        builder.environment().put("MALLOC_TRIM_THRESHOLD_", "8589934592");
        int status = builder.start().waitFor();
        String output = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(status).as(output).isEqualTo(0);

        double whole = STEPS * VIEW;
        assertThat(growth(output, "kept nothing")).as(output).isLessThan(whole / 4);
        // the measurement itself: one tensor a step would have shown
        assertThat(growth(output, "kept a view")).as(output).isGreaterThan(whole * 3 / 4);
    }

    private static double growth(String output, String label) {
        return output.lines()
                .filter(line -> line.startsWith(label + ": "))
                .mapToDouble(line -> Double.parseDouble(line.substring(label.length() + 2)))
                .findFirst()
                .orElse(Double.NaN);
    }

    /** A convolution, batch norm, a pooled feature and a head: little work for a large batch. */
    private static final class SmallEncoder extends EncoderNetwork {
        private final Conv2dImpl conv = register_module("conv", Layers.conv2d(3, 8, 3, 4, 1));
        private final BatchNorm norm = register_module("norm", new BatchNorm(8, 4));
        private final LinearImpl fc = register_module("fc", Layers.linear(8, 8));

        SmallEncoder() {
            super("SmallEncoder");
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc.forward(pooled(x));
        }

        @Override
        public Tensor pooled(Tensor x) {
            Tensor y = torch.relu_(norm.forward(conv.forward(x)));
            return torch.flatten(torch.adaptive_avg_pool2d(y, 1, 1), 1, -1);
        }

        @Override
        public int features() {
            return 8;
        }
    }

    /** The program that is measured; prints MiB. */
    static final class Steps {
        private Steps() {}

        public static void main(String[] arguments) {
            Torch.threads(1);
            Torch.seed(0);
            MocoOptions options = Recipe.parse("K: 1000\nbn-groups: 4\nloss: symmetric\n", "test")
                    .bind(MocoOptions.class);
            Moco.KeyShuffle shuffle = (iteration, pass, n) ->
                    Draws.of(0, (int) iteration, pass, -1).permutation(n);
            try (Moco moco = new Moco(
                    options,
                    new SmallEncoder(),
                    new SmallEncoder(),
                    new KeyQueue(8, 1000),
                    Recipe.defaults(Sgd.Options.class),
                    FineTuning.NONE,
                    shuffle,
                    Communicator.single(),
                    MixedPrecision.none())) {
                run(moco, SETTLE, view -> {});
                double settled = resident();
                run(moco, STEPS, view -> {});
                double after = resident();
                System.out.println("kept nothing: " + (after - settled));
                List<Tensor> kept = new ArrayList<>();
                run(moco, STEPS, view -> kept.add(view.retainReference()));
                System.out.println("kept a view: " + (resident() - after));
                kept.forEach(Tensor::close);
            }
        }

        private static void run(Moco moco, int steps, Consumer<Tensor> afterwards) {
            for (int s = 0; s < steps; s++) {
                try (PointerScope scope = new PointerScope()) {
                    List<Tensor> views = List.of(view(), view());
                    moco.step(views, new Step(s, steps, 0.01));
                    afterwards.accept(views.get(0));
                }
            }
        }

        private static Tensor view() {
            return torch.randn(BATCH, 3, 32, 32).contiguous(MemoryFormat.ChannelsLast);
        }

        private static double resident() {
            return Pointer.physicalBytes() / 1048576.0;
        }
    }
}
