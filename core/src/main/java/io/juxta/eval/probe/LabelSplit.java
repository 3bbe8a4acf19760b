package io.juxta.eval.probe;

import io.juxta.data.Dataset;
import io.juxta.data.Subset;
import io.juxta.image.Draws;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * The images of a data set whose labels may be seen.
 *
 * @param all the data set
 * @param chosen places in it, rising; at least one of every class
 */
@API(status = API.Status.INTERNAL)
public record LabelSplit(Dataset all, List<Integer> chosen) {
    /** Where the draws of the split stand among the epochs. */
    private static final int SPLIT = -1;

    /** @throws IllegalArgumentException when a class has no image among the chosen, or there are no classes */
    public LabelSplit {
        chosen = chosen.stream().sorted().toList();
        if (all.classes().isEmpty()) {
            throw new IllegalArgumentException(
                    "labels cannot be chosen where there are no classes: use a folder for each class");
        }
        int[] counts = counts(all, chosen);
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] == 0) {
                throw new IllegalArgumentException("class " + all.classes().get(c)
                        + " has no labelled image: each class needs at least one to be learned");
            }
        }
    }

    /**
     * The same share of each class, rounded to the nearest whole number and at least one image. Which ones follows from
     * the seed, the class and the number of its images, and from nothing else; of two shares by one seed the larger
     * split holds the smaller. Images without a class are never chosen.
     *
     * @param share above 0, at most 1: 0.01 or 0.1 in the literature
     * @throws IllegalArgumentException when the share is out of range or a class has no image
     */
    public static LabelSplit balanced(Dataset all, double share, long seed) {
        SemiSupervisedOptions.requireShare(share);
        List<List<Integer>> ofClass = all.classes().stream()
                .map(name -> (List<Integer>) new ArrayList<Integer>())
                .toList();
        for (int i = 0; i < all.size(); i++) {
            if (all.label(i) >= 0) {
                ofClass.get(all.label(i)).add(i);
            }
        }
        List<Integer> chosen = new ArrayList<>();
        for (int c = 0; c < ofClass.size(); c++) {
            List<Integer> images = ofClass.get(c);
            long count = images.isEmpty() ? 0 : Math.max(1, Math.round(share * images.size()));
            int[] order = Draws.of(seed, SPLIT, c, 0).permutation(images.size());
            for (int i = 0; i < images.size(); i++) {
                // the place of an image in a random order: those of a larger share take in those of a smaller
                if (order[i] < count) {
                    chosen.add(images.get(i));
                }
            }
        }
        return new LabelSplit(all, chosen);
    }

    /**
     * Reads a list of images: UTF-8, one name in each line, as {@link Dataset#name} gives it. The last part of a path
     * will do where no other image has it, so that the lists of SimCLR for ImageNet can be read. Empty lines are passed
     * over.
     *
     * @throws IOException in one line that names the file, and the line of it that is at fault
     */
    public static LabelSplit read(Path file, Dataset all) throws IOException {
        List<Integer> chosen = new NameList(file, all).read();
        try {
            return new LabelSplit(all, chosen);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the list that {@link #read} reads.
     *
     * @throws IOException when it cannot be written, or a name has a line break in it, in one line that names the file
     */
    public void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int index : chosen) {
            String name = all.name(index);
            if (name.contains("\n") || name.contains("\r")) {
                throw new IOException("cannot write " + file + ": an image has a line break in its name, "
                        + NameList.shown(name) + ": rename it");
            }
            text.append(name).append('\n');
        }
        Replacing.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The chosen images as a data set of their own, with all the classes. */
    public Dataset images() {
        return new Subset(all, chosen);
    }

    /** Of all images. */
    public double share() {
        return (double) chosen.size() / all.size();
    }

    /** How many, and how they are spread: {@code 500 of 50,000 labels (1.00 %), 50 of each of 10 classes}. */
    @Override
    public String toString() {
        IntSummaryStatistics of = IntStream.of(counts(all, chosen)).summaryStatistics();
        return String.format(
                Locale.ROOT,
                "%,d of %,d labels (%.2f %%), %s of each of %,d classes",
                chosen.size(),
                all.size(),
                100 * share(),
                of.getMin() == of.getMax() ? "" + of.getMin() : of.getMin() + " to " + of.getMax(),
                of.getCount());
    }

    private static int[] counts(Dataset all, List<Integer> chosen) {
        int[] counts = new int[all.classes().size()];
        for (int index : chosen) {
            if (all.label(index) < 0) {
                throw new IllegalArgumentException(all.name(index) + " has no class");
            }
            counts[all.label(index)]++;
        }
        return counts;
    }
}
