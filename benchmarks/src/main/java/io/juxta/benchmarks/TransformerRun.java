package io.juxta.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.TransformerSize;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.Torch;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A vision transformer's forward passes, and forward and backward passes, on noise: images a second by the clock and by processor
 * time, the best of the rounds. {@code TransformerRun [SIZE=vit_tiny] [SIDE=224] [BATCH=8] [THREADS=1] [ROUNDS=5]}; transformers.py does
 * the same with timm.
 */
public final class TransformerRun {
    private static final int PATCH = 16;
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private TransformerRun() {}

    public static void main(String[] arguments) {
        String name = arguments.length > 0 ? arguments[0] : "vit_tiny";
        int side = number(arguments, 1, 224);
        int batch = number(arguments, 2, 8);
        int threads = number(arguments, 3, 1);
        int rounds = number(arguments, 4, 5);
        Torch.threads(threads);
        Torch.seed(0);
        TransformerSize size = TransformerSize.named(name);
        try (PointerScope scope = new PointerScope()) {
            VisionTransformer network = new VisionTransformer(new TransformerOptions(
                    size.dim(),
                    size.depth(),
                    size.heads(),
                    PATCH,
                    side / PATCH,
                    Positions.ANTIALIASED,
                    0,
                    false,
                    FeedForward.MLP,
                    false,
                    1e-6));
            Tensor x = torch.randn(batch, 3, side, side);
            network.eval();
            measure(name, "embed", batch, threads, rounds, () -> {
                try (NoGradGuard guard = new NoGradGuard()) {
                    network.pooled(x);
                }
            });
            network.train(true);
            measure(name, "step", batch, threads, rounds, () -> {
                network.zero_grad(true);
                network.pooled(x).square().sum().backward();
            });
        }
    }

    private static int number(String[] arguments, int place, int otherwise) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : otherwise;
    }

    private static void measure(String name, String what, int batch, int threads, int rounds, Runnable work) {
        double clock = Double.MAX_VALUE;
        double processor = Double.MAX_VALUE;
        for (int round = 0; round <= rounds; round++) {
            long begun = System.nanoTime();
            long used = PROCESS.getProcessCpuTime();
            try (PointerScope scope = new PointerScope()) {
                work.run();
            }
            if (round > 0) { // the first warms up
                processor = Math.min(processor, (PROCESS.getProcessCpuTime() - used) / 1e9);
                clock = Math.min(clock, (System.nanoTime() - begun) / 1e9);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "juxta,%s,%s,%d,%d,%.2f,%.2f%n",
                name,
                what,
                batch,
                threads,
                batch / clock,
                batch / processor);
    }
}
