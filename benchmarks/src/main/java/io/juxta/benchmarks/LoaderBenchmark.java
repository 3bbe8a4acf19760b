package io.juxta.benchmarks;

import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.ImageFolder;
import io.juxta.data.KeptImages;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.data.Split;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.swav.CropOptions;
import io.juxta.train.recipe.Recipe;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Images a second on one loader thread: decoding alone, two views without the loader (and without libtorch), and the
 * whole loader.
 *
 * <pre>{@code
 * java -cp ... org.openjdk.jmh.Main LoaderBenchmark -p data=FOLDER -p augmentation=moco-v2 -p size=224
 * }</pre>
 *
 * <p>Without a folder it draws 64 JPEG images: of 500 x 375 pixels, or as large as the views where these are below 100.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 4)
@Measurement(iterations = 6, time = 4)
@Fork(
        value = 1,
        jvmArgsAppend = {
            // those of the start script
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-Dorg.bytedeco.javacpp.maxBytes=0",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"
        })
@NullUnmarked // JMH fills the fields
public class LoaderBenchmark {
    private static final int IMAGES = 32;

    @Param("")
    public String data;

    @Param({"moco-v2", "cifar-notebook"})
    public String augmentation;

    @Param({"224"})
    public int size;

    /** {@code 2}: two views; {@code 2+6}: SwAV's two of the size and six of 3/7 of it. */
    @Param("2")
    public String views;

    @Param("1")
    public int threads;

    /** MiB for decoded pictures; they are there before the measurement where all of them fit. */
    @Param("0")
    public int imageCache;

    private Path drawn;
    private KeptImages dataset;
    private Augmentation view;
    private Loader loader;
    private Loader.Epoch epoch;
    private int epochNumber;
    private int next;
    private final Canvas canvas = new Canvas();
    private FloatBuffer out;

    @Setup
    public void open() throws IOException {
        if (data.isEmpty()) {
            drawn = draw(size < 100 ? size : 500, size < 100 ? size : 375);
        }
        Dataset images = drawn == null ? Datasets.open(Path.of(data), Split.TRAIN) : ImageFolder.open(drawn);
        dataset = KeptImages.of(images, (long) imageCache << 20);
        view = Augmentation.named(augmentation, size, Normalization.IMAGENET);
        out = ByteBuffer.allocateDirect(4 * view.length())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        loader = Loader.open(dataset, views(), LoaderOptions.of(IMAGES, 1).withThreads(threads));
        epoch = loader.epoch(0);
    }

    private List<Augmentation> views() {
        if (views.equals("2")) {
            return List.of(view, view);
        }
        String recipe = "crops: [2, 6]\ncrop-sizes: [" + size + ", " + Math.round(size * 3 / 7f)
                + "]\ncrop-min-scales: [0.14, 0.05]\ncrop-max-scales: [1, 0.14]";
        return Recipe.parse(recipe, "2+6").bind(CropOptions.class).views();
    }

    @TearDown
    public void close() throws IOException {
        loader.close();
        dataset.close();
        if (drawn != null) {
            try (Stream<Path> files = Files.walk(drawn)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(IMAGES)
    public int decode() throws IOException {
        int sum = 0;
        for (int i = 0; i < IMAGES; i++) {
            sum += nextImage().width();
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(IMAGES)
    public FloatBuffer twoViews() throws IOException {
        for (int i = 0; i < IMAGES; i++) {
            Image image = nextImage();
            for (int v = 0; v < 2; v++) {
                out.clear();
                view.apply(image, Draws.of(1, 0, next, v), canvas, out);
            }
        }
        return out;
    }

    @Benchmark
    @OperationsPerInvocation(IMAGES)
    public int loader() throws IOException {
        if (!epoch.hasNext()) {
            epochNumber++;
            epoch = loader.epoch(epochNumber);
        }
        try (Batch batch = epoch.next()) {
            return batch.size();
        }
    }

    private Image nextImage() throws IOException {
        next = (next + 1) % dataset.size();
        return dataset.image(next);
    }

    private static Path draw(int width, int height) throws IOException {
        Path folder = Files.createTempDirectory("juxta-benchmark");
        for (int i = 0; i < 2 * IMAGES; i++) {
            Draws draws = Draws.of(i, 0, 0, 0);
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            Graphics2D pen = image.createGraphics();
            for (int shape = 0; shape < 60; shape++) {
                Color from = new Color(draws.below(1 << 24));
                Color to = new Color(draws.below(1 << 24));
                pen.setPaint(new GradientPaint(0, 0, from, 1 + draws.below(width), 1 + draws.below(height), to, true));
                pen.fillOval(
                        draws.below(width), draws.below(height), 1 + draws.below(width), 1 + draws.below(height / 2));
            }
            pen.dispose();
            for (int p = 0; p < width * height; p++) {
                // grain, as photographs have it: without it they would decode too fast
                int grain = (int) (draws.bits() >>> 60);
                int rgb = image.getRGB(p % width, p / width);
                image.setRGB(p % width, p / width, rgb & 0xf0f0f0 | grain * 0x10101);
            }
            ImageIO.write(image, "jpg", folder.resolve(i + ".jpg").toFile());
        }
        return folder;
    }
}
