package io.juxta.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.juxta.train.Replacing;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code snapshots} of a run: pictures and snapshots as files. Every file is written beside its place and
 * moved there; reading trusts nothing.
 */
final class SnapshotFolder {
    private static final Pattern EPOCH = Pattern.compile("epoch-(\\d{1,9})\\.json");
    private static final long LARGEST = 32 << 20;
    /** Epochs kept besides the first and the last. */
    private static final int KEPT = 10;

    /** What may lie here besides snapshots. */
    private static final List<String> OWN =
            List.of("origin.json", "sample.json", "thumbnails.jpg", "views.jpg", "prototypes.json", "prototypes.jpg");

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private final Path path;

    /** @param run the run's folder */
    SnapshotFolder(Path run) {
        this.path = run.resolve("snapshots");
    }

    /** The beginnings of the run as they were recorded, none where the folder has none. */
    List<Origin> origins() throws IOException {
        Optional<Origin[]> origins = json("origin.json", Origin[].class);
        return origins.map(List::of).orElse(List.of());
    }

    void add(Origin origin) throws IOException {
        List<Origin> origins = new ArrayList<>(origins());
        origins.add(origin);
        write("origin.json", JSON.writeValueAsBytes(origins.subList(Math.max(0, origins.size() - 20), origins.size())));
    }

    void write(Pictures pictures) throws IOException {
        write("thumbnails.jpg", pictures.thumbnails());
        write("views.jpg", pictures.views());
        write("sample.json", JSON.writeValueAsBytes(pictures.sample()));
    }

    /** The pictures, where any were made. */
    Optional<Pictures> pictures() throws IOException {
        Optional<Sample> sample = json("sample.json", Sample.class);
        return sample.isEmpty()
                ? Optional.empty()
                : Optional.of(new Pictures(sample.get(), jpeg("thumbnails.jpg"), jpeg("views.jpg")));
    }

    void write(PrototypeGallery gallery) throws IOException {
        write("prototypes.jpg", gallery.thumbnails());
        write("prototypes.json", JSON.writeValueAsBytes(gallery.shown()));
    }

    /** Prototypes and the images nearest to them, where somebody has asked for them. */
    Optional<PrototypeGallery> gallery() throws IOException {
        Optional<PrototypesShown> shown = json("prototypes.json", PrototypesShown.class);
        return shown.isEmpty()
                ? Optional.empty()
                : Optional.of(new PrototypeGallery(shown.get(), jpeg("prototypes.jpg")));
    }

    /** Adds a snapshot, and thins out those before it. */
    void add(Snapshot snapshot) throws IOException {
        write("epoch-" + snapshot.epoch() + ".json", JSON.writeValueAsBytes(snapshot));
        for (int epoch : surplus(epochs())) {
            Files.deleteIfExists(path.resolve("epoch-" + epoch + ".json"));
        }
    }

    /** Snapshots of a sample in the order of their epochs; those of another sample are passed over. */
    List<Snapshot> snapshots(Sample sample) throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        for (int epoch : epochs()) {
            String name = "epoch-" + epoch + ".json";
            Optional<Snapshot> snapshot = json(name, Snapshot.class);
            if (snapshot.isPresent() && snapshot.get().sample().equals(sample.fingerprint())) {
                try {
                    snapshot.get().checkAgainst(sample);
                } catch (IllegalArgumentException e) {
                    throw damaged(name, e.getMessage(), e);
                }
                snapshots.add(snapshot.get());
            }
        }
        return snapshots;
    }

    /** Takes away snapshots of later epochs, which a run that is taken up again makes anew. */
    void forgetAfter(int epoch) throws IOException {
        for (int later : epochs()) {
            if (later > epoch) {
                Files.deleteIfExists(path.resolve("epoch-" + later + ".json"));
            }
        }
    }

    /** Takes away all that was written here; the folder too, unless somebody has put something into it. */
    void delete() throws IOException {
        forgetAfter(-1);
        for (String name : OWN) {
            Files.deleteIfExists(path.resolve(name));
        }
        if (Files.isDirectory(path) && list().isEmpty()) {
            Files.delete(path);
        }
    }

    /**
     * Which epochs to drop so that the rest are evenly spread: all but the first, the last and the multiples of the
     * smallest power of two of which there are few enough.
     *
     * @param epochs in rising order
     */
    static List<Integer> surplus(List<Integer> epochs) {
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
        TreeMap<Integer, Path> epochs = new TreeMap<>();
        for (Path file : list()) {
            Matcher matcher = EPOCH.matcher(file.getFileName().toString());
            if (matcher.matches()) {
                epochs.put(Integer.parseInt(matcher.group(1)), file);
            }
        }
        return List.copyOf(epochs.keySet());
    }

    private List<Path> list() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.toList();
        }
    }

    private byte[] jpeg(String name) throws IOException {
        byte[] bytes = bytes(name).orElseThrow(() -> damaged(name, "it is missing", null));
        if (bytes.length < 4 || (bytes[0] & 255) != 0xff || (bytes[1] & 255) != 0xd8) {
            throw damaged(name, "it is no JPEG file", null);
        }
        return bytes;
    }

    private <T> Optional<T> json(String name, Class<T> type) throws IOException {
        Optional<byte[]> bytes = bytes(name);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            T value = JSON.readValue(bytes.get(), type);
            if (value == null) {
                throw damaged(name, "it is empty", null);
            }
            return Optional.of(value);
        } catch (JsonProcessingException e) {
            boolean hole = e.getCause() instanceof NullPointerException;
            throw damaged(name, hole ? "an element of a list is empty" : e.getOriginalMessage(), e);
        } catch (NullPointerException e) {
            throw damaged(name, "an element of a list is empty", e);
        }
    }

    private Optional<byte[]> bytes(String name) throws IOException {
        Path file = path.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file)) {
            throw damaged(name, "it is no file", null);
        }
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw damaged(name, "it is larger than the limit of " + (LARGEST >> 20) + " MiB", null);
            }
            return Optional.of(bytes);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": permission denied", e);
        }
    }

    private IOException damaged(String name, @Nullable String why, @Nullable Throwable cause) {
        String line = String.valueOf(why).lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ");
        String shown = line.length() <= 200 ? line : line.substring(0, 200) + "...";
        return new IOException(
                path.resolve(name) + " is damaged (" + shown + "): delete the folder " + path
                        + ", and the report goes without its pictures",
                cause);
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.createDirectories(path);
        Replacing.write(path.resolve(name), bytes);
    }
}
