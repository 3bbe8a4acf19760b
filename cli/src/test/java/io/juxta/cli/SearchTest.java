package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code embed}, {@code search} and {@code duplicates} by an encoder that a tiny run has trained. */
@Tag("slow")
class SearchTest {
    private static final int IMAGES = 24;

    @TempDir
    static Path root;

    static Path run = Path.of("");
    static Path images = Path.of("");
    static Path index = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        run = root.resolve("run");
        images = TinyRun.images(root.resolve("images"), IMAGES);
        JuxtaProcess.Result result = TinyRun.pretrain(TinyRun.recipe(root), images, "--set=K=16", "--run=" + run);
        assertThat(result.err()).isEmpty();
        Files.copy(images.resolve("lying/1003.png"), images.resolve("lying/<b>twin & co.png"));
        index = root.resolve("index.safetensors");
        assertThat(call("embed", "--output=" + index).err()).isEmpty();
    }

    private static JuxtaProcess.Result call(String command, String... more) {
        return TinyRun.call(
                Stream.concat(Stream.of(command, run.toString(), "--data=" + images, "--quiet"), Arrays.stream(more))
                        .toArray(String[]::new));
    }

    @Test
    void bfloat16IsSaidAndNear() throws IOException {
        Path held = root.resolve("held.safetensors");
        JuxtaProcess.Result result = call("embed", "--output=" + held, "--precision=bfloat16", "--device=cpu");
        assertThat(result.out()).endsWith("25 embeddings of 64 values: " + held + ", bfloat16\n");
        try (Embeddings whole = EmbeddingFile.read(index);
                Embeddings shorter = EmbeddingFile.read(held)) {
            assertThat(whole.about()).doesNotContainKey("precision");
            assertThat(shorter.about()).containsEntry("precision", "bfloat16");
            for (int i = 0; i < whole.size(); i++) {
                assertThat(io.juxta.Encoder.cosine(whole.row(i), shorter.row(i)))
                        .isGreaterThan(0.999);
            }
        }
        assertThat(call("embed", "--output=" + root.resolve("no.npy"), "--precision=float16", "--device=cpu")
                        .err())
                .startsWith("juxta: precision float16 needs a GPU")
                .hasLineCount(1);
        assertThat(call("duplicates", "--precision=half").err())
                .isEqualTo("juxta: precision half is unknown: take float32, tf32, bfloat16 or float16\n");
        assertThat(call("search", "--query=lying/1003.png", "-k=1", "--precision=bfloat16", "--device=cpu")
                        .out())
                .contains("lying/<b>twin & co.png");
    }

    @Test
    void anIndexOfAnotherPrecisionIsSaid() {
        String said = index + " was made in float32, what is looked for is embedded in bfloat16: cosines are off by"
                + " about a hundredth; --precision float32 makes them alike\n";
        JuxtaProcess.Result mixed = call(
                "search", "--query=lying/1003.png", "-k=1", "--index=" + index, "--precision=bfloat16", "--device=cpu");
        assertThat(mixed.err()).isEmpty();
        assertThat(mixed.out()).contains(said, "lying/<b>twin & co.png");
        Path shorter = root.resolve("shorter.safetensors");
        assertThat(call("embed", "--output=" + shorter, "--precision=bfloat16", "--device=cpu")
                        .err())
                .isEmpty();
        assertThat(call("search", "--query=lying/1003.png", "-k=1", "--index=" + shorter)
                        .out())
                .contains(shorter + " was made in bfloat16, what is looked for is embedded in float32: ");
        for (String[] alike : new String[][] {{"float32", index.toString()}, {"bfloat16", shorter.toString()}}) {
            assertThat(call(
                                    "search",
                                    "--query=lying/1003.png",
                                    "-k=1",
                                    "--index=" + alike[1],
                                    "--precision=" + alike[0],
                                    "--device=cpu")
                            .out())
                    .doesNotContain(" was made in ");
        }
    }

    @Test
    void everyImageIsEmbedded() throws IOException, InterruptedException {
        try (Embeddings embeddings = EmbeddingFile.read(index)) {
            assertThat(embeddings.size()).isEqualTo(IMAGES + 1);
            assertThat(embeddings.names()).isSorted().contains("lying/1003.png");
            assertThat(embeddings.about()).containsEntry("layer", "backbone").containsEntry("length", "unit");
        }
        Path csv = root.resolve("e.csv");
        JuxtaProcess.Result child = JuxtaProcess.run(
                "embed", run.toString(), "--data=" + images, "--quiet", "--layer=head", "--raw", "--output=" + csv);
        assertThat(child.err()).isEmpty();
        assertThat(child.status()).isEqualTo(ExitStatus.DONE);
        assertThat(child.out()).isEqualTo("25 embeddings of 16 values: " + csv + "\n");
        assertThat(Files.readAllLines(csv))
                .hasSize(IMAGES + 2)
                .first()
                .asString()
                .startsWith("path,e0,")
                .endsWith(",e15");
    }

    @Test
    void anUnreadableImageIsLeftOutAndSaid() throws IOException {
        Path some = TinyRun.images(root.resolve("some"), 6);
        Files.writeString(some.resolve("standing/1002.png"), "no image");
        Path file = root.resolve("some.safetensors");
        JuxtaProcess.Result result =
                TinyRun.call("embed", run.toString(), "--data=" + some, "--quiet", "--output=" + file);
        assertThat(result.out()).endsWith("1 image could not be read and left out\n");
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        try (Embeddings embeddings = EmbeddingFile.read(file)) {
            assertThat(embeddings.names()).hasSize(5).doesNotContain("standing/1002.png");
        }
    }

    @Test
    void theTwinIsFoundAndShown() throws IOException {
        Path page = root.resolve("gallery.html");
        JuxtaProcess.Result found =
                call("search", "--query=lying/1003.png", "--index=" + index, "-k=3", "--gallery=" + page);
        assertThat(found.err()).isEmpty();
        List<String> lines = found.out().lines().toList();
        assertThat(lines.get(0)).isEqualTo("most like lying/1003.png, of 25 images:");
        assertThat(lines.get(1)).isEqualTo("   1  1.0000  lying/<b>twin & co.png");
        assertThat(lines).hasSize(5);
        assertThat(page)
                .content()
                .contains("&lt;b&gt;twin &amp; co.png", "default-src 'none'", "script-src 'sha256-")
                .doesNotContain("<b>twin", "http://", "https://");
        assertThat(Files.readString(page).split("<script", -1))
                .as("the page's own, which shows a picture large")
                .hasSize(2);

        Path file = images.resolve("lying/1003.png");
        JuxtaProcess.Result without = call("search", "--query=" + file, "-k=100");
        assertThat(without.err()).isEmpty();
        assertThat(without.out()).hasLineCount(IMAGES + 2).contains("   1  1.0000  lying/");
    }

    @Test
    void twinsAreDuplicates() throws IOException {
        Path csv = root.resolve("twins.csv");
        Path page = root.resolve("twins.html");
        JuxtaProcess.Result found =
                call("duplicates", "--index=" + index, "--above=1", "--output=" + csv, "--gallery=" + page);
        assertThat(found.err()).isEmpty();
        assertThat(found.out())
                .startsWith("1 pair with a cosine of 1.0 and above, in 1 group, among 25 images\n"
                        + "  1.0000  lying/1003.png  lying/<b>twin & co.png\n");
        assertThat(csv)
                .content()
                .startsWith("cosine,first,second\n")
                .endsWith(",lying/1003.png,lying/<b>twin & co.png\n");
        assertThat(page).content().contains("2 images, cosine up to 1.0000");
        assertThat(call("duplicates", "--above=0.999", "--index=" + index).out())
                .startsWith("1 pair with a cosine of 0.999");
    }

    /** All are alike, and three pairs are listed: nobody is missing from the groups. */
    @Test
    void groupsHoldAllHoweverFewPairsAreListed() throws IOException {
        Path csv = root.resolve("three.csv");
        Path groups = root.resolve("groups.csv");
        Path page = root.resolve("groups.html");
        JuxtaProcess.Result found = call(
                "duplicates",
                "--index=" + index,
                "--above=-0.9999",
                "--limit=3",
                "--output=" + csv,
                "--groups=" + groups,
                "--gallery=" + page);
        assertThat(found.err()).isEmpty();
        assertThat(found.status()).isEqualTo(ExitStatus.DONE);
        assertThat(found.out())
                .startsWith("300 pairs with a cosine of -0.9999 and above, in 1 group, among 25 images\n"
                        + "  25 images alike: lying/")
                .contains("pairs: " + csv
                        + " (the 3 most alike of 300; --limit for more, --groups for all their images)");
        assertThat(csv).content().hasLineCount(4);
        assertThat(groups).content().startsWith("group,image\n1,lying/").hasLineCount(26);
        assertThat(page).content().contains("25 images, cosine up to 1.0000; the first 16");
    }

    @Test
    void refusesInOneLine() throws IOException {
        Path o = root.resolve("o.npz");
        assertRefused(
                call("embed", "--output=" + root.resolve("o.txt")), "must end in .npy, .npz, .csv or .safetensors");
        assertRefused(call("embed", "--output=" + index), "is there already: give --overwrite");
        assertRefused(call("embed", "--output=" + root.resolve("no/o.npz")), "no such folder");
        assertRefused(call("embed", "--output=" + o, "--batch-size=0"), "batch size 0");
        assertRefused(
                call("search", "--query=nothing.png"), "nothing.png is neither an image file nor the name of one");
        assertRefused(call("search", "--query=lying/1003.png", "-k=0"), "-k 0 must be at least 1");
        assertRefused(
                call("search", "--query=lying/1003.png", "--index=" + index, "--layer=head"),
                "was made with layer backbone, not head");
        assertRefused(
                call("search", "--query=lying/1003.png", "--index=" + run.resolve("encoder.safetensors")),
                "holds no embeddings with paths");
        assertRefused(call("duplicates", "--above=2"), "--above 2.0 must be above -1 and at most 1");
        assertRefused(call("duplicates", "--index=" + index, "--limit=0"), "--limit 0 must be at least 1");
        Path original = images.resolve("lying/1003.png");
        byte[] before = Files.readAllBytes(original);
        assertRefused(call("duplicates", "--index=" + index, "--output=" + original), "would be lost");
        assertRefused(call("search", "--query=lying/1003.png", "--gallery=" + original), "would be lost");
        assertThat(original).hasBinaryContent(before);
        assertRefused(
                TinyRun.call("embed", root.resolve("nowhere").toString(), "--data=" + images, "--output=" + o),
                "nowhere");
        assertThat(o).doesNotExist();
    }

    private static void assertRefused(JuxtaProcess.Result result, String message) {
        assertThat(result.err()).startsWith("juxta: ").contains(message).hasLineCount(1);
        assertThat(result.status()).isNotEqualTo(ExitStatus.DONE);
    }
}
