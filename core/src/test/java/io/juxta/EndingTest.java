package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.data.DrawnShapes;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoOptions;
import io.juxta.torch.Computing;
import io.juxta.torch.Torch;
import io.juxta.train.LearningRate;
import io.juxta.train.Position;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.TinyLearner;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that use the library end in good order, whatever is computed when they are told to. */
@Tag("slow")
class EndingTest {
    private static final int STATUS = 7;

    @TempDir
    Path root;

    /** A plain program: computes in several threads for ever, and ends itself where it is asked to. */
    static final class Program {
        public static void main(String[] arguments) throws Exception {
            Torch.threads(2);
            Runnable work =
                    switch (arguments[0]) {
                        case "train" -> training();
                        case "loop" -> loop();
                        default -> embedding(Path.of(arguments[2]));
                    };
            for (int i = 0; i < (arguments[0].equals("embed") ? 3 : 1); i++) {
                Thread thread = new Thread(() -> forEver(work));
                thread.setUncaughtExceptionHandler((t, e) -> System.out.println("refused " + e.getClass()));
                thread.start();
            }
            if (arguments[1].equals("exit")) {
                WORKING.await();
                System.exit(STATUS);
            }
        }

        private static final CountDownLatch WORKING = new CountDownLatch(1);

        private static void working() {
            System.out.println("working");
            WORKING.countDown();
        }

        private static void forEver(Runnable work) {
            work.run();
            working();
            while (true) {
                work.run();
            }
        }

        private static Runnable training() {
            Recipe recipe = Recipe.parse("arch: resnet18\nstem: cifar\nwidth: 16\nK: 64\ndim: 16\nbn-groups: 2\n", "");
            Moco moco =
                    Moco.create(recipe.bind(MocoOptions.class), recipe.bind(Sgd.Options.class), new Device("cpu"), 1);
            List<Integer> images = new ArrayList<>(Collections.nCopies(32, 0));
            return () -> {
                try (Computing computing = Computing.begin();
                        PointerScope scope = new PointerScope()) {
                    Tensor x = torch.rand(32, 3, 32, 32);
                    moco.step(List.of(x, x), new Step(0, 0, 100, 0.01, images));
                }
            };
        }

        /** Steps that are long, and say when they begin and end. */
        private static Runnable loop() {
            TinyLearner learner = new TinyLearner() {
                @Override
                public Map<String, Double> step(List<Tensor> views, Step step) {
                    working();
                    try {
                        Thread.sleep(1000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    Map<String, Double> metrics = super.step(views, step);
                    System.out.println("step over");
                    return metrics;
                }
            };
            return () -> {
                try (Loader loader = Loader.open(
                        new DrawnShapes(1, 100, 16),
                        List.of(Augmentation.plain(16, Normalization.IMAGENET)),
                        LoaderOptions.of(5, 1).withThreads(1))) {
                    new Training(
                                    Recipe.parse("batch-size: 5", "r").bind(TrainingOptions.class),
                                    Recipe.defaults(LearningRate.class),
                                    learner,
                                    loader,
                                    1,
                                    new Device("cpu"))
                            .run(Position.START, List.of(), () -> false);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            };
        }

        private static Runnable embedding(Path file) {
            try {
                Encoder encoder = Encoder.load(file);
                BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
                return () -> encoder.embed(image);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"train, exit", "train, term", "loop, exit", "loop, term", "embed, exit", "embed, term"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
    void aProgramEndsWithItsOwnStatus(String work, String way) throws Exception {
        Path encoder = TinyEncoderFile.write(root.resolve("tiny.safetensors"));
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option ->
                        option.startsWith("-X") || option.startsWith("-Dorg.bytedeco") || option.startsWith("--"))
                .toList());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
        words.addAll(List.of(work, way, encoder.toString()));
        Process process = new ProcessBuilder(words)
                .directory(root.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> said = new ArrayList<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (line.equals("working") && way.equals("term")) {
                    process.toHandle().destroy();
                }
            }
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as("%s", said).isEqualTo(way.equals("exit") ? STATUS : 128 + 15);
        assertThat(said)
                .filteredOn(line -> line.startsWith("refused"))
                .allMatch(line -> line.contains("Ending") || line.contains("IllegalState"));
        if (work.equals("loop")) {
            // the step at hand is finished, and no other is begun
            assertThat(said).containsSequence("working", "step over");
            assertThat(said.stream().filter("working"::equals).count())
                    .isEqualTo(said.stream().filter("step over"::equals).count());
        }
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("hs_err") || name.startsWith("core"));
        }
    }
}
