package io.juxta.benchmarks;

import io.juxta.moco.Moco;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bytedeco.pytorch.Tensor;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * A whole MoCo step on a batch that lies in memory, and the step's convolutions alone. The score is steps a second,
 * {@code images} images a second; {@link #main} runs both and prints the share of the step outside convolution.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 10)
@Measurement(iterations = 5, time = 10)
@Fork(
        value = 1,
        jvmArgsAppend = {
            // those of the start script
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-Dorg.bytedeco.javacpp.maxBytes=0",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
        })
public class MocoStepBenchmark {
    /** Images a second, beside steps a second. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Images {
        public long images;
    }

    /** A learner and its two views. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH sets fields and calls setUp
    public static class Learning {
        @Param({"cifar-cpu", "photos"})
        public String setting;

        @Param({"8", "1"})
        public int bnGroups;

        @Param({"1", "2"})
        public int threads;

        private StepSetting work;
        private Moco moco;
        private List<Tensor> views;
        private long iteration;

        @Setup
        public void setUp() {
            Torch.threads(threads);
            work = StepSetting.named(setting);
            moco = work.moco(bnGroups);
            views = work.views();
        }

        @TearDown
        public void tearDown() {
            moco.close();
            views.forEach(Tensor::close);
        }
    }

    /** The convolutions of one step. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH sets fields and calls setUp
    public static class Convolving {
        @Param({"cifar-cpu", "photos"})
        public String setting;

        @Param({"1", "2"})
        public int threads;

        private StepSetting work;
        private Moco moco;
        private List<Convolution> convolutions;

        @Setup
        public void setUp() {
            Torch.threads(threads);
            work = StepSetting.named(setting);
            moco = work.moco(1);
            convolutions = Convolution.of(moco.encoder(), work.options(1), work.batch(), work.side());
        }

        @TearDown
        public void tearDown() {
            convolutions.forEach(Convolution::close);
            moco.close();
        }
    }

    @Benchmark
    public Map<String, Double> step(Learning learning, Images count) {
        Step step = new Step(learning.iteration++, 1_000_000, 0.01);
        count.images += learning.work.batch();
        return learning.moco.step(learning.views, step);
    }

    @Benchmark
    public void convolutions(Convolving convolving, Images count) {
        convolving.convolutions.forEach(Convolution::step);
        count.images += convolving.work.batch();
    }

    /** Runs both, with JMH's arguments for less or longer, and prints a line for each step. */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        CommandLineOptions given = new CommandLineOptions(arguments);
        OptionsBuilder options = new OptionsBuilder();
        options.parent(given);
        if (given.getIncludes().isEmpty()) {
            options.include(MocoStepBenchmark.class.getName());
        }
        print(new Runner(options.build()).run());
    }

    private static void print(Collection<RunResult> results) {
        Map<String, Double> convolutions = new TreeMap<>();
        List<RunResult> steps = new ArrayList<>();
        for (RunResult result : results) {
            if (result.getPrimaryResult().getLabel().equals("convolutions")) {
                convolutions.put(work(result), seconds(result));
            } else {
                steps.add(result);
            }
        }
        System.out.println();
        System.out.println("setting,threads,bn_groups,images_per_second,step_ms,convolutions_ms,share_outside");
        for (RunResult step : steps) {
            double whole = seconds(step);
            double inside = convolutions.getOrDefault(work(step), Double.NaN);
            System.out.printf(
                    Locale.ROOT,
                    "%s,%s,%.1f,%.1f,%.1f,%.3f%n",
                    work(step),
                    step.getParams().getParam("bnGroups"),
                    Objects.requireNonNull(step.getSecondaryResults().get("images"))
                            .getScore(),
                    1000 * whole,
                    1000 * inside,
                    1 - inside / whole);
        }
    }

    private static String work(RunResult result) {
        return result.getParams().getParam("setting") + "," + result.getParams().getParam("threads");
    }

    private static double seconds(RunResult result) {
        return 1 / result.getPrimaryResult().getScore();
    }
}
