package io.juxta.report;

import io.juxta.data.boxes.BoxedPictures;
import io.juxta.eval.detection.DetectionReview;
import io.juxta.report.detection.DetectionFolder;
import io.juxta.report.detection.DetectionSheets;
import io.juxta.report.detection.DetectionSnapshot;
import io.juxta.report.detection.LabelledSample;
import io.juxta.report.snapshots.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;

/**
 * Takes pictures of a run that learns to detect, and writes its {@code report.html}: labels as they were read, drawn over their
 * photos, when it begins; of each epoch that was judged, precision over recall of each class and the worst mistakes.
 */
@API(status = API.Status.INTERNAL)
public final class DetectionSnapshots extends Reporting {
    private final DetectionFolder folder;
    private final DetectionSheets sheets = new DetectionSheets();
    private Optional<Judgement> judgement = Optional.empty();

    /**
     * What an epoch was judged by.
     *
     * @param epoch finished epochs
     * @param ap50 of each class, NaN where no object counts
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Judgement(int epoch, BoxedPictures heldOut, DetectionReview review, double[] ap50) {}

    private DetectionSnapshots(Path run, int epochs, Snapshots.Options options, BooleanSupplier saved) {
        super(run, epochs, options, saved);
        folder = new DetectionFolder(run);
    }

    /**
     * Draws the labels, and writes the first report of a run that begins.
     *
     * @param run the run's folder
     * @param pictures that are learned from
     * @param epochs of the whole run
     * @param finished epochs that the run has behind it
     * @param saved asked at the end whether anything of the run is kept: otherwise all this is taken away again
     */
    public static DetectionSnapshots begin(
            Path run,
            BoxedPictures pictures,
            int epochs,
            Snapshots.Options options,
            int finished,
            Origin origin,
            BooleanSupplier saved) {
        DetectionSnapshots snapshots = new DetectionSnapshots(run, epochs, options, saved);
        snapshots.guarded(() -> snapshots.prepare(pictures, finished, origin));
        return snapshots;
    }

    private void prepare(BoxedPictures pictures, int finished, Origin origin) throws IOException {
        folder.forgetAfter(finished);
        if (!takesPictures()) {
            return;
        }
        folder.add(origin);
        DetectionSheets.Sheet<LabelledSample> sheet = sheets.labelled(pictures);
        folder.write(sheet.words(), sheet.jpeg());
        if (finished == 0) {
            report(0);
        }
    }

    /** Tells what an epoch was judged by, before its end is told. */
    public void judged(int epoch, BoxedPictures heldOut, DetectionReview review, double[] ap50) {
        judgement = Optional.of(new Judgement(epoch + 1, heldOut, review, ap50));
    }

    @Override
    void take(int finished) throws IOException {
        if (judgement.isEmpty()) {
            return;
        }
        Judgement last = judgement.get();
        DetectionSheets.Sheet<DetectionSnapshot> sheet =
                sheets.judged(last.epoch, last.heldOut, last.review, last.ap50);
        folder.write(sheet.words(), sheet.jpeg());
        judgement = Optional.empty();
    }

    @Override
    void delete() throws IOException {
        folder.delete();
    }
}
