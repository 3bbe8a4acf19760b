package io.juxta.benchmarks;

import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import io.juxta.data.KeptImages;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One loader thread beside torchvision, a few seconds of each in turn, so that what else the machine does meets both:
 * two MoCo v2 views of the images below a folder, both decoding anew, then both with all of them in memory.
 *
 * <pre>{@code
 * java io.juxta.benchmarks.LoaderRun FOLDER SIZE [ROUNDS [SECONDS [PYTHON]]]
 * }</pre>
 */
public final class LoaderRun {
    private static final int BATCH = 32;
    private static final int DEPTH = 2;

    private LoaderRun() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("LoaderRun FOLDER SIZE [ROUNDS [SECONDS [PYTHON]]], from the root of the repository");
            System.exit(2);
        }
        Path folder = Path.of(arguments[0]);
        int size = Integer.parseInt(arguments[1]);
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 12;
        double seconds = arguments.length > 3 ? Double.parseDouble(arguments[3]) : 3;
        String python = arguments.length > 4 ? arguments[4] : "python3";
        Dataset images = ImageFolder.open(folder);
        try (Torchvision torchvision = new Torchvision(python, folder, size);
                KeptImages kept = KeptImages.of(images, 4L << 30);
                Turns decoding = new Turns(images, size);
                Turns keeping = new Turns(kept, size)) {
            for (int i = 0; i < images.size(); i++) {
                kept.image(i);
            }
            System.out.printf(
                    Locale.ROOT, "%s; ours %d, %d MiB kept%n", torchvision.version, images.size(), kept.bytes() >> 20);
            decoding.rate(2 * seconds);
            torchvision.rate(seconds, "decode");
            torchvision.rate(seconds, "keep");
            double[] decoded = compare("decode", decoding, torchvision, rounds, seconds);
            double[] remembered = compare("keep", keeping, torchvision, rounds, seconds);
            System.out.printf(
                    Locale.ROOT, "median ratios: decode %.2f, keep %.2f%n", median(decoded), median(remembered));
        }
    }

    /** The ratio of each round: ours between two turns of torchvision's. */
    private static double[] compare(String how, Turns ours, Torchvision theirs, int rounds, double seconds)
            throws IOException {
        double[] ratios = new double[rounds];
        System.out.println("how,round,torchvision,ours,ratio");
        double before = theirs.rate(seconds, how);
        for (int i = 0; i < rounds; i++) {
            double our = ours.rate(seconds);
            double after = theirs.rate(seconds, how);
            double their = (before + after) / 2;
            ratios[i] = our / their;
            System.out.printf(Locale.ROOT, "%s,%d,%.1f,%.1f,%.2f%n", how, i, their, our, ratios[i]);
            before = after;
        }
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** A loader that works when it is asked to. */
    private static final class Turns implements AutoCloseable {
        private final Loader loader;
        private Loader.Epoch epoch;
        private int number;

        Turns(Dataset dataset, int size) {
            Augmentation view = Augmentation.mocoV2(size, Normalization.IMAGENET);
            loader = Loader.open(
                    dataset,
                    List.of(view, view),
                    LoaderOptions.of(BATCH, 1).withThreads(1).withDepth(DEPTH));
            epoch = loader.epoch(number);
        }

        /** Images a second; what was made in advance, while others had their turn, does not count. */
        double rate(double seconds) throws IOException {
            for (int made = 0; made < DEPTH; made++) {
                next();
            }
            long begin = System.nanoTime();
            long images = 0;
            while (System.nanoTime() - begin < seconds * 1e9) {
                images += next();
            }
            return images / ((System.nanoTime() - begin) / 1e9);
        }

        private int next() throws IOException {
            if (!epoch.hasNext()) {
                number++;
                epoch = loader.epoch(number);
            }
            try (Batch batch = epoch.next()) {
                return batch.size();
            }
        }

        @Override
        public void close() {
            loader.close();
        }
    }

    private static final class Torchvision implements AutoCloseable {
        private final Process process;
        private final Writer ask;
        private final BufferedReader answer;
        private final String version;

        Torchvision(String python, Path folder, int size) throws IOException {
            process = new ProcessBuilder(
                            python, "benchmarks/torchvision_loader.py", folder.toString(), Integer.toString(size))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            ask = process.outputWriter(StandardCharsets.UTF_8);
            answer = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            version = line();
        }

        double rate(double seconds, String how) throws IOException {
            ask.write(seconds + " " + how + "\n");
            ask.flush();
            return Double.parseDouble(line());
        }

        private String line() throws IOException {
            String line = answer.readLine();
            if (line == null) {
                throw new IOException("torchvision has ended; is it installed for this Python?");
            }
            return line;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
