package io.juxta.report.snapshots;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/** The folder {@code snapshots} of a run that learns to embed images: pictures and snapshots as files. */
@API(status = API.Status.INTERNAL)
public final class SnapshotFolder {
    private static final Pattern EPOCH = Pattern.compile("epoch-(\\d{1,9})\\.json");
    /** Epochs kept besides the first and the last. */
    private static final int KEPT = 10;

    /** What may lie here besides snapshots. */
    private static final List<String> OWN =
            List.of("origin.json", "sample.json", "thumbnails.jpg", "views.jpg", "prototypes.json", "prototypes.jpg");

    private final SnapshotFiles files;

    /** @param run the run's folder */
    public SnapshotFolder(Path run) {
        this.files = new SnapshotFiles(run);
    }

    /** The beginnings of the run as they were recorded, none where the folder has none. */
    public List<Origin> origins() throws IOException {
        Optional<Origin[]> origins = files.json("origin.json", Origin[].class);
        return origins.map(List::of).orElse(List.of());
    }

    public void add(Origin origin) throws IOException {
        List<Origin> origins = new ArrayList<>(origins());
        origins.add(origin);
        files.writeJson("origin.json", origins.subList(Math.max(0, origins.size() - 20), origins.size()));
    }

    public void write(Pictures pictures) throws IOException {
        files.write("thumbnails.jpg", pictures.thumbnails());
        files.write("views.jpg", pictures.views());
        files.writeJson("sample.json", pictures.sample());
    }

    /** The pictures, where any were made. */
    public Optional<Pictures> pictures() throws IOException {
        Optional<Sample> sample = files.json("sample.json", Sample.class);
        return sample.isEmpty()
                ? Optional.empty()
                : Optional.of(new Pictures(sample.get(), files.jpeg("thumbnails.jpg"), files.jpeg("views.jpg")));
    }

    public void write(PrototypeGallery gallery) throws IOException {
        files.write("prototypes.jpg", gallery.thumbnails());
        files.writeJson("prototypes.json", gallery.shown());
    }

    /** Prototypes and the images nearest to them, where somebody has asked for them. */
    public Optional<PrototypeGallery> gallery() throws IOException {
        Optional<PrototypesShown> shown = files.json("prototypes.json", PrototypesShown.class);
        return shown.isEmpty()
                ? Optional.empty()
                : Optional.of(new PrototypeGallery(shown.get(), files.jpeg("prototypes.jpg")));
    }

    /** Adds a snapshot, and thins out those before it. */
    public void add(Snapshot snapshot) throws IOException {
        files.writeJson("epoch-" + snapshot.epoch() + ".json", snapshot);
        for (int epoch : surplus(epochs())) {
            files.delete("epoch-" + epoch + ".json");
        }
    }

    /** Snapshots of a sample in the order of their epochs; those of another sample are passed over. */
    public List<Snapshot> snapshots(Sample sample) throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        for (int epoch : epochs()) {
            String name = "epoch-" + epoch + ".json";
            Optional<Snapshot> snapshot = files.json(name, Snapshot.class);
            if (snapshot.isPresent() && snapshot.get().sample().equals(sample.fingerprint())) {
                try {
                    snapshot.get().checkAgainst(sample);
                } catch (IllegalArgumentException e) {
                    throw files.damaged(name, e.getMessage(), e);
                }
                snapshots.add(snapshot.get());
            }
        }
        return snapshots;
    }

    /** Takes away snapshots of later epochs, which a run that is taken up again makes anew. */
    public void forgetAfter(int epoch) throws IOException {
        for (int later : epochs()) {
            if (later > epoch) {
                files.delete("epoch-" + later + ".json");
            }
        }
    }

    /** Takes away all that was written here; the folder too, unless somebody has put something into it. */
    public void delete() throws IOException {
        forgetAfter(-1);
        for (String name : OWN) {
            files.delete(name);
        }
        files.deleteEmpty();
    }

    /**
     * Which epochs to drop so that the rest are evenly spread: all but the first, the last and the multiples of the
     * smallest power of two of which there are few enough.
     *
     * @param epochs in rising order
     */
    public static List<Integer> surplus(List<Integer> epochs) {
        if (epochs.size() <= 2) {
            return List.of();
        }
        List<Integer> between = epochs.subList(1, epochs.size() - 1);
        for (int step = 1; ; step *= 2) {
            int every = step;
            List<Integer> dropped =
                    between.stream().filter(epoch -> epoch % every != 0).toList();
            if (between.size() - dropped.size() <= KEPT) {
                return dropped;
            }
        }
    }

    private List<Integer> epochs() throws IOException {
        return files.epochs(EPOCH);
    }
}
