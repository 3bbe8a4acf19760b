package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.search.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prototypes of images from the command: the table, the figures, the gallery in the report, and what is refused. */
@Tag("slow")
class EvaluateClustersTest {
    private static final int IMAGES = 26;
    private static final String COMMON = TinyRun.CLUSTERS + """
            epochs: 1
            """;

    @TempDir
    static Path root;

    private static Path data;
    private static Path swav;
    private static Path deep;
    private static Path moco;

    @BeforeAll
    static void train() throws IOException {
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), IMAGES);
        TinyRun.images(data.resolve("test"), 6);
        swav = pretrain("swav", "method: swav\nprototypes: [6]\n" + COMMON);
        deep = pretrain("deep", "method: deepcluster\nprototypes: [6, 5, 4]\n" + COMMON);
        moco = pretrain("moco", Files.readString(TinyRun.recipe(root)));
    }

    private static Path pretrain(String name, String recipe) throws IOException {
        Path run = root.resolve(name);
        Path file = Files.writeString(root.resolve(name + ".yaml"), recipe);
        JuxtaProcess.Result said = TinyRun.pretrain(file, data, "--run=" + run);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        return run;
    }

    private static JuxtaProcess.Result clusters(Path weights, String... more) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", "clusters", weights.toString()));
        arguments.addAll(List.of(more));
        return TinyRun.withoutData(TinyRun.call(arguments.toArray(String[]::new)));
    }

    private static JuxtaProcess.Result done(Path weights, String... more) {
        JuxtaProcess.Result said = clusters(weights, more);
        assertThat(said.err()).isEmpty();
        assertThat(said.status()).isEqualTo(ExitStatus.DONE);
        return said;
    }

    @Test
    void everyImageGetsItsPrototypeAndTheReportShowsThem() throws IOException {
        Path run = copy(swav, "shown");
        assertThat(TinyRun.call("report", run.toString()).status()).isEqualTo(ExitStatus.DONE);
        String before = Files.readString(run.resolve("report.html"));
        assertThat(before).doesNotContain("\"prototypes\":{");
        JuxtaProcess.Result said = done(run.resolve("encoder.safetensors"), "--data=" + data);
        assertThat(said.out())
                .startsWith("26 images, head 0: ")
                .containsPattern(
                        "\\d of 6 prototypes used, entropy [\\d.]+ % of ln K, the largest \\(\\d\\) has \\d+ images")
                .containsPattern("\nNMI 0\\.\\d{4}, ARI -?0\\.\\d{4} with the 2 classes of 26 images\n")
                .contains("\nclusters: " + run.resolve("clusters.csv") + "\n")
                .endsWith("\nreport: " + run.resolve("report.html") + "\n");

        List<String> rows = Files.readAllLines(run.resolve("clusters.csv"));
        assertThat(rows.get(0)).isEqualTo("image,prototype,score,confidence,label");
        assertThat(rows).hasSize(1 + IMAGES);
        assertThat(rows.stream().skip(1).map(row -> row.split(",")[0]))
                .doesNotHaveDuplicates()
                .allMatch(name -> Files.isRegularFile(data.resolve("train").resolve(name)));
        for (String row : rows.subList(1, rows.size())) {
            String[] cells = row.split(",");
            assertThat(Integer.parseInt(cells[1])).isBetween(0, 5);
            assertThat(Double.parseDouble(cells[2])).isBetween(-1.0, 1.0);
            // of 6 the likeliest
            assertThat(Double.parseDouble(cells[3])).isBetween(1.0 / 6, 1.0);
            assertThat(cells[0]).startsWith(cells[4] + "/");
        }

        String after = Files.readString(run.resolve("report.html"));
        assertThat(after).contains("\"prototypes\":{\"origin\":{\"command\":\"./juxta evaluate clusters ");
        assertThat(after).contains(".nearest{background-image:url(data:image/jpeg;base64,");
        // all else is as it was
        assertThat(after.replaceFirst("\"prototypes\":\\{.*\\},(\"translates\":)", "$1")
                        .replaceFirst("\\.nearest\\{.*\\}\n", ""))
                .isEqualTo(before);
        assertThat(TinyRun.below(run)).noneMatch(name -> name.contains(".tmp"));
        // a checkpoint of the same state is the same encoder, in the same run
        Path table = root.resolve("again.csv");
        assertThat(done(run.resolve("checkpoints/last.safetensors"), "--data=" + data, "--out=" + table)
                        .out())
                .contains("clusters: " + table)
                .contains("report: " + run.resolve("report.html"));
        assertThat(table).hasSameTextualContentAs(run.resolve("clusters.csv"));
    }

    @Test
    void imagesNeverSeenAndWithoutClassesAreAssignedToo() throws IOException {
        Path photos = Files.createDirectories(root.resolve("photos"));
        for (int i = 0; i < 3; i++) {
            Files.copy(data.resolve("test/lying/100" + (2 * i + 1) + ".png"), photos.resolve("a, \"b\" " + i + ".png"));
        }
        Path alone = Files.copy(swav.resolve("encoder.safetensors"), root.resolve("alone.safetensors"));
        Path table = root.resolve("photos.csv");
        JuxtaProcess.Result said = done(alone, "--data=" + photos, "--out=" + table);
        assertThat(said.out())
                .startsWith("3 images, head 0: ")
                .doesNotContain("NMI")
                .doesNotContain("report: ");
        List<String> rows = Files.readAllLines(table);
        assertThat(rows.get(0)).isEqualTo("image,prototype,score,confidence");
        assertThat(rows.get(1)).matches("\"a, \"\"b\"\" 0\\.png\",[0-5],0\\.\\d{6},0\\.\\d{6}");
        assertThat(rows).hasSize(4);
        assertThat(done(alone, "--data=" + data, "--split=test", "--out=" + table)
                        .out())
                .startsWith("6 images, head 0: ");
    }

    /** The same columns, scores a hundredth off, and said. */
    @Test
    void bfloat16IsSaidAndNear() throws IOException {
        Path alone = Files.copy(swav.resolve("encoder.safetensors"), root.resolve("precise.safetensors"));
        Path whole = root.resolve("whole.csv");
        Path shorter = root.resolve("shorter.csv");
        assertThat(done(alone, "--data=" + data, "--out=" + whole, "--precision=float32")
                        .out())
                .endsWith("clusters: " + whole + "\n");
        assertThat(done(alone, "--data=" + data, "--out=" + shorter, "--precision=bfloat16", "--device=cpu")
                        .out())
                .endsWith("clusters: " + shorter + ", bfloat16\n");
        List<String> rows = Files.readAllLines(whole);
        List<String> others = Files.readAllLines(shorter);
        assertThat(others).hasSameSizeAs(rows).isNotEqualTo(rows);
        for (int i = 1; i < rows.size(); i++) {
            String[] cells = rows.get(i).split(",");
            String[] cellsOfOther = others.get(i).split(",");
            assertThat(cellsOfOther[0]).isEqualTo(cells[0]);
            double score = Double.parseDouble(cells[2]);
            assertThat(Double.parseDouble(cellsOfOther[2])).isBetween(score - 0.02, score + 0.02);
        }
    }

    @Test
    void oneUnreadableImageIsLeftOutAndCounted() throws IOException {
        Path photos = TinyRun.images(root.resolve("damaged"), 8);
        Files.writeString(photos.resolve("lying/1003.png"), "not an image");
        Path table = root.resolve("damaged.csv");
        Path alone = Files.copy(swav.resolve("encoder.safetensors"), root.resolve("whole.safetensors"));
        JuxtaProcess.Result said = clusters(alone, "--data=" + photos, "--out=" + table);
        assertThat(said.out())
                .startsWith("7 images (1 unreadable, left out), head 0: ")
                .contains(" of 7 images\n");
        assertThat(Files.readString(table)).doesNotContain("1003.png").hasLineCount(8);
    }

    @Test
    void theFolderOfTheRunWillDo() throws IOException {
        Path run = copy(swav, "by-folder");
        Path byFile = root.resolve("by-file.csv");
        Path byFolder = root.resolve("by-folder.csv");
        clusters(run.resolve("encoder.safetensors"), "--data=" + data, "--out=" + byFile);
        assertThat(clusters(run, "--data=" + data, "--out=" + byFolder).err()).isEmpty();
        assertThat(byFolder).hasSameTextualContentAs(byFile);
        delete(run);
    }

    @Test
    void eachHeadHasPrototypesOfItsOwn() throws IOException {
        List<String> tables = new ArrayList<>();
        for (int head = 0; head < 3; head++) {
            Path table = root.resolve("head" + head + ".csv");
            JuxtaProcess.Result said =
                    done(deep.resolve("encoder.safetensors"), "--data=" + data, "--head=" + head, "--out=" + table);
            assertThat(said.out()).contains("26 images, head " + head + ": ", " of " + (6 - head) + " prototypes used");
            tables.add(Files.readString(table));
        }
        assertThat(tables).doesNotHaveDuplicates();
        assertThat(Files.readString(deep.resolve("report.html"))).contains("\"head\":2,\"usage\":{\"prototypes\":4,");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            moco | --head=0 | 1 | ~/moco/encoder.safetensors is an encoder of moco, which has no prototypes: give one of swav or deepcluster
            swav | --head=1 | 2 | head 1 is not there: the encoder has one head, choose 0
            deep | --head=3 | 2 | head 3 is not there: the encoder has 3 heads, choose one from 0 to 2
            deep | --head=-1 | 2 | head -1 is not there: the encoder has 3 heads, choose one from 0 to 2
            swav | --out=~/nowhere/c.csv | 1 | cannot write ~/nowhere/c.csv: no such folder
            swav | --out=~/set | 1 | ~/set is a folder: give the name of a file, such as ~/set/clusters.csv
            swav | --precision=tf32 | 2 | precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16
            swav | --precision=half | 2 | precision half is unknown: take float32, tf32, bfloat16 or float16
            swav | --split=all | 2 | invalid value for option '--split': expected one of [TRAIN, TEST] (case-insensitive) but was 'all'; see juxta evaluate clusters --help
            """)
    void refusesInOneLine(String run, String option, int status, String line) throws IOException {
        Path of = copy(root.resolve(run), "refused");
        Path weights = root.resolve(run).resolve("encoder.safetensors");
        JuxtaProcess.Result refused = clusters(weights, "--data=" + data, option.replace("~", root.toString()));
        assertThat(refused.err()).isEqualTo("juxta: " + line.replace("~", root.toString()) + "\n");
        assertThat(refused.out()).isEmpty();
        assertThat(refused.status()).isEqualTo(status);
        assertThat(TinyRun.below(root.resolve(run))).isEqualTo(TinyRun.below(of));
        delete(of);
    }

    @Test
    void anInterruptedThreadEndsInGoodOrder() throws IOException {
        Path run = copy(swav, "interrupted");
        Thread.currentThread().interrupt();
        JuxtaProcess.Result said = clusters(run.resolve("encoder.safetensors"), "--data=" + data);
        // its reading of files is told without the mark being taken away
        Thread.interrupted();
        assertThat(said)
                .isEqualTo(new JuxtaProcess.Result(
                        ExitStatus.INTERRUPTED,
                        "",
                        "juxta: interrupted before it was done: nothing is kept, the same command begins anew\n"));
        assertThat(TinyRun.below(run)).isEqualTo(TinyRun.below(swav));
        delete(run);
    }

    @Test
    void fieldsAreQuotedWhereTheyMustBe() {
        assertThat(Csv.quoted("cat/1.png")).isEqualTo("cat/1.png");
        assertThat(Csv.quoted("a,b")).isEqualTo("\"a,b\"");
        assertThat(Csv.quoted("say \"a\"")).isEqualTo("\"say \"\"a\"\"\"");
        assertThat(Csv.quoted("two\nlines")).isEqualTo("\"two\nlines\"");
        assertThat(Csv.quoted("a\rb")).isEqualTo("\"a\rb\"");
        assertThat(Csv.quoted(" a")).isEqualTo("\" a\"");
    }

    private static Path copy(Path run, String name) throws IOException {
        Path to = root.resolve(name);
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(run.relativize(file).toString()));
            }
        }
        return to;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
