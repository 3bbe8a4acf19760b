package io.juxta.benchmarks;

import io.juxta.swav.EmbeddingQueue;
import io.juxta.swav.Prototypes;
import io.juxta.swav.Sinkhorn;
import io.juxta.swav.SwappedPrediction;
import io.juxta.swav.Swav;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
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
 * A whole SwAV step on crops that lie in memory, and alone what it does with prototypes: scores, Sinkhorn over batch and
 * full queue, loss, its gradients for embeddings and prototypes, and the queue's shift. {@link #main} runs both and
 * prints the share of the second in the first.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
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
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH sets fields and calls setUp
public class SwavStepBenchmark {
    private static final Map<String, String> SETTINGS = Map.of(
            "cifar-cpu", // as recipes/cifar10/swav-cpu.yaml
            """
            arch: resnet18
            stem: cifar
            width: 16
            hidden-mlp: 256
            prototypes: [100]
            queue-length: 1280
            crops: [2, 2]
            crop-sizes: [32, 16]
            batch-size: 128
            """,
            "photos", // the paper's crops, prototypes and queue, with a batch that two cores can bear
            """
            arch: resnet18
            stem: imagenet
            width: 64
            hidden-mlp: 2048
            prototypes: [3000]
            queue-length: 3840
            crops: [2, 6]
            crop-sizes: [224, 96]
            batch-size: 16
            """);

    @Param({"cifar-cpu", "photos"})
    public String setting;

    @Param({"1", "2"})
    public int threads;

    private SwavRecipe recipe;
    private Swav swav;
    private List<Tensor> crops;
    private Prototypes prototypes;
    private EmbeddingQueue queue;
    private Tensor z;
    private long iteration;

    @Setup
    public void setUp() {
        Torch.threads(threads);
        Torch.seed(0);
        String text = SETTINGS.get(setting) + "epoch-queue-starts: 0\nfreeze-prototypes: 0\n";
        recipe = SwavRecipe.bind(Recipe.parse(text, setting));
        swav = Swav.create(recipe, new Device("cpu"));
        int N = recipe.training().batchSize();
        crops = new ArrayList<>();
        for (int kind = 0; kind < recipe.crops().crops().size(); kind++) {
            int side = recipe.crops().cropSizes().get(kind);
            for (int i = 0; i < recipe.crops().crops().get(kind); i++) {
                crops.add(torch.randn(N, 3, side, side).contiguous(MemoryFormat.ChannelsLast));
            }
        }
        int dim = recipe.cluster().featDim();
        prototypes = new Prototypes(dim, recipe.cluster().prototypes());
        z = torch.normalize(torch.randn((long) crops.size() * N, dim)).set_requires_grad(true);
        queue = new EmbeddingQueue(2, recipe.swav().queueLength(), dim);
        for (int filled = 0; filled < queue.length(); filled += N) {
            push();
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Objects.requireNonNull(swav.state().get("queue")).copy_(queue.rows());
        }
    }

    @TearDown
    public void tearDown() {
        swav.close();
        crops.forEach(Tensor::close);
        queue.close();
    }

    @Benchmark
    public Map<String, Double> step() {
        return swav.step(crops, new Step(0, iteration++, 1_000_000, 0.01, List.of()));
    }

    @Benchmark
    public double assignment() {
        try (PointerScope scope = new PointerScope()) {
            int N = recipe.training().batchSize();
            prototypes.normalize();
            Tensor scores = prototypes.scores(0, z); // V N x K
            Map<Integer, Tensor> codes = new LinkedHashMap<>();
            for (int crop = 0; crop < 2; crop++) {
                Tensor older = prototypes.scores(0, queue.of(crop)).detach(); // L x K
                Tensor mine = scores.detach().narrow(0, (long) crop * N, N);
                Tensor all = torch.cat(new TensorVector(older, mine), 0);
                codes.put(
                        crop,
                        Sinkhorn.assign(
                                        all,
                                        recipe.swav().epsilon(),
                                        recipe.swav().sinkhornIterations())
                                .narrow(0, older.size(0), N));
            }
            Tensor loss = SwappedPrediction.loss(scores, codes, recipe.cluster().T());
            push();
            loss.backward();
            return loss.item_double();
        }
    }

    private void push() {
        int N = recipe.training().batchSize();
        try (PointerScope scope = new PointerScope()) {
            for (int crop = 0; crop < 2; crop++) {
                queue.push(crop, z.detach().narrow(0, (long) crop * N, N));
            }
        }
    }

    /** Runs both, with JMH's arguments for less or longer, and prints a line for each setting. */
    public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
        OptionsBuilder options = new OptionsBuilder();
        options.parent(new CommandLineOptions(arguments));
        options.include(SwavStepBenchmark.class.getName());
        Collection<RunResult> results = new Runner(options.build()).run();
        Map<String, Map<String, Double>> millis = new TreeMap<>();
        for (RunResult result : results) {
            millis.computeIfAbsent(
                            result.getParams().getParam("setting") + ","
                                    + result.getParams().getParam("threads"),
                            key -> new TreeMap<>())
                    .put(
                            result.getPrimaryResult().getLabel(),
                            result.getPrimaryResult().getScore());
        }
        System.out.println();
        System.out.println("setting,threads,images_per_second,step_ms,assignment_ms,share");
        millis.forEach((work, by) -> {
            double step = by.getOrDefault("step", Double.NaN);
            double assignment = by.getOrDefault("assignment", Double.NaN);
            String name = work.substring(0, work.indexOf(','));
            int batch = SwavRecipe.bind(Recipe.parse(SETTINGS.getOrDefault(name, ""), name))
                    .training()
                    .batchSize();
            System.out.printf(
                    Locale.ROOT,
                    "%s,%.1f,%.1f,%.1f,%.3f%n",
                    work,
                    1000 * batch / step,
                    step,
                    assignment,
                    assignment / step);
        });
    }
}
