package io.juxta.benchmarks;

import io.juxta.data.ImageFolder;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Decoder;
import io.juxta.image.Draws;
import io.juxta.image.Filter;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.Orientation;
import io.juxta.image.PixelStep;
import io.juxta.image.Resizer;
import io.juxta.image.SufficientSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far pictures that are shrunk as they are decoded ({@code decode: scaled}) are from whole ones: crops of MoCo v2 and the view
 * of evaluation, on the same draws, and the shrunk pictures themselves beside those that Pillow's filter makes of all pixels.
 *
 * <pre>{@code
 * java io.juxta.benchmarks.ScaledViewsRun FOLDER SIZE
 * }</pre>
 */
public final class ScaledViewsRun {
    private static final int DRAWS = 4;

    private final List<Double> means = new ArrayList<>();
    private final List<Double> decibels = new ArrayList<>();
    private int largest;

    private ScaledViewsRun() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("ScaledViewsRun FOLDER SIZE");
            System.exit(2);
        }
        ImageFolder images = ImageFolder.open(Path.of(arguments[0]));
        int size = Integer.parseInt(arguments[1]);
        Augmentation crop = Augmentation.of(
                "crop", size, Normalization.IMAGENET, new PixelStep.RandomResizedCrop(size, 0.2, 1, Filter.BILINEAR));
        Augmentation evaluation = Augmentation.named("evaluation", size, Normalization.IMAGENET);
        SufficientSize enough = SufficientSize.of(List.of(crop, evaluation));
        ScaledViewsRun crops = new ScaledViewsRun();
        ScaledViewsRun evaluated = new ScaledViewsRun();
        ScaledViewsRun shrunk = new ScaledViewsRun();
        List<Double> ratios = new ArrayList<>();
        Canvas canvas = new Canvas();
        Resizer resizer = new Resizer();
        int left = 0;
        for (int i = 0; i < images.size(); i++) {
            byte[] file = Decoder.bytes(images.file(i));
            Image whole = Decoder.decode(file, images.name(i));
            Image scaled = Decoder.decode(file, images.name(i), Orientation.IGNORE, enough);
            if (whole.width() == scaled.width()) {
                left++;
                continue;
            }
            ratios.add((double) whole.rgb().length / scaled.rgb().length);
            shrunk.add(resizer.bilinear(whole, scaled.width(), scaled.height(), false), scaled);
            evaluated.add(
                    evaluation.view(whole, Draws.of(0, 0, i, 0), canvas),
                    evaluation.view(scaled, Draws.of(0, 0, i, 0), new Canvas()));
            for (int draw = 0; draw < DRAWS; draw++) {
                crops.add(
                        crop.view(whole, Draws.of(0, 0, i, draw), canvas),
                        crop.view(scaled, Draws.of(0, 0, i, draw), new Canvas()));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d pictures, %d small enough; the others have %.1f times as many bytes as what is kept (median)%n",
                images.size(),
                left,
                ratios.isEmpty() ? 1 : ratios.stream().sorted().toList().get(ratios.size() / 2));
        System.out.println(
                "| of 255 | mean difference | of the worst picture | largest of a pixel | PSNR, dB (least) |");
        System.out.println("|---|---|---|---|---|");
        crops.print("crops of 0.2 to 1 of the area");
        evaluated.print("evaluation");
        shrunk.print("shrunk beside Pillow's filter of all pixels");
    }

    private void add(Image a, Image b) {
        long sum = 0;
        double squares = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            int difference = Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255));
            sum += difference;
            squares += (double) difference * difference;
            largest = Math.max(largest, difference);
        }
        means.add((double) sum / a.rgb().length);
        decibels.add(10 * Math.log10(255.0 * 255 * a.rgb().length / Math.max(1, squares)));
    }

    private void print(String what) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %d | %.1f (%.1f) |%n",
                what,
                means.stream().mapToDouble(Double::doubleValue).average().orElse(0),
                means.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                largest,
                decibels.stream().mapToDouble(Double::doubleValue).average().orElse(0),
                decibels.stream().mapToDouble(Double::doubleValue).min().orElse(0));
    }
}
