package io.juxta.report;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Subset;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.Layer;
import io.juxta.image.Augmentation;
import io.juxta.report.snapshots.Embedding;
import io.juxta.report.snapshots.Origin;
import io.juxta.report.snapshots.Pictures;
import io.juxta.report.snapshots.Sample;
import io.juxta.report.snapshots.Snapshot;
import io.juxta.report.snapshots.SnapshotFolder;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;

/**
 * Takes pictures of a run while it goes on, and writes its {@code report.html}: what the augmentation does, once; how
 * the encoder sees a fixed sample of the images, before training and after epochs.
 *
 * <p>A report that cannot be made is a warning, and the run goes on without. Everything happens in the caller's thread.
 */
@API(status = API.Status.INTERNAL)
public final class Snapshots extends Reporting {
    /** Far below what a training step takes, so that a snapshot needs no more memory than a run has. */
    private static final int BATCH = 64;

    private final SnapshotFolder folder;
    private final EncoderNetwork encoder;
    private final Subject subject;
    /** Empty while there are no pictures. */
    private Optional<Sample> sample = Optional.empty();

    private Optional<Snapshot> last = Optional.empty();

    public record Options(
            @Means(value = "epochs between two writings of the report; 0 for no report", unit = "epochs")
            @Range(least = 0)
            @MayChange
            @Default("1")
            int reportEvery) {
        public Options {
            if (reportEvery < 0) {
                throw new IllegalArgumentException("report-every " + reportEvery + " must be at least 0 (0 for never)");
            }
        }
    }

    /**
     * What is shown.
     *
     * @param images that are trained on
     * @param views how training makes each view of an image, in their order
     * @param evaluation how the encoder is shown an image to be judged; nothing random
     * @param seed the run's
     * @param epochs of the whole run
     * @param options how often
     */
    public record Subject(
            Dataset images, List<Augmentation> views, Augmentation evaluation, long seed, int epochs, Options options) {
        public Subject {
            views = List.copyOf(views);
        }
    }

    private Snapshots(Path run, EncoderNetwork encoder, Subject subject, BooleanSupplier saved) {
        super(run, subject.epochs(), subject.options(), saved);
        this.folder = new SnapshotFolder(run);
        this.encoder = encoder;
        this.subject = subject;
    }

    /**
     * Draws the sample and makes its pictures; of a run that begins, also a snapshot of the untrained encoder and the
     * first report.
     *
     * @param run the run's folder
     * @param finished epochs that the run has behind it
     * @param saved asked at the end whether anything of the run is kept: otherwise all this is taken away again
     */
    public static Snapshots begin(
            Path run, EncoderNetwork encoder, Subject subject, int finished, Origin origin, BooleanSupplier saved) {
        Snapshots snapshots = new Snapshots(run, encoder, subject, saved);
        snapshots.guarded(() -> snapshots.prepare(finished, origin));
        return snapshots;
    }

    private void prepare(int finished, Origin origin) throws IOException {
        folder.forgetAfter(finished);
        if (!takesPictures()) {
            return;
        }
        folder.add(origin);
        Pictures pictures = Pictures.of(subject.images(), subject.views(), subject.evaluation(), subject.seed());
        folder.write(pictures);
        List<Snapshot> before = folder.snapshots(pictures.sample());
        last = before.isEmpty() ? Optional.empty() : Optional.of(before.get(before.size() - 1));
        sample = Optional.of(pictures.sample());
        if (finished == 0) {
            report(0);
        }
    }

    /** Looks at the sample through the encoder as it stands. */
    @Override
    void take(int epoch) throws IOException {
        if (sample.isEmpty()) {
            return;
        }
        Sample shown = sample.get();
        FeatureOptions unit = new FeatureOptions(Layer.BACKBONE, FeatureOptions.Length.UNIT, BATCH);
        Subset images = new Subset(subject.images(), shown.indices());
        try (Features features = Features.of(encoder, images, subject.evaluation(), unit)) {
            if (!isFinite(features)) {
                // an encoder that has come apart: the loop ends the run, and says why
                return;
            }
            Snapshot snapshot = Embedding.snapshot(features.values(), shown, epoch, last, subject.seed());
            folder.add(snapshot);
            last = Optional.of(snapshot);
        }
    }

    private static boolean isFinite(Features features) {
        try (PointerScope scope = new PointerScope()) {
            return features.values().isfinite().all().item_bool();
        }
    }

    @Override
    void delete() throws IOException {
        folder.delete();
    }
}
