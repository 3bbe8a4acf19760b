package io.juxta.train.embedding;

import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Kinds of crops of an image (Caron et al., 2020, section 3.2), as the keys {@code crops}, {@code crop-sizes}, {@code crop-min-scales}
 * and {@code crop-max-scales} say them: lists with an element for each kind.
 *
 * @param counts how many of each kind
 * @param sizes side in pixels
 * @param minScales least share of the image's area
 * @param maxScales the largest
 */
@API(status = API.Status.INTERNAL)
public record CropKinds(List<Integer> counts, List<Integer> sizes, List<Double> minScales, List<Double> maxScales) {
    /** Makes a crop of a kind. */
    @FunctionalInterface
    public interface Maker {
        /** @param kind from 0 */
        Augmentation of(int kind, int size, double minScale, double maxScale);
    }

    public CropKinds {
        counts = List.copyOf(counts);
        sizes = List.copyOf(sizes);
        minScales = List.copyOf(minScales);
        maxScales = List.copyOf(maxScales);
        int kinds = counts.size();
        check(
                kinds >= 1 && kinds == sizes.size() && kinds == minScales.size() && kinds == maxScales.size(),
                "crops " + counts + ", crop-sizes " + sizes + ", crop-min-scales " + minScales + " and crop-max-scales "
                        + maxScales + " must be lists of one length");
        for (int i = 0; i < kinds; i++) {
            check(counts.get(i) >= 1 && counts.get(i) <= 64, "crops " + counts + " must be from 1 to 64 each");
            check(sizes.get(i) >= 8 && sizes.get(i) <= 4096, "crop-sizes " + sizes + " must be from 8 to 4096 each");
            double min = minScales.get(i);
            double max = maxScales.get(i);
            check(
                    min > 0 && min <= max && max <= 1,
                    "crop-min-scales " + minScales + " must be above 0 and at most crop-max-scales " + maxScales
                            + ", and those at most 1");
        }
        check(
                counts.stream().mapToInt(i -> i).sum() >= 2,
                "crops " + counts + " must be at least 2 in all: one is predicted from the other");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    /** V, the number of crops of an image. */
    public int count() {
        return counts.stream().mapToInt(i -> i).sum();
    }

    /** How each of the V crops is made, in their order. */
    public List<Augmentation> views(Maker maker) {
        List<Augmentation> views = new ArrayList<>();
        for (int kind = 0; kind < counts.size(); kind++) {
            Augmentation view = maker.of(kind, sizes.get(kind), minScales.get(kind), maxScales.get(kind));
            for (int i = 0; i < counts.get(kind); i++) {
                views.add(view);
            }
        }
        return List.copyOf(views);
    }

    /** The side of each of the V crops. */
    public List<Integer> sides() {
        List<Integer> sides = new ArrayList<>();
        for (int kind = 0; kind < counts.size(); kind++) {
            for (int i = 0; i < counts.get(kind); i++) {
                sides.add(sizes.get(kind));
            }
        }
        return List.copyOf(sides);
    }

    /** Crops that are named by their numbers must be there, and different. */
    public void requireAmong(String key, List<Integer> chosen) {
        check(
                !chosen.isEmpty()
                        && chosen.stream().allMatch(i -> i >= 0 && i < count())
                        && chosen.stream().distinct().count() == chosen.size(),
                key + " " + chosen + " must be different numbers from 0 to " + (count() - 1) + ", for crops are "
                        + counts);
    }

    /**
     * How an image is prepared for evaluation, by the size of the first kind: as it is below 64 px, otherwise its short side brought to
     * 8/7 of the size and the centre cut out.
     */
    public Augmentation evaluation(Normalization normalization) {
        int size = sizes.get(0);
        return size < 64
                ? Augmentation.plain(size, normalization)
                : Augmentation.evaluation(Math.round(size * 8 / 7f), size, normalization);
    }

    /** The training view of a linear probe, by the size of the first kind: crop of 0.08 to 1 of the area, flip. */
    public Augmentation linearTrain(Normalization normalization) {
        return Augmentation.linearTrain(sizes.get(0), normalization);
    }
}
