package io.juxta.report;

import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.report.drawing.HeatMap;
import io.juxta.report.drawing.Planes;
import io.juxta.report.snapshots.Origin;
import io.juxta.report.translation.ShownImages;
import io.juxta.report.translation.TranslationFolder;
import io.juxta.report.translation.TranslationSample;
import io.juxta.report.translation.TranslationSheets;
import io.juxta.report.translation.TranslationSnapshot;
import io.juxta.torch.StateDict;
import io.juxta.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Takes pictures of a run that learns to translate images, and writes its {@code report.html}: a few fixed sources,
 * their translations and what changed; targets, which the generator should leave as they are; and where patches of a
 * translation find their positives. Before training and after epochs.
 *
 * <p>{@link #figures} measures the same images after every epoch.
 */
@API(status = API.Status.INTERNAL)
public final class TranslationSnapshots extends Reporting {
    private static final int IMAGES = 6;

    private final TranslationFolder folder;
    private final Translator translator;
    private final ShownImages sources;
    private final ShownImages targets;
    private Optional<TranslationSheets> sheets = Optional.empty();
    /** The translations that were measured last, so that they need not be made again for the pictures. */
    private Optional<Translated> measured = Optional.empty();

    private record Translated(int finished, List<Planes> images) {}

    /** How like a patch of a translation is to every patch of its source. */
    @FunctionalInterface
    public interface Similarity {
        /**
         * @param source (1, C, H, W), from -1 to 1
         * @param translation of it, (1, C', H, W)
         * @param points of the translation, x and y in turn, from 0 at the left and the top to 1
         * @return (P, h, w), cosines of the patch at each point with the patches of the source
         */
        Tensor maps(Tensor source, Tensor translation, double[] points);
    }

    /**
     * What translates.
     *
     * @param network the generator, which is in evaluation mode whenever one of these is asked
     * @param translation (1, C, H, W) to (1, C', H, W), from -1 to 1
     * @param similarity of patches
     */
    public record Translator(Module network, UnaryOperator<Tensor> translation, Similarity similarity) {}

    /**
     * What is shown.
     *
     * @param sources images of the source domain, held out where there are such
     * @param targets images of the target domain
     * @param sourceView how the generator is shown a source; nothing random
     * @param targetView how it is shown a target; one of other channels than a source is not shown
     * @param epochs of the whole run
     * @param options how often
     */
    public record Subject(
            Dataset sources,
            Dataset targets,
            Augmentation sourceView,
            Augmentation targetView,
            int epochs,
            Snapshots.Options options) {}

    private TranslationSnapshots(Path run, Translator translator, Subject subject, BooleanSupplier saved) {
        super(run, subject.epochs(), subject.options(), saved);
        this.folder = new TranslationFolder(run);
        this.translator = translator;
        sources = ShownImages.of(subject.sources(), subject.sourceView(), IMAGES);
        ShownImages some = ShownImages.of(subject.targets(), subject.targetView(), IMAGES);
        targets = haveChannelsOf(sources, some) ? some : ShownImages.none();
    }

    private static boolean haveChannelsOf(ShownImages sources, ShownImages targets) {
        return !sources.images().isEmpty()
                && !targets.images().isEmpty()
                && sources.images().get(0).shape().channels()
                        == targets.images().get(0).shape().channels();
    }

    /**
     * Chooses the images; of a run that begins, also takes pictures of the untrained generator and writes the first
     * report.
     *
     * @param run the run's folder
     * @param finished epochs that the run has behind it
     * @param saved asked at the end whether anything of the run is kept: otherwise all this is taken away again
     */
    public static TranslationSnapshots begin(
            Path run, Translator translator, Subject subject, int finished, Origin origin, BooleanSupplier saved) {
        TranslationSnapshots snapshots = new TranslationSnapshots(run, translator, subject, saved);
        snapshots.guarded(() -> snapshots.prepare(finished, origin));
        return snapshots;
    }

    private void prepare(int finished, Origin origin) throws IOException {
        folder.forgetAfter(finished);
        if (!takesPictures()) {
            return;
        }
        folder.add(origin);
        if (sources.images().isEmpty()) {
            throw new IOException("none of the images that the report would show can be read");
        }
        TranslationSheets made = new TranslationSheets(sources, targets);
        folder.write(made.sample(), made.originals());
        sheets = Optional.of(made);
        if (finished == 0) {
            report(0);
        }
    }

    /**
     * Measures after every epoch, to be given to the loop before those who write figures down: {@code change}, the mean
     * difference of translations and their sources, as a share of the range; {@code diversity}, the mean difference of
     * the translations of two sources over that of the sources. Where channels differ, or there is but one image, what
     * cannot be compared is left out.
     */
    public Training.Listener figures() {
        return new Training.Listener() {
            @Override
            public void epoch(int epoch, Map<String, Double> metrics) {
                List<Planes> translations = translated(sources.images());
                measured = Optional.of(new Translated(epoch + 1, translations));
                if (areFinite(translations)) {
                    metrics.putAll(figures(sources.images(), translations));
                }
            }
        };
    }

    static Map<String, Double> figures(List<Planes> sources, List<Planes> translations) {
        List<Double> changes = new ArrayList<>();
        List<Double> ofSources = new ArrayList<>();
        List<Double> ofTranslations = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            compare(sources.get(i), translations.get(i), changes);
            for (int j = 0; j < i; j++) {
                compare(sources.get(i), sources.get(j), ofSources);
                compare(translations.get(i), translations.get(j), ofTranslations);
            }
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        mean(changes).ifPresent(change -> figures.put("change", change));
        double apart = mean(ofSources).orElse(0);
        if (apart > 0) {
            mean(ofTranslations).ifPresent(mean -> figures.put("diversity", mean / apart));
        }
        return figures;
    }

    private static void compare(Planes one, Planes other, List<Double> distances) {
        if (one.shape().equals(other.shape())) {
            distances.add(one.distance(other));
        }
    }

    private static OptionalDouble mean(List<Double> values) {
        return values.stream().mapToDouble(value -> value).average();
    }

    private static boolean areFinite(List<Planes> images) {
        return images.stream().allMatch(Planes::isFinite);
    }

    /** One image at a time, which needs no more memory than a step. */
    private List<Planes> translated(List<Planes> images) {
        List<Planes> translated = new ArrayList<>();
        evaluating(like -> {
            for (Planes image : images) {
                try (PointerScope scope = new PointerScope()) {
                    translated.add(Planes.of(translator.translation().apply(image.tensor(like))));
                }
            }
        });
        return translated;
    }

    /** @return those of the first image, then those of the next */
    private List<HeatMap> maps(TranslationSample sample, List<Planes> translations) {
        double[] points = sample.points().stream().mapToDouble(p -> p).toArray();
        List<HeatMap> maps = new ArrayList<>();
        evaluating(like -> {
            for (int i = 0; i < sample.asked(); i++) {
                try (PointerScope scope = new PointerScope()) {
                    Tensor source = sources.images().get(i).tensor(like);
                    Tensor translation = translations.get(i).tensor(like);
                    Tensor cosines = translator.similarity().maps(source, translation, points);
                    for (int point = 0; point < cosines.size(0); point++) {
                        maps.add(HeatMap.of(cosines.select(0, point)));
                    }
                }
            }
        });
        return maps;
    }

    private interface Evaluation {
        /** @param like of the network's device and type */
        void run(Tensor like);
    }

    private void evaluating(Evaluation work) {
        boolean training = translator.network().is_training();
        translator.network().eval();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            work.run(StateDict.parameters(translator.network())
                    .values()
                    .iterator()
                    .next());
        } finally {
            translator.network().train(training);
        }
    }

    @Override
    void take(int finished) throws IOException {
        if (sheets.isEmpty()) {
            return;
        }
        List<Planes> translations = measured.filter(made -> made.finished() == finished)
                .map(Translated::images)
                .orElseGet(() -> translated(sources.images()));
        List<Planes> identities = translated(targets.images());
        if (!areFinite(translations) || !areFinite(identities)) {
            // a generator that has come apart: the loop ends the run, and says why
            return;
        }
        TranslationSample sample = sheets.get().sample();
        List<HeatMap> maps = maps(sample, translations);
        List<HeatMap.Found> found = new ArrayList<>();
        int points = sample.points().size() / 2;
        for (int i = 0; i < maps.size(); i++) {
            int at = 2 * (i % points);
            found.add(maps.get(i).at(sample.points().get(at), sample.points().get(at + 1)));
        }
        folder.add(
                new TranslationSnapshot(sample.fingerprint(), finished, found),
                sheets.get().epoch(translations, identities, maps));
    }

    @Override
    void delete() throws IOException {
        folder.delete();
    }
}
