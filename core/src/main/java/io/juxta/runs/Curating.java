package io.juxta.runs;

import io.juxta.curation.Curation;
import io.juxta.curation.Groups;
import io.juxta.curation.Leak;
import io.juxta.curation.Measures;
import io.juxta.curation.MeasuringPass;
import io.juxta.curation.Quality;
import io.juxta.curation.QualityLimits;
import io.juxta.curation.Selection;
import io.juxta.data.Dataset;
import io.juxta.data.Originals;
import io.juxta.runs.curated.CurationPage;
import io.juxta.runs.curated.CurationTables;
import io.juxta.runs.curated.FolderParts;
import io.juxta.runs.curated.LabelledFile;
import io.juxta.search.Embeddings;
import io.juxta.train.run.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * Looks through a folder of pictures: what is broken, dark or blurred, what is there more than once, what leaks from the
 * pictures to judge by to those to learn from, and with an encoder what lies alone, whose label is doubtful, and which to
 * label next. Writes tables, JSON and a page. What was measured and embedded before is not done again: work that was stopped
 * goes on.
 *
 * <pre>{@code
 * Curation found = Curating.of(Path.of("photos"))
 *         .into(Path.of("photos-curated"))
 *         .by(Path.of("runs/photos"))
 *         .select(500, Selection.By.DIVERSITY)
 *         .run();
 * }</pre>
 *
 * <p>The work is done in the caller's thread, and pictures are measured in threads that end with the call. It ends with an
 * {@link java.io.InterruptedIOException} when the caller's thread is interrupted; what was done is kept.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Curating extends CollectionRequest<Curating> {
    static final String KEPT = ".kept";
    static final String MEASURES = "measures.jsonl";
    static final String EMBEDDINGS = "embeddings";
    private static final double ABOVE = 0.98;
    private static final int NEIGHBOURS = 10;

    private Path output = Path.of("");
    private OptionalInt select = OptionalInt.empty();
    private Optional<Selection.By> by = Optional.empty();
    private OptionalLong seed = OptionalLong.empty();
    private OptionalDouble above = OptionalDouble.empty();
    private OptionalInt neighbours = OptionalInt.empty();
    private QualityLimits limits = QualityLimits.defaults();

    private Curating(Path data) {
        super(data);
    }

    @Override
    Curating self() {
        return this;
    }

    /** The pictures: a folder, with all that lies below it; or CIFAR-10's binary files. */
    public static Curating of(Path folder) {
        return new Curating(folder);
    }

    /** The folder that the results go into, made where it is not there; outside of the pictures. */
    public Curating into(Path folder) {
        output = folder;
        return this;
    }

    /** How many to label next, and for what they are chosen. */
    public Curating select(int pictures, Selection.By by) {
        if (pictures < 1) {
            throw new IllegalArgumentException("--select " + pictures + " must be at least 1");
        }
        select = OptionalInt.of(pictures);
        this.by = Optional.of(by);
        return this;
    }

    /** Decides where coverage begins when nothing is labelled; 0 unless this is said. */
    public Curating seed(long seed) {
        this.seed = OptionalLong.of(seed);
        return this;
    }

    /** The least cosine of pictures that are nearly the same, 0.98 unless this is said. How high is high depends on the encoder. */
    public Curating above(double cosine) {
        if (!(cosine > -1 && cosine <= 1)) {
            throw new IllegalArgumentException("--above " + cosine + " must be above -1 and at most 1");
        }
        above = OptionalDouble.of(cosine);
        return this;
    }

    /** How many neighbours say whether a picture lies alone and whether its label is right, 10 unless this is said. */
    public Curating neighbours(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("--neighbours " + k + " must be at least 1");
        }
        neighbours = OptionalInt.of(k);
        return this;
    }

    /** From where on a picture is odd. */
    public Curating limits(QualityLimits limits) {
        this.limits = limits;
        return this;
    }

    /**
     * Does the work.
     *
     * @throws IllegalArgumentException for values that do not fit together, in one line
     * @throws IOException when pictures, weights or labels cannot be read, or nothing can be written, in one line
     */
    public Curation run() throws IOException {
        requireSense();
        EmbeddedImages folder = embedding.of(data);
        Dataset images = folder.images();
        Originals.of(data).requireOutside(output);
        Path kept = kept();
        try (RunLock lock = RunLock.take(kept, output, "another curate or explore", "choose another --output")) {
            folder.sayLeft(images);
            return run(folder, images, kept);
        }
    }

    private Curation run(EmbeddedImages folder, Dataset images, Path kept) throws IOException {
        if (select.isPresent() && select.getAsInt() > images.size()) {
            throw tooMany(images.size(), "");
        }
        Optional<LabelledFile> given = labels(images);
        List<Measures> measures = new MeasuringPass(images, kept.resolve(MEASURES), cores())
                .run(Counting.of(listener(), "measuring", "pictures", images.size()));
        Quality quality = Quality.of(measures, limits);
        Curation seen = seen(quality, FolderParts.of(images), given);
        Curation found = seen;
        if (embedding.isAsked() && measures.stream().anyMatch(Measures::isReadable)) {
            try (Embeddings embeddings = embedding.embeddings(folder, images, measures, kept.resolve(EMBEDDINGS))) {
                found = new CurationByEmbedding(
                                seen, embeddings, above.orElse(ABOVE), neighbours.orElse(NEIGHBOURS), listener())
                        .found();
                if (select.isPresent()) {
                    found = selected(found, embeddings, given);
                }
            }
        } else if (select.isPresent()) {
            throw tooMany(0, " that can be read");
        }
        new CurationTelling(listener()).tell(found);
        List<String> written = new CurationTables(found).write(output);
        CurationPage.write(found, images, output, about(found));
        listener().note(Note.Kind.WRITTEN, "tables    " + output + ": " + String.join(", ", written));
        listener().note(Note.Kind.WRITTEN, "page      " + output.resolve(CurationPage.FILE));
        return found;
    }

    private void requireSense() {
        if (select.isPresent() && !embedding.isAsked()) {
            throw new IllegalArgumentException(
                    "--select needs embeddings: give an encoder, --encoder WEIGHTS, or what embed has written, --embeddings FILE");
        }
        if (!embedding.isAsked() && (above.isPresent() || neighbours.isPresent())) {
            throw new IllegalArgumentException(
                    (above.isPresent() ? "--above" : "--neighbours")
                            + " compares embeddings, and there are none: give --encoder WEIGHTS or --embeddings FILE, or leave it out");
        }
        boolean begins = by.equals(Optional.of(Selection.By.COVERAGE)) && !hasLabels();
        if (seed.isPresent() && !begins) {
            throw new IllegalArgumentException(
                    "--seed decides where --by coverage begins when nothing is labelled: with"
                            + " anything else it would have no effect, leave it out");
        }
    }

    private IllegalArgumentException tooMany(int most, String which) {
        return new IllegalArgumentException(String.format(
                Locale.ROOT,
                "--select %,d is more than there are to choose from, %,d%s: %s",
                select.orElse(0),
                most,
                which,
                most == 0 ? "leave it out" : String.format(Locale.ROOT, "choose at most %,d", most)));
    }

    /** The folder of what is kept between calls, in that of the results. */
    private Path kept() throws IOException {
        Path kept = output.resolve(KEPT);
        if (Files.exists(output) && !Files.isDirectory(output)) {
            throw new IOException(output + ": is a file; give the folder that the results go into");
        }
        if (Files.isDirectory(output) && !Files.isDirectory(kept)) {
            try (Stream<Path> files = Files.list(output)) {
                if (files.findAny().isPresent()) {
                    throw new IOException(output
                            + ": is not empty and holds no results of curate: give a folder that is empty or new");
                }
            }
        }
        Files.createDirectories(kept);
        return kept;
    }

    private static Curation seen(Quality quality, FolderParts folders, Optional<LabelledFile> given) {
        FolderParts said = given.map(folders::with).orElse(folders);
        return new Curation(
                quality,
                said.parts(),
                said.classes(),
                said.labels(),
                Groups.of(quality.pictures(), List.of()),
                Leak.equal(quality.pictures(), said.parts()),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private Curation selected(Curation found, Embeddings embeddings, Optional<LabelledFile> given) throws IOException {
        CurationSelection choice = new CurationSelection(found, embeddings, given);
        if (select.orElse(0) > choice.candidates()) {
            throw tooMany(choice.candidates(), " (readable, to learn from, once, not labelled)");
        }
        listener()
                .note(
                        Note.Kind.BEGUN,
                        String.format(
                                Locale.ROOT,
                                "choosing  %,d of %,d pictures%s",
                                select.orElse(0),
                                choice.candidates(),
                                given.map(of -> String.format(
                                                Locale.ROOT,
                                                ", on top of %,d that are labelled",
                                                of.labels().size()))
                                        .orElse("")));
        int n = select.orElse(1);
        return choice.chosen(
                by.orElse(Selection.By.DIVERSITY),
                n,
                seed.orElse(0),
                Counting.of(listener(), "choosing", "pictures", n));
    }

    private String about(Curation found) {
        return CurationTelling.count(found.quality().pictures().size(), "picture") + " in " + data
                + embedding
                        .weights
                        .map(file -> ", seen by the encoder of " + file)
                        .orElse("")
                + (embedding.isAsked()
                        ? String.format(Locale.ROOT, "; nearly the same from a cosine of %s on", above.orElse(ABOVE))
                        : "; without an encoder");
    }
}
