package io.juxta.lucene;

import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.Embedder;
import io.juxta.runs.Note;
import io.juxta.runs.Printable;
import io.juxta.runs.WorkListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apiguardian.api.API;

/**
 * A folder of pictures and an encoder, kept as an index on disk. What is in already is not embedded again, so that work that was stopped
 * goes on, and what has been embedded is committed every half minute.
 *
 * <pre>{@code
 * IndexedImages.of(EmbeddedImages.by(Path.of("runs/photos")).on(photos)).into(Path.of("photos.index")).update();
 * }</pre>
 *
 * <p>The work is done in the caller's thread. That must not be interrupted, which would close files under Lucene: say when to stop.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class IndexedImages {
    private static final String DATA = "data";
    private static final String SPLIT = "split";
    private static final int PORTION = 10_000;

    private final EmbeddedImages images;
    private Path folder = Path.of("");
    private DiskIndexOptions options = DiskIndexOptions.defaults();
    private Duration commitEvery = Duration.ofSeconds(30);
    private boolean merging;
    private BooleanSupplier stop = () -> false;

    private IndexedImages(EmbeddedImages images) {
        this.images = images;
    }

    /** @param images the encoder and its images, and who is told what is found, and how it goes */
    public static IndexedImages of(EmbeddedImages images) {
        return new IndexedImages(images);
    }

    /** The index's folder, made where there is none. */
    public IndexedImages into(Path folder) {
        this.folder = folder;
        return this;
    }

    public IndexedImages options(DiskIndexOptions options) {
        this.options = options;
        return this;
    }

    /** How often what has been embedded is made to last, every 30 seconds unless this is said. */
    public IndexedImages commitEvery(Duration time) {
        commitEvery = time;
        return this;
    }

    /** Puts the parts of the index together at the end, which takes as long as building it did and makes searches quicker. */
    public IndexedImages merging() {
        merging = true;
        return this;
    }

    /** Asked after every batch; what is done until then is kept. */
    public IndexedImages stopWhen(BooleanSupplier stop) {
        this.stop = stop;
        return this;
    }

    /**
     * What became of the index.
     *
     * @param added pictures that were not in it
     * @param replaced pictures whose files or labels had changed
     * @param removed pictures that are no more, or are unreadable now
     * @param unread pictures that could not be read, and are not in it; the log names each
     * @param size pictures in it
     * @param recall of searches by the graph, where it has been measured
     */
    public record Result(int added, int replaced, int removed, int unread, int size, Optional<Recall> recall) {}

    /**
     * Puts in what is not in it yet.
     *
     * @throws InterruptedIOException when it was to stop; what is done is kept
     * @throws IOException when weights, images or the index cannot be read, the index is of other weights or other pictures, is open
     *     elsewhere, or no image could be read, in one line
     */
    public Result build() throws IOException {
        return work(false);
    }

    /**
     * Makes the index that of the pictures as they are now: what is new or has changed is embedded, what is no more is removed. Without a
     * folder of images those that the index was built of.
     *
     * @throws InterruptedIOException when it was to stop; what is done is kept
     * @throws IOException as for {@link #build}, or when there is no index
     */
    public Result update() throws IOException {
        try (SearchedIndex index = SearchedIndex.open(folder, options)) {
            Path data = Path.of(index.about().getOrDefault(DATA, ""));
            if (!data.toString().isEmpty() && Files.isDirectory(data)) {
                images.otherwiseOn(data);
            }
        }
        return work(true);
    }

    /** What is to be done with each picture. */
    private static final class Plan {
        final List<Integer> embedded = new ArrayList<>();
        /** Of those, by name, what stands in the index already. */
        final Set<String> replaced = new HashSet<>();
        /** The same pixels under another time or label: not embedded again. */
        final List<Integer> remarked = new ArrayList<>();
        /** In the index, and not among the images. */
        final List<String> gone = new ArrayList<>();

        void clearOutdated() {
            replaced.clear();
            remarked.clear();
            gone.clear();
        }
    }

    private Result work(boolean updating) throws IOException {
        try (Embedder embedder = images.open();
                DiskIndex index = DiskIndex.open(folder, embedder.dimension(), embedder.encoder(), options)) {
            requireSame(index, embedder, updating);
            embedder.sayLeft();
            Plan plan = plan(index, embedder);
            if (updating) {
                remark(index, embedder, plan.remarked);
                for (String name : plan.gone) {
                    index.remove(name);
                }
            } else {
                plan.embedded.removeIf(image -> plan.replaced.contains(embedder.name(image)));
                sayOutdated(embedder.listener(), plan);
                plan.clearOutdated();
            }
            Set<String> left = new HashSet<>(plan.replaced);
            int put = embed(index, embedder, plan, left);
            for (String name : left) { // was there, and cannot be read any more
                index.remove(name);
            }
            int replaced = plan.replaced.size() - left.size();
            return ended(
                    index, embedder, put - replaced, plan.remarked.size() + replaced, plan.gone.size() + left.size());
        }
    }

    private void requireSame(DiskIndex index, Embedder embedder, boolean updating) throws IOException {
        Map<String, String> held = index.about();
        Map<String, String> given = embedder.about();
        for (String key : List.of(DATA, SPLIT)) {
            String was = held.getOrDefault(key, "");
            String is = given.getOrDefault(key, "");
            // a folder that was moved has the same names
            if (!held.isEmpty() && !was.equals(is) && !(updating && key.equals(DATA))) {
                throw new IOException(folder + " was built of the images of " + said(held) + ", not of " + said(given)
                        + ": choose another --index, or let juxta index update take these in their place");
            }
        }
        Map<String, String> about = new HashMap<>(given);
        Recall.of(held).ifPresent(recall -> recall.into(about));
        index.about(about);
    }

    private static String said(Map<String, String> about) {
        String split = about.getOrDefault(SPLIT, "");
        return Printable.line(about.getOrDefault(DATA, "")) + (split.isEmpty() ? "" : " (" + split + ")");
    }

    private static Plan plan(DiskIndex index, Embedder embedder) throws IOException {
        Plan plan = new Plan();
        Set<String> names = new HashSet<>();
        for (int from = 0; from < embedder.size(); from += PORTION) {
            int end = Math.min(embedder.size(), from + PORTION);
            List<String> some = new ArrayList<>();
            for (int image = from; image < end; image++) {
                some.add(embedder.name(image));
            }
            names.addAll(some);
            Map<String, String> marks = index.marks(some);
            for (int image = from; image < end; image++) {
                String mark = marks.get(embedder.name(image));
                if (mark == null) {
                    plan.embedded.add(image);
                } else if (!Mark.isSame(mark, embedder, image)) {
                    if (Mark.isSameFile(mark, embedder, image)) {
                        plan.remarked.add(image);
                    } else {
                        plan.embedded.add(image);
                        plan.replaced.add(embedder.name(image));
                    }
                }
            }
        }
        index.names(name -> {
            if (!names.contains(name)) {
                plan.gone.add(name);
            }
        });
        return plan;
    }

    private static void sayOutdated(WorkListener listener, Plan plan) {
        int changed = plan.replaced.size() + plan.remarked.size();
        if (changed + plan.gone.size() > 0) {
            listener.note(
                    Note.Kind.WARNING,
                    String.format(
                            Locale.ROOT,
                            "%,d images have changed and %,d are gone since the index was made: juxta index update"
                                    + " takes that up",
                            changed,
                            plan.gone.size()));
        }
    }

    private static void remark(DiskIndex index, Embedder embedder, List<Integer> images) throws IOException {
        for (int from = 0; from < images.size(); from += PORTION) {
            List<Integer> some = images.subList(from, Math.min(images.size(), from + PORTION));
            List<Optional<float[]>> vectors =
                    new ArrayList<>(); // read before anything is written, which searches would wait for
            for (int image : some) {
                vectors.add(index.vector(embedder.name(image)));
            }
            for (int i = 0; i < vectors.size(); i++) {
                if (vectors.get(i).isPresent()) {
                    put(index, embedder, some.get(i), vectors.get(i).get());
                }
            }
        }
    }

    private static void put(DiskIndex index, Embedder embedder, int image, float[] vector) throws IOException {
        index.put(embedder.name(image), embedder.label(image), vector, Mark.of(embedder, image));
    }

    /**
     * Embeds what is to be, and commits what is done also where that fails.
     *
     * @param left the names that are to be replaced; without those that were
     * @return how many were put in
     */
    private int embed(DiskIndex index, Embedder embedder, Plan plan, Set<String> left) throws IOException {
        int[] put = {0};
        long[] committed = {System.nanoTime()};
        try {
            embedder.each(plan.embedded, (seen, rows) -> {
                for (int i = 0; i < seen.length; i++) {
                    put(index, embedder, seen[i], rows[i]);
                    left.remove(embedder.name(seen[i]));
                    put[0]++;
                }
                if (System.nanoTime() - committed[0] >= commitEvery.toNanos()) {
                    index.commit();
                    committed[0] = System.nanoTime();
                }
                if (stop.getAsBoolean()) {
                    throw new InterruptedIOException("stopped");
                }
            });
        } finally {
            index.commit();
        }
        return put[0];
    }

    private Result ended(DiskIndex index, Embedder embedder, int added, int replaced, int removed) throws IOException {
        if (merging && !stop.getAsBoolean()) {
            index.merge();
        }
        int size = index.size();
        if (size == 0) {
            throw new IOException(embedder.about().getOrDefault(DATA, "the images") + ": no image could be read, "
                    + embedder.unread() + " could not");
        }
        Optional<Recall> recall = measured(index, size, added + replaced + removed > 0);
        Result result = new Result(added, replaced, removed, embedder.unread(), size, recall);
        say(embedder, result);
        return result;
    }

    /** The recall of an index that is searched by the graph, measured where it has changed. */
    private Optional<Recall> measured(DiskIndex index, int size, boolean changed) throws IOException {
        Map<String, String> about = new HashMap<>(index.about());
        Optional<Recall> recall = Recall.of(about);
        if (size <= options.exactUpTo()) {
            return Optional.empty();
        }
        if (changed || recall.isEmpty() || recall.get().looked() != options.looked()) {
            recall = Optional.of(Recall.measure(index));
            recall.get().into(about);
            index.about(about);
            index.commit();
        }
        return recall;
    }

    private void say(Embedder embedder, Result result) {
        if (result.unread() > 0) {
            embedder.sayLeftOut(result.unread());
        }
        WorkListener listener = embedder.listener();
        listener.note(
                Note.Kind.RESULT,
                result.recall()
                        .map(recall -> "searches go by the graph: " + recall)
                        .orElse("searches are exact"));
        listener.note(
                Note.Kind.WRITTEN,
                String.format(
                        Locale.ROOT,
                        "%,d images, %,d added, %,d replaced, %,d removed: %s",
                        result.size(),
                        result.added(),
                        result.replaced(),
                        result.removed(),
                        folder));
    }
}
