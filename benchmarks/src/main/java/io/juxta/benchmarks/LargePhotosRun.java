package io.juxta.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import io.juxta.data.KeptImages;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.image.Normalization;
import io.juxta.image.Resizer;
import io.juxta.image.SufficientSize;
import io.juxta.runs.PreparedImages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What large photos cost a loader's thread: draws photos of 12 megapixels, then takes two MoCo v2 views of each as they are, as
 * {@code decode: scaled} takes them, out of memory, and as {@code juxta prepare} makes them; and says how long that took, by the
 * clock and by the processor's time, which what else the machine does disturbs less.
 *
 * <pre>{@code
 * java io.juxta.benchmarks.LargePhotosRun FOLDER [PHOTOS [SIZE]]
 * }</pre>
 */
public final class LargePhotosRun {
    private static final int WIDTH = 4000;
    private static final int HEIGHT = 3000;
    private static final int BATCH = 20;
    /** All others are copies of these. */
    private static final int DRAWN = 4;

    private LargePhotosRun() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("LargePhotosRun FOLDER [PHOTOS [SIZE]]: what is drawn and prepared stays in the folder");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        int photos = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        int size = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 224;
        Path large = folder.resolve("large");
        Path small = folder.resolve("prepared");
        for (int i = 0; i < photos; i++) {
            draw(large, i);
        }
        Augmentation view = Augmentation.mocoV2(size, Normalization.IMAGENET);
        SufficientSize enough = SufficientSize.of(List.of(view));
        long bytes = 0;
        ImageFolder images = ImageFolder.open(large);
        for (int i = 0; i < images.size(); i++) {
            bytes += Files.size(images.file(i));
        }
        System.out.printf(Locale.ROOT, "%d photos of %d x %d, %d MiB%n", photos, WIDTH, HEIGHT, bytes >> 20);
        rate("as they are", images, view);
        Dataset scaled = images.shrunk(enough);
        rate("decode: scaled", scaled, view);
        try (KeptImages kept = KeptImages.of(scaled, 4L << 30)) {
            for (int i = 0; i < kept.size(); i++) {
                kept.image(i);
            }
            rate(String.format(Locale.ROOT, "the same in memory, %d MiB", kept.bytes() >> 20), kept, view);
        }
        Watch watch = new Watch();
        PreparedImages.of(large).into(small).threads(1).run();
        watch.print("prepare, one thread", photos);
        rate("prepared", ImageFolder.open(small), view);
    }

    /** Two epochs by one thread, the first for the JVM to get warm. */
    private static void rate(String what, Dataset images, Augmentation view) throws IOException {
        LoaderOptions options = LoaderOptions.of(BATCH, 1).withThreads(1).withDepth(2);
        try (Loader loader = Loader.open(images, List.of(view, view), options)) {
            pass(loader, 0);
            Watch watch = new Watch();
            watch.print(what, pass(loader, 1));
        }
    }

    private static int pass(Loader loader, int epoch) throws IOException {
        int images = 0;
        Loader.Epoch batches = loader.epoch(epoch);
        while (batches.hasNext()) {
            try (Batch batch = batches.next()) {
                images += batch.size();
            }
        }
        return images;
    }

    /** Since it was made. */
    private static final class Watch {
        private final long clock = System.nanoTime();
        private final long processor = processor();

        void print(String what, int images) {
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f images/s by the clock, %.1f by the processor's time%n",
                    what,
                    images / ((System.nanoTime() - clock) / 1e9),
                    images / ((processor() - processor) / 1e9));
        }

        private static long processor() {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getProcessCpuTime();
        }
    }

    /** Noise at several scales, as the detail of a photo is, over a gradient. */
    private static void draw(Path folder, int seed) throws IOException {
        Path file = folder.resolve(seed + ".jpg");
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(folder);
        if (seed >= DRAWN) {
            Files.copy(folder.resolve(seed % DRAWN + ".jpg"), file);
            return;
        }
        Random random = new Random(seed);
        int[] sums = new int[3 * WIDTH * HEIGHT];
        Resizer resizer = new Resizer();
        for (int width = 8; width <= WIDTH; width *= 4) {
            int height = width * HEIGHT / WIDTH;
            byte[] noise = new byte[3 * width * height];
            random.nextBytes(noise);
            byte[] grown = resizer.bilinear(new Image(width, height, noise), WIDTH, HEIGHT, false)
                    .rgb();
            int weight = 600 / width + 5;
            for (int i = 0; i < sums.length; i++) {
                sums[i] += weight * (grown[i] & 255);
            }
        }
        int all = 0;
        for (int width = 8; width <= WIDTH; width *= 4) {
            all += 600 / width + 5;
        }
        byte[] rgb = new byte[sums.length];
        for (int i = 0; i < sums.length; i++) {
            rgb[i] = (byte) (sums[i] / all);
        }
        Files.write(file, Jpeg.encode(new Image(WIDTH, HEIGHT, rgb), 92));
    }
}
