package io.juxta.benchmarks;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.detect.DetectionRecipe;
import io.juxta.detect.DetectorLearner;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.NonMaxSuppression;
import io.juxta.detect.RoiAlign;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Steps of a detector by a recipe, pictures detected in a second, what of a forward pass is convolutions, ROIAlign, suppression and
 * the rest, and memory from step to step. On noise that lies in memory, with three objects in each picture.
 *
 * <pre>{@code
 * java @jvm.options io.juxta.benchmarks.DetectionRun [RECIPE [STEPS [THREADS]]]
 * }</pre>
 */
public final class DetectionRun {
    private static final int WARM_UP = 10;
    private static final int DETECTED = 20;
    private static final double SHAPE = 1.5;

    private final FasterRcnn network;
    private final DetectionRecipe recipe;
    private final int pictures;
    private final int height;
    private final int width;

    private DetectionRun(DetectionRecipe recipe, FasterRcnn network) {
        this.recipe = recipe;
        this.network = network;
        pictures = recipe.training().batchSize();
        height = recipe.pictures().testShortSide();
        width = (int) Math.min(SHAPE * height, recipe.pictures().longestSide());
    }

    public static void main(String[] arguments) {
        String name = arguments.length > 0 ? arguments[0] : "fruit/c4-cpu";
        int steps = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 100;
        Torch.threads(arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1);
        Torch.seed(1);
        DetectionRecipe recipe = DetectionRecipe.bind(Recipe.named(name)).withClasses(List.of("a", "b", "c"));
        FasterRcnn network = recipe.network();
        StateDict.channelsLast(network);
        DetectionRun run = new DetectionRun(recipe, network);
        try (DetectorLearner learner = new DetectorLearner(network, recipe.sgd(), 1, Communicator.single())) {
            run.train(learner, steps);
            network.eval();
            run.detect();
            run.parts();
        }
    }

    private Tensor noise(int count) {
        return torch.randn(count, 3, height, width)
                .contiguous(org.bytedeco.pytorch.global.torch.MemoryFormat.ChannelsLast);
    }

    private void train(DetectorLearner learner, int steps) {
        double[] objects = new double[pictures * 3 * 6];
        for (int i = 0; i < 3 * pictures; i++) {
            double x = width * (0.1 + 0.2 * (i % 3));
            double y = height * 0.2;
            double[] object = {i / 3, i % 3, x, y, x + width * 0.3, y + height * 0.5};
            System.arraycopy(object, 0, objects, 6 * i, 6);
        }
        double[] sizes = new double[2 * pictures];
        for (int n = 0; n < pictures; n++) {
            sizes[2 * n] = width;
            sizes[2 * n + 1] = height;
        }
        long started = 0;
        for (int s = 0; s < steps + WARM_UP; s++) {
            if (s == WARM_UP) {
                started = System.nanoTime();
            }
            try (PointerScope scope = new PointerScope()) {
                List<Tensor> views = List.of(
                        noise(pictures), Tensor.create(sizes, pictures, 2), Tensor.create(objects, 3L * pictures, 6));
                learner.step(views, new Step(s, steps + WARM_UP, 1e-4));
            }
            if (s == WARM_UP || s == (steps + WARM_UP) / 2 || s == steps + WARM_UP - 1) {
                say("step %d: %,d MiB resident", s, Pointer.physicalBytes() >> 20);
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        say(
                "training: %.1f pictures/s, %.0f ms a step of %d",
                pictures * steps / seconds, 1e3 * seconds / steps, pictures);
    }

    private void detect() {
        double seconds = seconds(() -> network.detect(noise(1), List.of(new PictureSize(width, height))));
        say("detecting: %.1f pictures/s of %d x %d", 1 / seconds, width, height);
    }

    /** Of the forward pass of one picture in training. */
    private void parts() {
        int proposals = recipe.detector().proposalsSampled();
        Boxes sampled = boxes(proposals);
        Boxes candidates = boxes(recipe.detector().candidates());
        double[] scores = new SplittableRandom(2).doubles(candidates.size()).toArray();
        RoiAlign align = new RoiAlign(FasterRcnn.GRID, 1.0 / 16);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor features = network.backbone().upTo(3, noise(1));
            Tensor pooled = align.forward(features, List.of(sampled));
            double backbone = seconds(() -> network.backbone().upTo(3, noise(1)));
            double last = seconds(() -> network.backbone().layer(4, pooled));
            double aligning = seconds(() -> align.forward(features, List.of(sampled)));
            double suppressing = seconds(() -> NonMaxSuppression.keep(
                    candidates, scores, 0.7, recipe.detector().proposals()));
            say(
                    "forward, ms a picture: backbone %.1f, last layer on %d proposals %.1f, ROIAlign %.1f, suppression of"
                            + " %,d %.1f",
                    1e3 * backbone, proposals, 1e3 * last, 1e3 * aligning, candidates.size(), 1e3 * suppressing);
        }
    }

    private Boxes boxes(int count) {
        SplittableRandom random = new SplittableRandom(1);
        double[] xyxy = new double[4 * count];
        for (int i = 0; i < count; i++) {
            double wide = width * (0.1 + 0.4 * random.nextDouble());
            double high = height * (0.1 + 0.4 * random.nextDouble());
            xyxy[4 * i] = random.nextDouble() * (width - wide);
            xyxy[4 * i + 1] = random.nextDouble() * (height - high);
            xyxy[4 * i + 2] = xyxy[4 * i] + wide;
            xyxy[4 * i + 3] = xyxy[4 * i + 1] + high;
        }
        return Boxes.of(xyxy);
    }

    /** Of one call, the mean of several behind a few. */
    private static double seconds(Runnable work) {
        long started = 0;
        for (int i = 0; i < DETECTED + 3; i++) {
            if (i == 3) {
                started = System.nanoTime();
            }
            try (PointerScope scope = new PointerScope()) {
                work.run();
            }
        }
        return (System.nanoTime() - started) / 1e9 / DETECTED;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
