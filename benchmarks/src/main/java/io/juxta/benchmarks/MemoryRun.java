package io.juxta.benchmarks;

import io.juxta.moco.Moco;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Thousands of MoCo steps and what they leave in memory: prints what is resident every 100 steps, and exits with status
 * 1 when it grew after the first 200.
 */
public final class MemoryRun {
    private static final int EVERY = 100;
    private static final int SETTLED = 200;

    /** One batch tensor of this many bytes kept in each step would show within a few hundred. */
    private static final double ALLOWED_MIB = 64;

    private MemoryRun() {}

    /** @param arguments steps (2000), threads (1), setting (cifar-cpu), batch-norm groups (8) */
    public static void main(String[] arguments) {
        int steps = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2000;
        Torch.threads(arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1);
        StepSetting setting = StepSetting.named(arguments.length > 2 ? arguments[2] : "cifar-cpu");
        int groups = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 8;

        double settled = Double.NaN;
        double peak = 0;
        System.out.println("step,resident_mib,heap_mib,images_per_second");
        try (Moco moco = setting.moco(groups)) {
            long started = System.nanoTime();
            for (int s = 1; s <= steps; s++) {
                // fresh views each time, as from a loader: a step that keeps one is found out
                try (PointerScope scope = new PointerScope()) {
                    List<Tensor> views = setting.views();
                    moco.step(views, new Step(s - 1, steps, 0.01));
                }
                if (s % EVERY == 0 || s == steps) {
                    double resident = mebibytes(Pointer.physicalBytes());
                    double seconds = (System.nanoTime() - started) / 1e9;
                    Runtime java = Runtime.getRuntime();
                    System.out.printf(
                            Locale.ROOT,
                            "%d,%.1f,%.1f,%.1f%n",
                            s,
                            resident,
                            mebibytes(java.totalMemory()),
                            (double) s * setting.batch() / seconds);
                    settled = s == SETTLED ? resident : settled;
                    peak = Math.max(peak, resident);
                }
            }
        }
        double growth = peak - settled;
        if (Double.isNaN(growth)) {
            System.out.println("too short to tell: it takes more than " + SETTLED + " steps");
            return;
        }
        System.out.printf(Locale.ROOT, "grew %.1f MiB after step %d, peak %.1f MiB%n", growth, SETTLED, peak);
        if (growth > ALLOWED_MIB) {
            System.exit(1);
        }
    }

    private static double mebibytes(long bytes) {
        return bytes / 1048576.0;
    }
}
