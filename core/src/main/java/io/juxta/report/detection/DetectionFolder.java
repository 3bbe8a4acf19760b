package io.juxta.report.detection;

import io.juxta.report.snapshots.Origin;
import io.juxta.report.snapshots.SnapshotFiles;
import io.juxta.report.snapshots.SnapshotFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apiguardian.api.API;

/** The folder {@code snapshots} of a run that learns to detect. */
@API(status = API.Status.INTERNAL)
public final class DetectionFolder {
    private static final String SAMPLE = "labelled.json";
    private static final String LABELLED = "labelled.jpg";
    private static final String JUDGED = "detected.json";
    private static final String MISTAKES = "mistakes.jpg";

    private final SnapshotFiles files;
    private final SnapshotFolder common;

    /** @param run the run's folder */
    public DetectionFolder(Path run) {
        files = new SnapshotFiles(run);
        common = new SnapshotFolder(run);
    }

    public void add(Origin origin) throws IOException {
        common.add(origin);
    }

    public void write(LabelledSample sample, byte[] labelled) throws IOException {
        files.write(LABELLED, labelled);
        files.writeJson(SAMPLE, sample);
    }

    /** Takes the place of what was judged before. */
    public void write(DetectionSnapshot snapshot, byte[] mistakes) throws IOException {
        files.write(MISTAKES, mistakes);
        files.writeJson(JUDGED, snapshot);
    }

    /** What was kept, where anything was. */
    public Optional<ShownDetections> detections() throws IOException {
        Optional<LabelledSample> sample = files.json(SAMPLE, LabelledSample.class);
        if (sample.isEmpty()) {
            return Optional.empty();
        }
        Optional<DetectionSnapshot> snapshot = files.json(JUDGED, DetectionSnapshot.class);
        Optional<ShownDetections.Judged> judged = Optional.empty();
        if (snapshot.isPresent()) {
            judged = Optional.of(new ShownDetections.Judged(snapshot.get(), files.jpeg(MISTAKES)));
        }
        return Optional.of(new ShownDetections(sample.get(), files.jpeg(LABELLED), judged));
    }

    /** Takes away a later judgement, which a run that is taken up again makes anew. */
    public void forgetAfter(int epoch) throws IOException {
        if (files.json(JUDGED, DetectionSnapshot.class)
                .filter(snapshot -> snapshot.epoch() <= epoch)
                .isEmpty()) {
            files.delete(JUDGED);
            files.delete(MISTAKES);
        }
    }

    /** Takes away all that was written here; the folder too, unless somebody has put something into it. */
    public void delete() throws IOException {
        for (String name : new String[] {SAMPLE, LABELLED, JUDGED, MISTAKES}) {
            files.delete(name);
        }
        common.delete();
    }
}
