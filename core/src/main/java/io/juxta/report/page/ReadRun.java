package io.juxta.report.page;

import io.juxta.report.detection.DetectionFolder;
import io.juxta.report.detection.ShownDetections;
import io.juxta.report.snapshots.Origin;
import io.juxta.report.snapshots.Pictures;
import io.juxta.report.snapshots.PrototypeGallery;
import io.juxta.report.snapshots.Snapshot;
import io.juxta.report.snapshots.SnapshotFolder;
import io.juxta.report.translation.TranslationFolder;
import io.juxta.report.translation.Translations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/** What the folder of a run says, read without its data set and without libtorch. */
@API(status = API.Status.INTERNAL)
public record ReadRun(
        String name,
        RecipeSaid recipe,
        Metrics metrics,
        Events events,
        List<Origin> origins,
        Optional<Pictures> pictures,
        List<Snapshot> snapshots,
        Optional<PrototypeGallery> gallery,
        Optional<Translations> translations,
        Optional<ShownDetections> detections) {
    /** Whether it learns to translate images, and not to embed them. */
    boolean translates() {
        return translations.isPresent()
                || recipe.said().method().filter("cut"::equals).isPresent();
    }

    /** Whether it learns to detect. */
    boolean detects() {
        return detections.isPresent()
                || recipe.said().method().filter("faster-rcnn"::equals).isPresent();
    }

    /** How far it is. */
    Standing standing() {
        return Standing.of(metrics, recipe.said().epochs().orElse(0), events);
    }

    /**
     * How many epochs, from the first on, do not compare with the later ones: those of whose steps a tenth or more found
     * the queue not yet full, when the right key is easy to tell from random ones.
     */
    int unsettled() {
        long perEpoch = events.stepsPerEpoch().orElse(0L);
        long filling = recipe.stepsToFill().orElse(0L);
        return perEpoch == 0
                ? 0
                : Math.toIntExact(Math.min(Integer.MAX_VALUE, (filling + perEpoch - 1 - perEpoch / 10) / perEpoch));
    }

    /** @throws IOException when it is no run's folder, or damaged, in one line that says what and what to do */
    public static ReadRun read(Path folder) throws IOException {
        RecipeSaid recipe = RecipeSaid.read(folder);
        Metrics metrics = Metrics.read(folder.resolve("metrics.csv"));
        SnapshotFolder snapshots = new SnapshotFolder(folder);
        Optional<Pictures> pictures = snapshots.pictures();
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return new ReadRun(
                name == null ? "run" : name.toString(),
                recipe,
                metrics,
                Events.read(folder),
                snapshots.origins(),
                pictures,
                pictures.isEmpty()
                        ? List.of()
                        : snapshots.snapshots(pictures.get().sample()),
                snapshots.gallery(),
                new TranslationFolder(folder).translations(),
                new DetectionFolder(folder).detections());
    }
}
