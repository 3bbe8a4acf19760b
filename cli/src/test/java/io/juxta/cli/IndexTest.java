package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.lucene.DiskIndex;
import io.juxta.lucene.DiskIndexOptions;
import io.juxta.lucene.IndexedImages;
import io.juxta.lucene.SearchedIndex;
import io.juxta.runs.EmbeddedImages;
import io.juxta.runs.WorkListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code index build}, {@code update} and {@code search} by an encoder that a tiny run has trained. */
@Tag("slow")
class IndexTest {
    private static final int IMAGES = 24;

    @TempDir
    static Path root;

    static Path run = Path.of("");

    @TempDir
    Path folder;

    private Path images = Path.of("");
    private Path index = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        run = root.resolve("run");
        Path trained = TinyRun.images(root.resolve("images"), IMAGES);
        JuxtaProcess.Result result = TinyRun.pretrain(TinyRun.recipe(root), trained, "--set=K=16", "--run=" + run);
        assertThat(result.err()).isEmpty();
    }

    @BeforeEach
    void draw() throws IOException {
        images = TinyRun.images(folder.resolve("images"), IMAGES);
        index = folder.resolve("photos.index");
    }

    private JuxtaProcess.Result call(String... words) {
        return TinyRun.call(Stream.concat(
                        Stream.of("index", words[0], run.toString(), "--index=" + index, "--quiet"),
                        Arrays.stream(words).skip(1))
                .toArray(String[]::new));
    }

    private JuxtaProcess.Result build(String... more) {
        return call(Stream.concat(Stream.of("build", "--data=" + images), Arrays.stream(more))
                .toArray(String[]::new));
    }

    /** That nothing is said but, in the log, which pictures were left out. */
    private static void done(JuxtaProcess.Result result, String... said) {
        assertThat(result.err().lines()).allMatch(line -> line.startsWith("juxta: warning: left out: "));
        assertThat(result.out()).contains(said);
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
    }

    private static void refused(JuxtaProcess.Result result, String message) {
        assertThat(result.err()).startsWith("juxta: ").contains(message).hasLineCount(1);
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
    }

    /** The slow way: every embedding in memory, as juxta search does. */
    @Test
    void findsWhatASearchInMemoryFinds() throws IOException, InterruptedException {
        Files.copy(images.resolve("lying/1003.png"), images.resolve("lying/=twin,\"x\".png"));
        JuxtaProcess.Result built =
                JuxtaProcess.run("index", "build", run.toString(), "--data=" + images, "--index=" + index, "--quiet");
        done(built, "searches are exact\n25 images, 25 added, 0 replaced, 0 removed: " + index + "\n");
        Path csv = folder.resolve("found.csv");
        JuxtaProcess.Result found = call("search", "--query=lying/1003.png", "-k=5", "--output=" + csv);
        done(found, "exact: compared with each\n", "table: " + csv);
        JuxtaProcess.Result inMemory =
                TinyRun.call("search", run.toString(), "--data=" + images, "--query=lying/1003.png", "-k=5", "--quiet");
        List<String> expected = inMemory.out().lines().toList();
        assertThat(found.out().lines().toList().subList(0, 6)).isEqualTo(expected.subList(0, 6));
        assertThat(csv)
                .content()
                .startsWith(
                        "query,rank,cosine,image,label\nlying/1003.png,1,1.000000,\"lying/=twin,\"\"x\"\".png\",lying\n")
                .hasLineCount(6);

        Path file = images.resolve("lying/1003.png");
        done(call("search", "--query=" + file, "-k=2"), "   1  1.0000  lying/", "   2  1.0000  lying/");
        done(
                call("search", "--query=" + file, "--folder=standing/", "-k=100"),
                "of 12 images in the folder standing:\n");
        assertThat(call("search", "--query=" + file, "--label=standing", "-k=100")
                        .out())
                .contains("of 12 images with the label standing:\n")
                .doesNotContain("  lying/1")
                .hasLineCount(14);
        refused(call("search", "--query=" + file, "--label=standing", "--folder=lying"), "has no picture");
        refused(call("search", "--query=" + file, "--folder=flying"), "has no picture in the folder flying");
    }

    @Test
    void whatIsInIsNotEmbeddedAgain() throws IOException {
        done(build(), "24 images, 24 added");
        done(build(), "24 images, 0 added, 0 replaced, 0 removed");
        TinyRun.images(images, IMAGES + 3);
        for (int i = 0; i < IMAGES; i++) { // drawn again: the same bytes at another time
            Path file = images.resolve((i % 2 == 0 ? "standing/" : "lying/") + (1000 + i) + ".png");
            Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L + 5000L * i));
        }
        done(build(), "27 images, 3 added", "24 images have changed and 0 are gone since the index was made");
        done(call("update"), "27 images, 0 added, 24 replaced, 0 removed");
        done(call("update"), "27 images, 0 added, 0 replaced, 0 removed");
    }

    @Test
    void anUpdateTakesUpWhatHasChangedAndGone() throws IOException {
        done(build(), "24 added");
        Files.delete(images.resolve("standing/1004.png"));
        Files.move(
                images.resolve("lying/1005.png"),
                images.resolve("standing/1002.png"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(images.resolve("standing/1006.png"), "no image");
        Files.write(images.resolve("lying/1007.png"), new byte[0]);
        JuxtaProcess.Result updated = call("update");
        assertThat(updated.err()).contains("lying/1007.png: empty file", "standing/1006.png: not an image");
        done(
                updated,
                "2 images could not be read or embedded, and left out; the log names each\n",
                "20 images, 0 added, 1 replaced, 4 removed: " + index);
        JuxtaProcess.Result found = call("search", "--query=standing/1002.png", "-k=30");
        assertThat(found.out()).doesNotContain("1004.png", "1005.png", "1006.png", "1007.png");
        // as an index that was built of the same pictures has it
        Path anew = folder.resolve("anew.index");
        done(
                TinyRun.call("index", "build", run.toString(), "--data=" + images, "--index=" + anew, "--quiet"),
                "20 added");
        String there = TinyRun.call(
                        "index", "search", run.toString(), "--index=" + anew, "--query=standing/1002.png", "-k=30")
                .out();
        assertThat(found.out()).isEqualTo(there);
        done(call("update"), "0 added, 0 replaced, 0 removed");
    }

    @Test
    void theGraphSaysWhatItMisses() {
        done(build("--exact-up-to=10", "--merge"), "searches go by the graph: of the 10 nearest it finds ");
        done(
                call("search", "--query=lying/1003.png", "--exact-up-to=10"),
                "approximate, by the graph: of the 10 nearest it finds ",
                " %, measured on 24 of its own pictures, looking at 10 for each asked for\n");
        done(call("search", "--query=lying/1003.png", "--exact-up-to=10", "--exact"), "exact: compared with each\n");
        done(call("search", "--query=lying/1003.png"), "exact: compared with each\n");
    }

    @Test
    void refusesInOneLine() throws IOException {
        refused(call("search", "--query=lying/1003.png"), "no index there; juxta index build makes one");
        refused(call("update"), "no index there; juxta index build makes one");
        done(build(), "24 added");
        refused(
                call("search", "--query=nothing.png"),
                "nothing.png is neither an image file nor the name of a picture");
        refused(call("search", "--query=lying/1003.png", "--layer=head"), "(backbone), not of ");
        refused(call("search", "--query=lying/1003.png", "-k=0"), "-k 0 must be at least 1");
        refused(call("search", "--query=lying/1003.png", "--looked=0"), "looked 0 must be from 1 to 1000");
        refused(build("--layer=head"), "vectors of two encoders cannot be compared");
        Path other = TinyRun.images(folder.resolve("other"), 4);
        refused(
                TinyRun.call("index", "build", run.toString(), "--data=" + other, "--index=" + index),
                "was built of the images of " + images);
        refused(
                TinyRun.call("index", "build", run.toString(), "--data=" + other, "--index=" + other),
                "holds other files, such as ");
        refused(
                TinyRun.call("index", "search", run.toString(), "--query=a", "--index=" + other),
                other + " is no index");
        assertThat(TinyRun.below(other)).noneMatch(name -> name.contains("segments") || name.contains("lock"));
    }

    /** Falls over when half of the images are embedded. */
    static final class FallingOver {
        private FallingOver() {}

        public static void main(String[] arguments) throws IOException {
            WorkListener half = new WorkListener() {
                @Override
                public void counted(Counted counted) {
                    if (counted.done() >= IMAGES / 2) {
                        Runtime.getRuntime().halt(9);
                    }
                }
            };
            IndexedImages.of(EmbeddedImages.by(Path.of(arguments[0]))
                            .on(Path.of(arguments[1]))
                            .batchSize(4)
                            .told(half))
                    .into(Path.of(arguments[2]))
                    .commitEvery(Duration.ZERO)
                    .build();
        }
    }

    @Test
    void aBuildThatWasKilledGoesOn() throws IOException, InterruptedException {
        JuxtaProcess.Result killed =
                JuxtaProcess.run(FallingOver.class, run.toString(), images.toString(), index.toString());
        assertThat(killed.status()).isEqualTo(9);
        try (SearchedIndex read = SearchedIndex.open(index, DiskIndexOptions.defaults())) {
            assertThat(read.size()).as("what was committed").isEqualTo(IMAGES / 2);
        }
        done(build(), "24 images, 12 added, 0 replaced, 0 removed");
    }

    /** Who writes keeps other writers out, and nobody from searching. */
    @Test
    void oneAtATimeWrites() throws IOException {
        done(build(), "24 added");
        String encoder;
        try (SearchedIndex read = SearchedIndex.open(index, DiskIndexOptions.defaults())) {
            encoder = read.encoder();
        }
        try (DiskIndex writer = DiskIndex.open(index, 64, encoder)) {
            refused(call("update"), "is open elsewhere: one process at a time may write to an index");
            writer.remove("lying/1003.png");
            done(call("search", "--query=lying/1003.png", "-k=1"), "of 24 images");
            writer.commit();
            done(call("search", "--query=lying/1005.png", "-k=1"), "of 23 images");
        }
    }
}
