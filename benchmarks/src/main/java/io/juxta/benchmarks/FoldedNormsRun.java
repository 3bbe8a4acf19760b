package io.juxta.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.ResNet;
import io.juxta.torch.Precision;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * Features of images at 224 px by a network as it is and by the same whose batch norms are folded into its convolutions, in turn: a
 * Markdown table of seconds of the processor's time for a batch, and how many times as fast the folded one is.
 */
public final class FoldedNormsRun {
    /** At once, since the processor's time is told in hundredths of a second. */
    private static final int PASSES = 4;

    private static final Device CPU = new Device("cpu");
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private FoldedNormsRun() {}

    /** @param arguments rounds (9) and threads (1) */
    public static void main(String[] arguments) {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9;
        Torch.threads(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1);
        System.out.println("| | norms, s | folded, s | times as fast: median (all) | features differ by |");
        System.out.println("|---|---|---|---|---|");
        for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
            compare("resnet18", 16, precision, rounds);
            compare("resnet50", 8, precision, rounds);
        }
    }

    private static void compare(String name, int batch, Precision precision, int rounds) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            ResNet plain = network(name);
            ResNet folded = network(name);
            folded.hold(precision, CPU);
            precision.hold(plain, CPU);
            Torch.seed(1);
            Tensor x = torch.randn(batch, 3, 224, 224)
                    .contiguous(MemoryFormat.ChannelsLast)
                    .to(precision.type());
            Tensor expected = plain.pooled(x);
            double away = folded.pooled(x).sub(expected).abs().max().item_double()
                    / expected.abs().max().item_double();
            List<Double> before = new ArrayList<>();
            List<Double> after = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                before.add(seconds(plain, x));
                after.add(seconds(folded, x));
                ratios.add(before.get(round) / after.get(round));
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %s, batch %d, %s | %.3f | %.3f | %.2f (%.2f to %.2f) | %.0e |%n",
                    name,
                    batch,
                    precision,
                    median(before),
                    median(after),
                    median(ratios),
                    Collections.min(ratios),
                    Collections.max(ratios),
                    away);
        }
    }

    private static ResNet network(String name) {
        Torch.seed(0);
        ResNet network = new ResNet(new ResNet.Options(Architecture.named(name), Architecture.Stem.IMAGENET, 64, 1));
        StateDict.channelsLast(network);
        network.eval();
        return network;
    }

    private static double seconds(ResNet network, Tensor x) {
        long begun = SYSTEM.getProcessCpuTime();
        for (int pass = 0; pass < PASSES; pass++) {
            try (PointerScope scope = new PointerScope()) {
                network.pooled(x);
            }
        }
        return (SYSTEM.getProcessCpuTime() - begun) / 1e9 / PASSES;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
