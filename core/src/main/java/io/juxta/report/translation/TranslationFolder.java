package io.juxta.report.translation;

import io.juxta.report.snapshots.Origin;
import io.juxta.report.snapshots.SnapshotFiles;
import io.juxta.report.snapshots.SnapshotFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/** The folder {@code snapshots} of a run that learns to translate images. */
@API(status = API.Status.INTERNAL)
public final class TranslationFolder {
    /** The sheet is written first: where this lies, all of the epoch does. */
    private static final Pattern EPOCH = Pattern.compile("translated-(\\d{1,9})\\.json");

    private static final String SAMPLE = "domains.json";
    private static final String ORIGINALS = "domains.jpg";

    private final SnapshotFiles files;
    private final SnapshotFolder common;

    /** @param run the run's folder */
    public TranslationFolder(Path run) {
        files = new SnapshotFiles(run);
        common = new SnapshotFolder(run);
    }

    public void add(Origin origin) throws IOException {
        common.add(origin);
    }

    public void write(TranslationSample sample, byte[] originals) throws IOException {
        files.write(ORIGINALS, originals);
        files.writeJson(SAMPLE, sample);
    }

    /** Adds an epoch, and thins out those before it. */
    public void add(TranslationSnapshot snapshot, byte[] sheet) throws IOException {
        files.write(sheet(snapshot.epoch()), sheet);
        files.writeJson(words(snapshot.epoch()), snapshot);
        for (int epoch : SnapshotFolder.surplus(files.epochs(EPOCH))) {
            delete(epoch);
        }
    }

    /** What was kept, where anything was; epochs of another sample are passed over. */
    public Optional<Translations> translations() throws IOException {
        Optional<TranslationSample> sample = files.json(SAMPLE, TranslationSample.class);
        if (sample.isEmpty()) {
            return Optional.empty();
        }
        List<Translations.Epoch> epochs = new ArrayList<>();
        for (int epoch : files.epochs(EPOCH)) {
            Optional<TranslationSnapshot> snapshot = files.json(words(epoch), TranslationSnapshot.class);
            if (snapshot.isPresent()
                    && snapshot.get().sample().equals(sample.get().fingerprint())) {
                check(snapshot.get(), sample.get(), epoch);
                epochs.add(new Translations.Epoch(snapshot.get(), files.jpeg(sheet(epoch))));
            }
        }
        return Optional.of(new Translations(sample.get(), files.jpeg(ORIGINALS), epochs));
    }

    private void check(TranslationSnapshot snapshot, TranslationSample sample, int epoch) throws IOException {
        try {
            snapshot.checkAgainst(sample);
        } catch (IllegalArgumentException e) {
            throw files.damaged(words(epoch), e.getMessage(), e);
        }
        if (snapshot.epoch() != epoch) {
            throw files.damaged(words(epoch), "it is of epoch " + snapshot.epoch(), null);
        }
    }

    /** Takes away later epochs, which a run that is taken up again makes anew. */
    public void forgetAfter(int epoch) throws IOException {
        for (int later : files.epochs(EPOCH)) {
            if (later > epoch) {
                delete(later);
            }
        }
    }

    private void delete(int epoch) throws IOException {
        files.delete(words(epoch));
        files.delete(sheet(epoch));
    }

    /** Takes away all that was written here; the folder too, unless somebody has put something into it. */
    public void delete() throws IOException {
        forgetAfter(-1);
        files.delete(SAMPLE);
        files.delete(ORIGINALS);
        common.delete();
    }

    private static String words(int epoch) {
        return "translated-" + epoch + ".json";
    }

    private static String sheet(int epoch) {
        return "translated-" + epoch + ".jpg";
    }
}
