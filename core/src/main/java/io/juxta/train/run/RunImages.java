package io.juxta.train.run;

import io.juxta.data.Dataset;
import io.juxta.data.FileState;
import io.juxta.weights.Beside;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The images that a run trains on, as {@code images.tsv.gz} in its folder remembers them: where they lie, and of each file
 * its name, its size, the time of its last change, and its checksum once it has been read. A row of text each, in gzip,
 * whose own checksum tells whether the file is whole.
 *
 * <p>Whoever goes on with the run compares them. A file of the same size and time is taken for the same. One of another
 * time, as in a copy, is read again and is the same by its checksum; of many such files a part is read, evenly spread.
 */
@API(status = API.Status.INTERNAL)
public final class RunImages {
    private static final String FORMAT = "juxta-images 1";

    /** Bytes that a comparison reads at most: seconds on any disk. */
    static final long MOST_READ = 1L << 30;

    private final Optional<Path> folder;
    private final List<Dataset> datasets;
    private final long mostRead;
    private int known;

    private RunImages(Optional<Path> folder, List<Dataset> datasets, long mostRead) {
        this.folder = folder;
        this.datasets = datasets;
        this.mostRead = mostRead;
    }

    /**
     * @param folder that the images were found in, as a command was given it; empty where they are in none
     * @param datasets what the run trains on, one or several
     */
    public static RunImages of(Optional<Path> folder, Dataset... datasets) {
        return new RunImages(folder.map(path -> path.toAbsolutePath().normalize()), List.of(datasets), MOST_READ);
    }

    /** These, of which a comparison reads at most so many bytes. */
    RunImages reading(long bytes) {
        return new RunImages(folder, datasets, bytes);
    }

    /**
     * What a run's folder remembers.
     *
     * @param folder that the images were found in; empty where they were in none
     * @param names of the files, those of a second data set behind "2:"
     * @param states of them, in the same order
     */
    public record Recorded(Path file, Optional<Path> folder, List<String> names, List<FileState> states) {}

    /**
     * Reads what a run remembers of its images; nothing where it is from a time before runs did.
     *
     * @throws IOException when the file is damaged, in one line
     */
    public static Optional<Recorded> recorded(Path run) throws IOException {
        Path file = run.resolve(RunFiles.IMAGES);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            if (!FORMAT.equals(in.readLine())) {
                throw new IOException("it begins otherwise than such a file does");
            }
            String folder = plain(String.valueOf(in.readLine()));
            List<String> names = new ArrayList<>();
            List<FileState> states = new ArrayList<>();
            for (String row = in.readLine(); row != null; row = in.readLine()) {
                String[] cells = row.split("\t", -1);
                names.add(plain(cells[3]));
                states.add(new FileState(Long.parseLong(cells[0]), Long.parseLong(cells[1]), Long.parseLong(cells[2])));
            }
            return Optional.of(new Recorded(
                    file, folder.isEmpty() ? Optional.empty() : Optional.of(Path.of(folder)), names, states));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(
                    file + ": is damaged (" + String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}", " ")
                            + "): delete it to go on without a comparison of the images, and say --data",
                    e);
        }
    }

    /** Where a run's images lie, as far as it knows. */
    public static Optional<Path> folderOf(Path run) throws IOException {
        return recorded(run).flatMap(Recorded::folder);
    }

    void write(Path file) throws IOException {
        known = read();
        Beside.write(file, out -> {
            // not closed: the stream below is its owner's
            GZIPOutputStream zipped = new GZIPOutputStream(out, 1 << 16);
            BufferedWriter text = new BufferedWriter(new OutputStreamWriter(zipped, StandardCharsets.UTF_8));
            text.write(FORMAT + "\n" + escaped(folder.map(Path::toString).orElse("")) + "\n");
            for (Place place : places()) {
                FileState state = place.state();
                text.write(state.size() + "\t" + state.modified() + "\t" + state.checksum() + "\t"
                        + escaped(place.name()) + "\n");
            }
            text.flush();
            zipped.finish();
        });
    }

    /** Whether files were read since this was written: then it is worth writing again. */
    public boolean knowsMore() {
        return read() > known;
    }

    private int read() {
        int read = 0;
        for (Dataset dataset : datasets) {
            for (int i = 0; i < dataset.size(); i++) {
                Optional<FileState> state = dataset.fileState(i);
                read += state.isPresent() && state.get().checksum() != FileState.UNREAD ? 1 : 0;
            }
        }
        return read;
    }

    /** Where an image is. */
    private record Place(String name, Dataset dataset, int index, FileState state) {}

    /** Each file, in the order of the data sets; once, where one image stands for many samples. */
    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int d = 0; d < datasets.size(); d++) {
            Dataset dataset = datasets.get(d);
            for (int i = 0; i < dataset.size(); i++) {
                String name = (d == 0 ? "" : (d + 1) + ":") + dataset.name(i);
                Optional<FileState> state = dataset.fileState(i);
                boolean known = !places.isEmpty()
                        && places.get(places.size() - 1).name().equals(name);
                if (state.isPresent() && !known) {
                    places.add(new Place(name, dataset, i, state.get()));
                }
            }
        }
        return places;
    }

    /** A file that is there as it was, but for its size or time. */
    private record Pair(Place place, FileState was) {}

    /**
     * Compares these images with what a run remembers.
     *
     * @return what a person should know, a line each
     * @throws IOException when they are others, in one line that says how many and which
     */
    List<String> since(Recorded recorded) throws IOException {
        List<Place> now = places();
        Differences differences = new Differences(recorded.file().getParent());
        List<Pair> pairs = new ArrayList<>();
        if (now.stream().map(Place::name).toList().equals(recorded.names())) {
            for (int i = 0; i < now.size(); i++) {
                pairs.add(new Pair(now.get(i), recorded.states().get(i)));
            }
        } else {
            match(now, recorded, pairs, differences);
        }
        pairs.removeIf(pair -> isSame(pair.was(), pair.place().state()));
        pairs.removeIf(pair -> pair.was().size() != pair.place().state().size()
                && differences.changed.add(pair.place().name()));
        List<String> said = compare(pairs, differences);
        differences.require();
        return said;
    }

    private static void match(List<Place> now, Recorded recorded, List<Pair> pairs, Differences differences) {
        Map<String, FileState> left = new LinkedHashMap<>();
        for (int i = 0; i < recorded.names().size(); i++) {
            left.put(recorded.names().get(i), recorded.states().get(i));
        }
        for (Place place : now) {
            FileState was = left.remove(place.name());
            if (was == null) {
                differences.fresh.add(place.name());
            } else {
                pairs.add(new Pair(place, was));
            }
        }
        differences.missing.addAll(left.keySet());
    }

    /** By size and time; what has no time, by its checksum, which is known anyway. */
    private static boolean isSame(FileState was, FileState is) {
        return was.size() == is.size()
                && was.modified() == is.modified()
                && (is.modified() != 0 || was.checksum() == is.checksum());
    }

    /** Reads files of another time again, all of them or an even part. */
    private List<String> compare(List<Pair> touched, Differences differences) throws IOException {
        long bytes =
                touched.stream().mapToLong(pair -> pair.place().state().size()).sum();
        long every = Math.max(1, (bytes + mostRead - 1) / mostRead);
        int same = 0;
        int unread = 0;
        for (int i = 0; i < touched.size(); i++) {
            Place place = touched.get(i).place();
            long was = touched.get(i).was().checksum();
            if (was == FileState.UNREAD || i % every != 0) {
                unread++;
            } else if (place.dataset().checksum(place.index()) != was) {
                differences.changed.add(place.name());
            } else {
                same++;
            }
        }
        if (touched.isEmpty()) {
            return List.of();
        }
        return List.of("images with another time of change than when the run began: " + touched.size() + ", of which "
                + same + (same == 1 ? " was" : " were") + " read again and found the same"
                + (unread == 0 ? "" : "; the other " + unread + " are taken for the same by their sizes"));
    }

    /** What is not as it was. */
    private static final class Differences {
        private static final int SHOWN = 3;

        private final @Nullable Path run;
        private final List<String> changed = new ArrayList<>();
        private final List<String> missing = new ArrayList<>();
        private final List<String> fresh = new ArrayList<>();

        Differences(@Nullable Path run) {
            this.run = run;
        }

        void require() throws IOException {
            if (!changed.isEmpty() || !missing.isEmpty() || !fresh.isEmpty()) {
                throw new IOException(run + ": the images are not those that the run began with: "
                        + listed(changed, "changed") + listed(missing, "missing") + listed(fresh, "new")
                        + "resume it with the same images, or start another --run");
            }
        }

        private static String listed(List<String> names, String what) {
            if (names.isEmpty()) {
                return "";
            }
            String some = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
            return names.size() + " " + what + " (" + some.replaceAll("\\p{Cntrl}", " ")
                    + (names.size() > SHOWN ? ", ..." : "") + "); ";
        }
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                char next = text.charAt(i);
                plain.append(next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next);
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
