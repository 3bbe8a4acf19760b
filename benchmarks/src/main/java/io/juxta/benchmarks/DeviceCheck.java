package io.juxta.benchmarks;

import io.juxta.distributed.Communicator;
import io.juxta.distributed.Membership;
import io.juxta.distributed.Ports;
import io.juxta.moco.InfoNce;
import io.juxta.swav.Sinkhorn;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import io.juxta.torch.Torch;
import io.juxta.train.Learner;
import io.juxta.train.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Whether a device computes what it should: numbers of the original programs, steps of MoCo, SwAV and CUT beside the same on
 * the CPU, and a group of one process (NCCL on a GPU, Gloo on a CPU). Prints a Markdown table, and exits with status 1 where
 * something is wrong.
 */
public final class DeviceCheck {
    private static final int STEPS = 3;

    private final Device device;
    private boolean right = true;

    private DeviceCheck(Device device) {
        this.device = device;
    }

    /** @param arguments the device, and the steps that are compared, with commas */
    public static void main(String[] arguments) throws IOException {
        String steps = arguments.length > 1 ? arguments[1] : "moco-cpu,swav-cpu,cut-small";
        Device device = Devices.parse(arguments.length > 0 ? arguments[0] : "auto");
        Precision.FLOAT32.use(device);
        DeviceCheck check = new DeviceCheck(device);
        System.out.printf("%s, device %s%n%n", Torch.describe(), device.str().getString());
        System.out.println("| what | expected | got | largest relative difference allowed | |");
        System.out.println("|---|---|---|---|---|");
        check.goldens();
        for (String step : steps.split(",")) {
            check.steps(StepWork.named(step));
        }
        check.group();
        System.exit(check.right ? 0 : 1);
    }

    private void row(String what, double expected, double got, double allowed) {
        boolean close = Math.abs(got - expected) <= allowed * Math.max(1e-6, Math.abs(expected));
        right &= close;
        System.out.printf(
                Locale.ROOT,
                "| %s | %.7g | %.7g | %.0e | %s |%n",
                what,
                expected,
                got,
                allowed,
                close ? "ok" : "WRONG");
    }

    /** The originals' numbers that MocoGoldenTest and SwavGoldenTest have, MOCO-1 and the assignment of SWAV-1. */
    private void goldens() {
        try (PointerScope scope = new PointerScope()) {
            double[] T = {0.07, 0.2};
            double[] losses = {7.2815647, 3.2239769};
            double[] gradients = {25.502081, 7.7569161};
            for (int i = 0; i < T.length; i++) {
                Tensor raw = filled(1, 1, 4, 8).set_requires_grad(true);
                Tensor k = torch.normalize(filled(2, 1, 4, 8));
                Tensor queue = torch.normalize(filled(3, 1, 8, 16).t()).t();
                Tensor loss = InfoNce.loss(InfoNce.logits(torch.normalize(raw), k, queue, T[i]));
                loss.backward();
                row("MoCo's loss, T " + T[i], losses[i], loss.item_double(), 1e-5);
                row(
                        "sum of its gradient's values without sign",
                        gradients[i],
                        raw.grad().abs().sum().item_double(),
                        1e-5);
            }
            double[] shares = {0.055896, 0.944104};
            Tensor Q = Sinkhorn.assign(filled(11, 0.9, 6, 4), 0.05, 3);
            for (int k = 0; k < shares.length; k++) {
                row(
                        "SwAV's assignment, prototype " + k,
                        shares[k],
                        Q.get(0).get(k).item_double(),
                        3e-5);
            }
        }
    }

    /** What golden checks are filled with: numbers in [-1, 1) in closed form, row-major. */
    private Tensor filled(long tag, double scale, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            long z = (tag << 32) + i + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            values[i] = (((z ^ (z >>> 31)) >>> 40) * 0x1p-23 - 1) * scale;
        }
        return Tensor.create(values, new long[] {rows, columns}).to(device, ScalarType.Float);
    }

    /** The same weights and the same images on the CPU and here. */
    private void steps(StepWork work) {
        Device cpu = new Device("cpu");
        Torch.seed(0);
        List<Tensor> views = work.views(cpu);
        try (Learner here = work.learner(Precision.FLOAT32, device);
                Learner there = work.learner(Precision.FLOAT32, cpu)) {
            copy(there, here);
            List<Tensor> mine = views.stream()
                    .map(view -> view.to(device, ScalarType.Float))
                    .toList();
            for (int step = 0; step < STEPS; step++) {
                Step at = new Step(step, 1_000_000, 0.0002);
                Map<String, Double> expected = there.step(views, at);
                Map<String, Double> got = here.step(mine, at);
                row(
                        work.title() + ", loss of step " + (step + 1),
                        loss(expected),
                        loss(got),
                        step == 0 ? 1e-4 : 1e-3); // one step's rounding goes through the next one's weights
            }
        }
        views.forEach(Tensor::close);
    }

    private static double loss(Map<String, Double> metrics) {
        return Objects.requireNonNull(metrics.get("loss"));
    }

    private static void copy(Learner from, Learner to) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Map<String, Tensor> state = from.state();
            to.state().forEach((name, tensor) -> tensor.copy_(Objects.requireNonNull(state.get(name))));
            to.restored(state);
        }
    }

    private void group() throws IOException {
        Membership alone = new Membership(0, 1, 0, 1, "127.0.0.1", Ports.free(), false, "", Duration.ofSeconds(60));
        String name = device.is_cpu() ? "Gloo" : "NCCL";
        try (Communicator communicator = Communicator.join(alone, device, System.err::println);
                PointerScope scope = new PointerScope()) {
            Tensor values = torch.ones(1000).to(device, ScalarType.Float);
            communicator.sum(values);
            row(name + " of one process, sum of a thousand ones", 1000, sum(values), 0);
            row(name + ", gathered", 1000, sum(communicator.gather(values)), 0);
            communicator.broadcast(values.fill_(new Scalar(2)), 0);
            row(name + ", broadcast", 2000, sum(values), 0);
        }
    }

    private static double sum(Tensor values) {
        return values.norm(new ScalarOptional(new Scalar(1)), new long[] {0}, false)
                .item_double();
    }
}
