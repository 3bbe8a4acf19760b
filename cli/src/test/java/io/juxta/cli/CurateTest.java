package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.runs.Exploring;
import io.juxta.train.run.RunLock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code curate} on a folder with a bit of everything, by an encoder that a tiny run has trained. */
@Tag("slow")
class CurateTest {
    private static final String HOSTILE = "train/lying/<img src=x onerror=alert(1)>.png";
    private static final Set<String> TABLES =
            Set.of("quality.csv", "groups.csv", "leaks.csv", "outliers.csv", "curation.json", "curation.html");

    @TempDir
    static Path root;

    static Path run = Path.of("");
    static Path photos = Path.of("");

    @BeforeAll
    static void draw() throws IOException {
        photos = root.resolve("photos");
        TinyRun.images(photos.resolve("train"), 24);
        TinyRun.images(photos.resolve("test"), 4); // the same as the first four to learn from
        run = root.resolve("run");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), photos, "--set=K=16", "--run=" + run)
                        .err())
                .isEmpty();
        Files.copy(photos.resolve("train/lying/1003.png"), photos.resolve(HOSTILE));
        Files.write(photos.resolve("train/lying/empty.png"), new byte[0]);
    }

    private static JuxtaProcess.Result call(Path out, String... more) {
        return TinyRun.call(
                Stream.concat(Stream.of("curate", "--data=" + photos, "--output=" + out, "--quiet"), Stream.of(more))
                        .toArray(String[]::new));
    }

    private static Set<String> written(Path out) throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** In a process of its own, as a shell would see it. */
    @Test
    void withoutAnEncoder() throws IOException, InterruptedException {
        Path out = root.resolve("plain");
        JuxtaProcess.Result result = JuxtaProcess.run("curate", "--data=" + photos, "--output=" + out, "--quiet");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(result.out())
                .contains(
                        "quality   1 zero-byte, of 30 pictures\n",
                        "twice     4 groups, 5 pictures to spare, the largest of 3\n",
                        "leaks     4 pictures to judge by that are among those to learn from\n",
                        "page      " + out.resolve("curation.html") + "\n")
                .doesNotContain("outliers");
        assertThat(written(out))
                .containsExactlyInAnyOrder("quality.csv", "groups.csv", "leaks.csv", "curation.json", "curation.html");
        assertThat(Files.readString(out.resolve("groups.csv")))
                .contains("1,the same file,test/lying/1003.png,true,\"as good as any, and the shortest name\",16,16,")
                .contains("1,the same file," + HOSTILE + ",false,,16,16,");
        assertThat(Files.readString(out.resolve("leaks.csv")))
                .startsWith("held out,training,kind,cosine\n")
                .contains("test/standing/1000.png,train/standing/1000.png,the same file,1");
    }

    @Test
    void aHostileNameStaysText() throws IOException {
        Path out = root.resolve("hostile");
        assertThat(call(out).err()).isEmpty();
        assertThat(Files.readString(out.resolve("curation.html")))
                .contains("&lt;img src=x onerror=alert(1)&gt;.png")
                .doesNotContain("<img src=x")
                .contains("default-src 'none'");
    }

    @Test
    void withAnEncoderAndASelection() throws IOException {
        Path out = root.resolve("embedded");
        JuxtaProcess.Result result = call(out, "--encoder=" + run, "--select=5", "--by=coverage", "--device=cpu");
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("outliers  ", "labels    ", "choosing  5 of ", "to label  5 pictures, chosen for coverage\n");
        assertThat(written(out)).containsAll(TABLES).contains("selection.csv");
        List<String> chosen = Files.readAllLines(out.resolve("selection.csv"));
        assertThat(chosen).hasSize(6);
        assertThat(chosen.get(0)).isEqualTo("image,label,order,left");
        assertThat(chosen.subList(1, 6)).allMatch(line -> line.matches("train/.*,,[1-5],[0-9.e-]+"));
        JsonNode json = new ObjectMapper().readTree(out.resolve("curation.json").toFile());
        assertThat(json.get("pictures").asInt()).isEqualTo(30);
        assertThat(json.get("selection").get("chosen")).hasSize(5);
        assertThat(json.get("outliers").get("distribution").get("count").asInt())
                .isEqualTo(29);

        // again: nothing is measured or embedded, and the same is found; also with what is kept damaged
        Path kept = out.resolve(".kept/embeddings/000000.safetensors");
        var modified = Files.getLastModifiedTime(kept);
        String before = Files.readString(out.resolve("curation.json"));
        assertThat(call(out, "--encoder=" + run, "--select=5", "--by=coverage", "--device=cpu")
                        .err())
                .isEmpty();
        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(modified);
        assertThat(Files.readString(out.resolve("curation.json"))).isEqualTo(before);
        Files.write(kept, new byte[] {1, 2, 3});
        Files.writeString(out.resolve(".kept/measures.jsonl"), "damaged", StandardOpenOption.APPEND);
        assertThat(call(out, "--encoder=" + run, "--select=5", "--by=coverage", "--device=cpu")
                        .err())
                .isEmpty();
        assertThat(Files.readString(out.resolve("curation.json"))).isEqualTo(before);

        // filled in and given back: what is labelled is not chosen again, and uncertainty has something to learn from
        Path filled = root.resolve("filled.csv");
        Files.writeString(
                filled,
                "image,label\ntrain/standing/1000.png,standing\ntrain/lying/1001.png,lying\n"
                        + "train/standing/1002.png,standing\ntrain/lying/1005.png,\ngone.png,lying\n");
        JuxtaProcess.Result more =
                call(out, "--encoder=" + run, "--labelled=" + filled, "--select=4", "--by=uncertainty", "--device=cpu");
        assertThat(more.err()).isEmpty();
        assertThat(more.out())
                .contains(
                        filled + " names 1 picture that is not there, such as gone.png: left out\n",
                        ", on top of 3 that are labelled\n");
        assertThat(Files.readString(out.resolve("selection.csv")))
                .doesNotContain("train/standing/1000.png", "train/lying/1001.png", "train/standing/1002.png");
        // what was said before and is no longer true is taken away
        assertThat(call(out).err()).isEmpty();
        assertThat(written(out)).doesNotContain("selection.csv", "outliers.csv");
    }

    @Test
    void embeddingsFromAFile() throws IOException {
        Path file = root.resolve("photos.safetensors");
        Path mended = root.resolve("mended");
        TinyRun.images(mended, 12);
        assertThat(TinyRun.call("embed", run.toString(), "--data=" + mended, "--output=" + file, "--quiet")
                        .err())
                .isEmpty();
        Path out = root.resolve("from-file");
        String[] curate = {"curate", "--data=" + mended, "--output=" + out, "--quiet", "--embeddings=" + file};
        assertThat(TinyRun.call(curate).err()).isEmpty();
        assertThat(written(out)).contains("outliers.csv");
        // of other pictures
        JuxtaProcess.Result others = TinyRun.call(
                "curate", "--data=" + photos, "--output=" + root.resolve("others"), "--embeddings=" + file, "--quiet");
        assertThat(others.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(others.err()).startsWith("juxta: " + file + " holds embeddings of other pictures, such as ");
        // of another encoder
        Path other = root.resolve("other");
        assertThat(TinyRun.pretrain(
                                TinyRun.recipe(root),
                                mended,
                                "--set=K=16",
                                "--set=seed=9",
                                "--set=knn-every=0",
                                "--run=" + other)
                        .err())
                .isEmpty();
        JuxtaProcess.Result wrong = TinyRun.call(
                "curate",
                "--data=" + mended,
                "--output=" + root.resolve("wrong"),
                "--embeddings=" + file,
                "--encoder=" + other,
                "--quiet");
        assertThat(wrong.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(wrong.err())
                .startsWith("juxta: " + file + " was made with encoder ")
                .hasLineCount(1);
    }

    @Test
    void twoIntoOneFolderAtOnce() throws IOException {
        Path out = root.resolve("shared");
        Path kept = Files.createDirectories(out.resolve(".kept"));
        try (RunLock other = RunLock.take(kept, out, "another curate or explore", "wait")) {
            JuxtaProcess.Result second = call(out);
            assertThat(second.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(second.err())
                    .isEqualTo("juxta: " + out + " is in use by another curate or explore (process "
                            + ProcessHandle.current().pid()
                            + "): wait until it ends, or choose another --output\n");
        }
        assertThat(call(out).err()).isEmpty();
    }

    /** What was found is on the page, and a picture from elsewhere is looked for by the encoder. */
    @Test
    void itIsExplored() throws Exception {
        Path out = root.resolve("explored");
        assertThat(call(out, "--encoder=" + run, "--select=3", "--device=cpu").err())
                .isEmpty();
        HttpClient client = HttpClient.newHttpClient();
        try (Exploring.Open open = Exploring.of(photos).curated(out).open(0)) {
            URI at = open.explorer().address();
            JsonNode told = new ObjectMapper().readTree(get(client, at.resolve("collection")));
            assertThat(told.get("count").asInt()).isEqualTo(30);
            assertThat(told.get("placed").asInt()).isEqualTo(29);
            assertThat(told.get("search").asBoolean()).isFalse();
            assertThat(told.get("flags").toString())
                    .contains("zero-byte", "there more than once", "to spare", "leak", "to label next");
            assertThat(told.get("scores").toString()).contains("sharpness", "order of choice");
            assertThat(get(client, at.resolve("neighbours/0"))).startsWith("[[");
            String why = client.send(
                            HttpRequest.newBuilder(at.resolve("search"))
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1]))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(why).contains("--encoder WEIGHTS").hasLineCount(1);
            // who looks keeps others from writing
            assertThat(call(out).err()).contains("is in use by another curate or explore");
        }
        try (Exploring.Open open =
                Exploring.of(photos).curated(out).by(run).device("cpu").open(0)) {
            URI at = open.explorer().address();
            String found = client.send(
                            HttpRequest.newBuilder(at.resolve("search"))
                                    .POST(HttpRequest.BodyPublishers.ofFile(photos.resolve("train/lying/1003.png")))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            int first = new ObjectMapper().readTree(found).get(0).get(0).asInt();
            assertThat(new ObjectMapper()
                            .readTree(get(client, at.resolve("names")))
                            .get(first)
                            .asText())
                    .isIn("train/lying/1003.png", "test/lying/1003.png", HOSTILE);
            for (String state = ""; !state.contains("ready"); Thread.sleep(10)) {
                state = get(client, at.resolve("progress"));
                assertThat(state).doesNotContain("failed");
            }
            assertThat(out.resolve(".kept/map.safetensors")).isRegularFile();
            assertThat(out.resolve(".kept/clusters.safetensors")).isRegularFile();
            // about the root of half of 29
            assertThat(new ObjectMapper()
                            .readTree(get(client, at.resolve("clusters")))
                            .get("sizes"))
                    .hasSize(4);
        }
        try (Exploring.Open open = Exploring.of(photos).curated(out).clusters(0).open(0)) {
            URI at = open.explorer().address();
            for (String state = ""; !state.contains("ready"); Thread.sleep(10)) {
                state = get(client, at.resolve("progress"));
            }
            assertThat(get(client, at.resolve("progress"))).contains("\"clusters\":false");
        }
        assertThat(TinyRun.call(
                                "explore",
                                "--data=" + photos,
                                "--curated=" + out,
                                "--clusters=30",
                                "--port=0",
                                "--quiet")
                        .err())
                .isEqualTo(
                        "juxta: --clusters 30 is more than there are pictures with an embedding: choose at most 29\n");
        assertThat(TinyRun.call("explore", "--data=" + photos, "--curated=" + out, "--clusters=201", "--port=0")
                        .err())
                .isEqualTo("juxta: --clusters 201 must be from 0, which is none, to 200\n");
        assertThat(TinyRun.call("explore", "--data=" + photos, "--port=0").err())
                .startsWith("juxta: explore lays out what is alike: give an encoder, ")
                .hasLineCount(1);
        assertThat(TinyRun.call("explore", "--data=" + photos, "--curated=" + photos, "--port=0", "--quiet")
                        .err())
                .contains(": holds no results of curate")
                .hasLineCount(1);
        assertThat(TinyRun.call(
                                "explore",
                                "--data=" + photos,
                                "--curated=" + out,
                                "--export=" + photos.resolve("train"),
                                "--port=0",
                                "--quiet")
                        .err())
                .contains("lies in the input")
                .hasLineCount(1);
        Path plain = root.resolve("never embedded");
        assertThat(call(plain).err()).isEmpty();
        assertThat(TinyRun.call("explore", "--data=" + photos, "--curated=" + plain, "--port=0", "--quiet")
                        .err())
                .contains("no embeddings of these pictures are kept here")
                .hasLineCount(1);
    }

    private static String get(HttpClient client, URI address) throws Exception {
        HttpResponse<String> answer =
                client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void onePictureAndTwoAndAllTheSame() throws IOException {
        Path few = root.resolve("few");
        Path first = Files.createDirectories(few).resolve("a.png");
        Files.copy(photos.resolve("train/lying/1003.png"), first);
        for (int count = 1; count <= 3; count++) {
            if (count > 1) {
                Files.copy(first, few.resolve("copy" + count + ".png"));
            }
            Path out = root.resolve("few-" + count);
            JuxtaProcess.Result result = TinyRun.call(
                    "curate",
                    "--data=" + few,
                    "--output=" + out,
                    "--encoder=" + run,
                    "--select=1",
                    "--quiet",
                    "--device=cpu");
            assertThat(result.err()).isEmpty();
            assertThat(result.out())
                    .contains(
                            count == 1 ? "twice     no picture\n" : "twice     1 group, " + (count - 1) + " picture",
                            "outliers  none\n",
                            "to label  1 picture, chosen for diversity\n");
        }
        JuxtaProcess.Result two = TinyRun.call(
                "curate",
                "--data=" + few,
                "--output=" + root.resolve("few-3"),
                "--encoder=" + run,
                "--select=2",
                "--quiet");
        assertThat(two.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(two.err())
                .isEqualTo(
                        "juxta: --select 2 is more than there are to choose from, 1 (readable, to learn from, once, not"
                                + " labelled): choose at most 1\n");
    }

    @Test
    void whatCannotBeIsSaidInALine() throws IOException {
        Path out = root.resolve("refused");
        assertThat(call(out, "--select=5").err())
                .isEqualTo("juxta: --select needs embeddings: give an encoder, --encoder WEIGHTS, or what embed has"
                        + " written, --embeddings FILE\n");
        assertThat(call(out, "--encoder=" + run, "--select=31").err())
                .isEqualTo("juxta: --select 31 is more than there are to choose from, 30: choose at most 30\n");
        assertThat(call(out, "--encoder=" + run, "--select=0").err())
                .isEqualTo("juxta: --select 0 must be at least 1\n");
        assertThat(call(out, "--by=coverage").err())
                .isEqualTo("juxta: --by says what --select chooses for: give --select N as well\n");
        assertThat(call(out, "--above=0.9").err())
                .startsWith("juxta: --above compares embeddings")
                .hasLineCount(1);
        assertThat(call(out, "--encoder=" + run, "--select=2", "--seed=3").err())
                .startsWith("juxta: --seed decides where --by coverage begins")
                .hasLineCount(1);
        assertThat(call(out, "--encoder=" + run, "--select=2", "--by=uncertainty", "--device=cpu")
                        .err())
                .startsWith("juxta: --by uncertainty needs labels of at least two classes")
                .hasLineCount(1);
        assertThat(call(photos.resolve("out")).err())
                .startsWith("juxta: the output " + photos.resolve("out") + " lies in the input")
                .hasLineCount(1);
        assertThat(call(root).err())
                .contains("is not empty and holds no results of curate")
                .hasLineCount(1);
        Path labels = root.resolve("absent.csv");
        Files.writeString(labels, "train/lying/1oo3.png,lying\n");
        JuxtaProcess.Result absent = call(out, "--labelled=" + labels);
        assertThat(absent.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(absent.err())
                .isEqualTo("juxta: " + labels
                        + ": names train/lying/1oo3.png, and none of the pictures is called as this is:"
                        + " the nearest is train/lying/1003.png\n");
        Files.writeString(labels, "train/lying/1003.png,lying\ntrain/lying/1003.png,standing\n");
        assertThat(call(out, "--labelled=" + labels).err())
                .isEqualTo(
                        "juxta: " + labels + ": says of train/lying/1003.png that it is lying and standing: take one of"
                                + " the two out\n");
    }
}
