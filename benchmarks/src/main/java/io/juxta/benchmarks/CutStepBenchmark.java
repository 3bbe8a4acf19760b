package io.juxta.benchmarks;

import io.juxta.cut.Cut;
import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
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

/**
 * A whole step of CUT as published (256 px, nine blocks, one image of each domain), and its parts alone: the generator forward
 * and backward, the discriminator's three passes, the encodings of what the generator made, and the encoding of the sources,
 * which a step takes from the generator's pass instead of computing it.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
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
public class CutStepBenchmark {
    /** With PatchNCE of both domains, as CUT, or of the sources alone, as FastCUT without its flips. */
    @Param({"true", "false"})
    public boolean nceIdt;

    @Param({"256"})
    public int side;

    @Param({"64"})
    public int ngf;

    @Param({"1"})
    public int threads;

    private Cut cut;
    private Generator G;
    private Discriminator D;
    private List<Integer> layers;
    private Tensor A;
    private Tensor B;
    private Tensor real;
    private long iteration;

    @Setup
    public void setUp() {
        Torch.threads(threads);
        Torch.seed(0);
        CutRecipe recipe = CutRecipe.bind(Recipe.parse(
                "method: cut\nnce-idt: " + nceIdt + "\nngf: " + ngf + "\nndf: " + ngf + "\ncrop-size: " + side + "\n",
                "step"));
        cut = Cut.create(recipe, new Device("cpu"));
        G = cut.network();
        D = (Discriminator) cut.networks().get(1);
        layers = recipe.cut().nceLayers();
        A = torch.rand(1, 3, side, side);
        B = torch.rand(1, 3, side, side);
        real = nceIdt ? torch.cat(new TensorVector(A, B), 0) : A;
    }

    @TearDown
    public void tearDown() {
        cut.close();
    }

    @Benchmark
    public void step() {
        cut.step(List.of(A, B), new Step(iteration++, 1_000_000, 2e-4));
    }

    @Benchmark
    public void generator() {
        try (PointerScope scope = new PointerScope()) {
            G.forward(real).mean().backward();
        }
    }

    /** What the discriminator takes: its own step on both images, and the generator's way through it. */
    @Benchmark
    public void discriminator() {
        try (PointerScope scope = new PointerScope()) {
            D.forward(A).mean().add(D.forward(B).mean()).backward();
            Tensor translation = A.detach().set_requires_grad(true);
            D.forward(translation).mean().backward();
        }
    }

    /** Of translations and identities, down to the images. */
    @Benchmark
    public void encodings() {
        try (PointerScope scope = new PointerScope()) {
            Tensor made = real.detach().clone().set_requires_grad(true);
            List<Tensor> taps = G.taps(made, layers);
            Tensor sum = taps.get(0).mean();
            for (Tensor tap : taps.subList(1, taps.size())) {
                sum = sum.add(tap.mean());
            }
            sum.backward();
        }
    }

    /** Of the sources, without gradient: what reuse saves. */
    @Benchmark
    public void encodingOfSources() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            G.taps(real, layers);
        }
    }

    /** The same with its graph recorded, as the original does. */
    @Benchmark
    public void encodingOfSourcesRecorded() {
        try (PointerScope scope = new PointerScope()) {
            G.taps(real, layers);
        }
    }
}
