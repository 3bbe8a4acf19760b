package io.juxta.benchmarks;

import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.torch.Torch;
import io.juxta.train.Learner;
import io.juxta.train.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Some steps of a learner on noise that lies on the device, for {@link StepsInTurn}: prints the seconds of each behind the
 * first few, the last loss, and what was resident at most. {@code steps.py} takes and prints the same.
 */
public final class StepRun {
    private StepRun() {}

    /** @param arguments name of the step, precision, device, threads, steps to warm up, steps to measure */
    public static void main(String[] arguments) throws IOException {
        StepWork work = StepWork.named(arguments[0]);
        Precision precision = Precision.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        Torch.threads(Integer.parseInt(arguments[3]));
        int warmUp = Integer.parseInt(arguments[4]);
        int steps = warmUp + Integer.parseInt(arguments[5]);
        Torch.seed(0);
        Device device = Devices.parse(arguments[2]);
        List<Tensor> views = work.views(device);
        try (Learner learner = work.learner(precision, device)) {
            double loss = 0;
            for (int step = 0; step < steps; step++) {
                long started = System.nanoTime();
                // reading the metrics waits for the device
                Map<String, Double> metrics = learner.step(views, new Step(step, 1_000_000, 0.0002));
                loss = metrics.getOrDefault("loss", Double.NaN);
                if (step >= warmUp) {
                    System.out.printf(Locale.ROOT, "seconds %.4f%n", (System.nanoTime() - started) / 1e9);
                }
            }
            System.out.printf(Locale.ROOT, "loss %.4f%n", loss);
            System.out.printf(Locale.ROOT, "resident %d%n", resident());
        }
        views.forEach(Tensor::close);
    }

    /** MiB at most so far, where Linux tells it; otherwise 0. */
    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
