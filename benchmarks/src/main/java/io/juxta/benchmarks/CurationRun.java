package io.juxta.benchmarks;

import io.juxta.curation.Curation;
import io.juxta.curation.Defect;
import io.juxta.curation.Groups;
import io.juxta.curation.LabelDoubt;
import io.juxta.curation.Quality;
import io.juxta.curation.Selection;
import io.juxta.data.ImageFolder;
import io.juxta.eval.probe.SoftmaxRegression;
import io.juxta.runs.Curating;
import io.juxta.runs.compared.Score;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What {@code curate} finds of what was planted, and what a selection is worth.
 *
 * <p>{@code CurationRun defects PHOTOS NEW WEIGHTS}: copies and spoiled pictures among JPEGs. {@code CurationRun labels CLASSES NEW
 * WEIGHTS}: 30 wrong labels of 1,000 pictures. {@code CurationRun selection EMBEDDINGS}: a linear classifier of 100, 500 chosen
 * pictures against as many at random, five seeds; a file by embed, of a folder with a folder for each class.
 */
public final class CurationRun {
    private CurationRun() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "defects" -> defects(Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
            case "labels" -> labels(Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
            case "selection" -> selection(Path.of(arguments[1]));
            default -> throw new IllegalArgumentException("defects, labels or selection, not " + arguments[0]);
        }
    }

    private static void defects(Path photos, Path folder, Path weights) throws IOException {
        Files.createDirectories(folder);
        PlantedDefects planted = new PlantedDefects(photos, folder.resolve("pictures"), 1);
        planted.plant();
        System.out.println(planted);
        for (double above : new double[] {0.99, 0.98, 0.95, 0.9}) {
            Curation found = Curating.of(folder.resolve("pictures"))
                    .into(folder.resolve("curated"))
                    .by(weights)
                    .above(above)
                    .run();
            if (above == 0.99) {
                quality(found, planted);
            }
            copies(found, planted, above);
        }
    }

    /** Recall of each defect, and which of what it names was not planted as that. */
    private static void quality(Curation found, PlantedDefects planted) {
        for (Quality.Check check : found.quality().checks()) {
            Defect defect = check.defect();
            long all = planted.spoiled.values().stream()
                    .filter(defect.called()::equals)
                    .count();
            List<String> named = check.found().stream().map(found::name).toList();
            long right = named.stream()
                    .filter(name -> defect.called().equals(planted.spoiled.get(name)))
                    .count();
            Map<String, Integer> others = new TreeMap<>();
            named.stream()
                    .filter(name -> !defect.called().equals(planted.spoiled.get(name)))
                    .forEach(name -> others.merge(
                            planted.spoiled.getOrDefault(name, name.substring(0, name.indexOf('/'))), 1, Integer::sum));
            if (all > 0 || !named.isEmpty()) {
                System.out.printf(
                        Locale.ROOT,
                        "%-20s found %d of %d planted; others named: %s%n",
                        defect.called(),
                        right,
                        all,
                        others);
            }
        }
    }

    /** Copies in the group of their source, by kind, and groups that hold pictures of more than one source. */
    private static void copies(Curation found, PlantedDefects planted, double above) {
        Map<String, Integer> groupOf = new HashMap<>();
        int mixed = 0;
        int wrong = 0;
        int number = 0;
        for (Groups.Group group : found.groups().groups()) {
            number++;
            Set<String> sources = new HashSet<>();
            for (int image : group.images()) {
                groupOf.put(found.name(image), number);
                sources.add(planted.copies.getOrDefault(found.name(image), found.name(image)));
            }
            if (sources.size() > 1) {
                mixed++;
                System.out.println("  mixed: "
                        + sources.stream()
                                .limit(6)
                                .map(name -> name + kind(planted, name))
                                .toList());
            }
            wrong += sources.size() - 1;
        }
        Map<String, int[]> kinds = new TreeMap<>();
        planted.copies.forEach((copy, source) -> {
            int[] counts = kinds.computeIfAbsent(copy.substring(0, copy.indexOf('/')), kind -> new int[2]);
            counts[1]++;
            counts[0] += groupOf.containsKey(copy) && groupOf.get(copy).equals(groupOf.get(source)) ? 1 : 0;
        });
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "above %.2f:", above));
        kinds.forEach(
                (kind, counts) -> line.append(String.format(Locale.ROOT, " %s %d/%d,", kind, counts[0], counts[1])));
        System.out.printf(
                Locale.ROOT,
                "%s %d groups, %d of them mixed, %d pictures wrongly in one%n",
                line,
                number,
                mixed,
                wrong);
    }

    private static String kind(PlantedDefects planted, String name) {
        return planted.spoiled.containsKey(name) ? " (" + planted.spoiled.get(name) + ")" : "";
    }

    private static void labels(Path classes, Path folder, Path weights) throws IOException {
        ImageFolder images = ImageFolder.open(classes);
        Random random = new Random(1);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, images.size()).boxed().toList());
        Collections.shuffle(order, random);
        Set<String> wrong = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            int label = images.label(order.get(i));
            int said = i < 30
                    ? (label + 1 + random.nextInt(images.classes().size() - 1))
                            % images.classes().size()
                    : label;
            String name = images.classes().get(said) + "/" + i + "-"
                    + images.file(order.get(i)).getFileName();
            Path copy = folder.resolve("pictures").resolve(name);
            Files.createDirectories(copy.getParent());
            Files.copy(images.file(order.get(i)), copy);
            if (i < 30) {
                wrong.add(name);
            }
        }
        for (int k : new int[] {5, 10, 20}) {
            Curation found = Curating.of(folder.resolve("pictures"))
                    .into(folder.resolve("curated"))
                    .by(weights)
                    .neighbours(k)
                    .run();
            List<LabelDoubt> doubts = found.doubts();
            StringBuilder line = new StringBuilder(k + " neighbours, " + doubts.size() + " doubted:");
            for (int first : new int[] {30, 60, 100, 200}) {
                long right = doubts.stream()
                        .limit(first)
                        .filter(doubt -> wrong.contains(found.name(doubt.image())))
                        .count();
                line.append(String.format(Locale.ROOT, " %d among the first %d,", right, first));
            }
            long all = doubts.stream()
                    .filter(doubt -> wrong.contains(found.name(doubt.image())))
                    .count();
            System.out.println(line.append(" ").append(all).append(" of 30 among all"));
        }
    }

    private static void selection(Path file) throws IOException {
        try (PointerScope scope = new PointerScope();
                Embeddings all = EmbeddingFile.read(file)) {
            List<String> classes = all.names().stream()
                    .map(name -> name.substring(0, name.indexOf('/')))
                    .distinct()
                    .sorted()
                    .toList();
            long[] labels = all.names().stream()
                    .mapToLong(name -> classes.indexOf(name.substring(0, name.indexOf('/'))))
                    .toArray();
            for (int budget : new int[] {50, 100, 500}) {
                Map<String, double[]> accuracies = new TreeMap<>();
                for (int seed = 0; seed < 5; seed++) {
                    List<Integer> order = new ArrayList<>(
                            IntStream.range(0, labels.length).boxed().toList());
                    Collections.shuffle(order, new Random(seed));
                    int held = labels.length / 5;
                    long[] asked = order.stream().limit(held).mapToLong(i -> i).toArray();
                    long[] pool = order.stream().skip(held).mapToLong(i -> i).toArray();
                    compare(all.values(), labels, classes.size(), asked, pool, budget, seed, accuracies);
                }
                accuracies.forEach((by, of) -> {
                    Score score = Score.ofDraws(of);
                    System.out.printf(
                            Locale.ROOT,
                            "%4d labels, %-12s %.2f %% (%.2f to %.2f) %s%n",
                            budget,
                            by,
                            score.mean(),
                            score.low(),
                            score.high(),
                            Arrays.toString(of));
                });
                double[] random = accuracies.getOrDefault("random", new double[0]);
                accuracies.forEach((by, of) -> {
                    double[] lead = IntStream.range(0, 5)
                            .mapToDouble(i -> 50 + of[i] - random[i])
                            .toArray();
                    Score score = Score.ofDraws(lead);
                    System.out.printf(
                            Locale.ROOT,
                            "%4d labels, %-12s leads random by %.2f (%.2f to %.2f)%n",
                            budget,
                            by,
                            score.mean() - 50,
                            score.low() - 50,
                            score.high() - 50);
                });
            }
        }
    }

    private static void compare(
            Tensor values,
            long[] labels,
            int classes,
            long[] asked,
            long[] pool,
            int budget,
            int seed,
            Map<String, double[]> accuracies)
            throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor from = values.index_select(0, Tensor.create(pool));
            Tensor none = values.narrow(0, 0, 0);
            Map<String, int[]> choices = new TreeMap<>();
            choices.put("random", IntStream.range(0, budget).toArray()); // the pool is shuffled
            choices.put("coverage", places(Selection.coverage(from, none, budget, seed, chosen -> {})));
            choices.put("diversity", places(Selection.diversity(from, none, budget, chosen -> {})));
            int[] first = IntStream.range(0, budget / 2).toArray();
            Tensor begun = from.narrow(0, 0, budget / 2);
            Tensor begunLabels = Tensor.create(labels(labels, pool, first));
            Tensor rest = from.narrow(0, budget / 2, pool.length - budget / 2);
            int[] unsure = places(Selection.uncertainty(rest, begun, begunLabels, classes, budget - budget / 2));
            choices.put(
                    "uncertainty",
                    IntStream.concat(IntStream.of(first), IntStream.of(unsure).map(i -> i + budget / 2))
                            .toArray());
            for (Map.Entry<String, int[]> choice : choices.entrySet()) {
                long[] rows =
                        IntStream.of(choice.getValue()).mapToLong(i -> pool[i]).toArray();
                Tensor known = Tensor.create(labels(labels, pool, choice.getValue()));
                try (SoftmaxRegression classifier = SoftmaxRegression.fit(
                        values.index_select(0, Tensor.create(rows)), known, classes, SoftmaxRegression.decay(budget))) {
                    long[] said = new long[asked.length];
                    classifier
                            .scores(values.index_select(0, Tensor.create(asked)))
                            .argmax(new LongOptional(1), false)
                            .data_ptr_long()
                            .get(said);
                    int right = 0;
                    for (int i = 0; i < said.length; i++) {
                        right += said[i] == labels[(int) asked[i]] ? 1 : 0;
                    }
                    accuracies.computeIfAbsent(choice.getKey(), by -> new double[5])[seed] =
                            100.0 * right / said.length;
                }
            }
        }
    }

    private static int[] places(Selection selection) {
        return selection.chosen().stream().mapToInt(i -> i).toArray();
    }

    private static long[] labels(long[] labels, long[] pool, int[] chosen) {
        return IntStream.of(chosen).mapToLong(i -> labels[(int) pool[i]]).toArray();
    }
}
