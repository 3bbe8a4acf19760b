package io.juxta.eval.neighbours;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.image.Augmentation;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * What an accuracy is to be compared with, each top-1 in percent.
 *
 * @param untrained kNN by the same network before training; empty where it was not asked for or the images are many
 * @param rawPixels kNN by the pictures themselves; empty where they are very many
 * @param side of those pictures
 * @param largestClass of whoever always names the class with the most held-out images
 */
@API(status = API.Status.EXPERIMENTAL)
public record Baselines(OptionalDouble untrained, OptionalDouble rawPixels, int side, double largestClass) {
    /** What reading and comparing them all takes is then still below what the judgement itself took. */
    private static final int MOST_PICTURES = 100_000;

    private static final int MOST_EMBEDDED = 20_000;

    /**
     * Measures them.
     *
     * @param images labelled ones that are learned from
     * @param heldOut labelled ones that are judged by
     * @param view how an image is prepared; nothing random
     * @param knn T and layer; k is lowered to the number of images
     * @throws IOException when images cannot be read
     */
    public static Baselines of(Dataset images, Dataset heldOut, Augmentation view, KnnOptions knn) throws IOException {
        int all = images.size() + heldOut.size();
        OptionalDouble raw = all > MOST_PICTURES
                ? OptionalDouble.empty()
                : OptionalDouble.of(RawPixels.knn(images, heldOut, view, knn).top1());
        return new Baselines(OptionalDouble.empty(), raw, RawPixels.side(view), largestClass(heldOut));
    }

    /**
     * As {@link #of(Dataset, Dataset, Augmentation, KnnOptions)}, and the untrained network's.
     *
     * @param network makes it; asked only where it is used
     */
    public static Baselines of(
            Dataset images, Dataset heldOut, Augmentation view, KnnOptions knn, Supplier<EncoderNetwork> network)
            throws IOException {
        Baselines plain = of(images, heldOut, view, knn);
        if (images.size() + heldOut.size() > MOST_EMBEDDED) {
            return plain;
        }
        FeatureOptions unit = FeatureOptions.of(knn.layer(), FeatureOptions.Length.UNIT);
        try (EncoderNetwork untrained = network.get();
                Features bank = Features.of(untrained, images, view, unit).readable();
                Features asked = Features.of(untrained, heldOut, view, unit).readable()) {
            Accuracy accuracy =
                    Knn.evaluate(asked.values(), asked.labels(), bank.values(), bank.labels(), knn.within(bank.size()));
            return new Baselines(OptionalDouble.of(accuracy.top1()), plain.rawPixels, plain.side, plain.largestClass);
        }
    }

    private static double largestClass(Dataset heldOut) {
        int[] counts = new int[Math.max(1, heldOut.classes().size())];
        IntStream.range(0, heldOut.size())
                .map(heldOut::label)
                .filter(label -> label >= 0)
                .forEach(label -> counts[label]++);
        OptionalInt most = IntStream.of(counts).max();
        return 100.0 * most.orElse(0) / Math.max(1, heldOut.size());
    }

    /** One line. */
    @Override
    public String toString() {
        StringBuilder said = new StringBuilder("to compare: ");
        untrained.ifPresent(top1 -> said.append(percent(top1)).append(" by the untrained encoder, "));
        rawPixels.ifPresent(top1 -> said.append(percent(top1))
                .append(" by the nearest raw pixels (")
                .append(side)
                .append(" px), "));
        return said.append(percent(largestClass))
                .append(" by always naming the largest class")
                .toString();
    }

    private static String percent(double value) {
        return String.format(Locale.ROOT, "%.2f %%", value);
    }
}
