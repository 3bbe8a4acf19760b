package io.juxta.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class JobsTest {
    @TempDir
    static Path folder;

    private static Path weights = Path.of("");
    private static Path pictures = Path.of("");

    private record Ran(int status, String out, String err) {}

    @BeforeAll
    static void write() throws IOException {
        weights = TinyPictures.encoder(folder.resolve("encoder.safetensors"), 7);
        pictures = TinyPictures.folder(folder.resolve("pictures"), 4);
    }

    /** In this JVM, which is driver and executor. */
    private static Ran run(String job, String... words) {
        Map<String, String> spark = Map.of(
                "spark.master", "local[1]",
                "spark.ui.enabled", "false",
                "spark.driver.host", "127.0.0.1",
                "spark.driver.bindAddress", "127.0.0.1",
                "spark.local.dir", folder.toString(),
                "spark.sql.shuffle.partitions", "2");
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        spark.forEach(System::setProperty);
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        try {
            int status = job.equals("embed") ? EmbedJob.run(words) : DuplicatesJob.run(words);
            return new Ran(status, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
            spark.keySet().forEach(System::clearProperty);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "embed | --input a --output b | juxta embed: give either --weights, which go to the executors, or --shared-weights, a path that they all see",
                "embed | --input a --weights c | juxta embed: --output is missing",
                "embed | --input a --output | juxta embed: --output lacks its value",
                "embed | --input a --output b --weights c --format csv | juxta embed: --format csv: must be parquet or orc",
                "embed | --input a --output b --weights c --layer stem | juxta embed: --layer stem: must be backbone or head",
                "embed | --input a --output b --weights c --batch-size many | juxta embed: --batch-size many: is no number",
                "embed | --input a --input b | juxta embed: --input is there twice",
                "embed | --most-bytes 0 --input a --output b --weights c | juxta embed: --most-bytes 0: must be at least 1",
                "duplicates | --input a --output b --above 2 | juxta duplicates: --above 2: cosine 2.0 must be above 0 and at most 1",
                "duplicates | --input a --output b --bits 62 --above 0.9 | juxta duplicates: --bits 62: bands * must be from 1 to 256: take fewer bits, or a higher cosine",
                "duplicates | --inptu a | juxta duplicates: unknown argument --inptu: there are --input, --output, --above, --bits, --most-comparisons"
            })
    void badUsageIsOneLineAndStatusTwo(String job, String words, String line) {
        Ran ran = run(job, words.split(" "));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        String[] parts = line.split("\\*");
        assertThat(ran.err())
                .startsWith(parts[0])
                .endsWith(parts[parts.length - 1] + System.lineSeparator())
                .hasLineCount(1);
    }

    @Test
    void aFolderThatGrowsIsEmbeddedOnce() throws IOException {
        Path growing = TinyPictures.folder(folder.resolve("growing"), 2);
        Path output = folder.resolve("growing.parquet");
        List<String> words =
                List.of("--input", growing.toString(), "--output", output.toString(), "--weights", weights.toString());
        Ran first = run("embed", words.toArray(String[]::new));
        assertThat(first.err()).isEmpty();
        assertThat(first.out())
                .contains("growing.parquet: 5 pictures by the encoder ")
                .contains("of which 3 could not be read");

        Ran again = run("embed", words.toArray(String[]::new));
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err())
                .startsWith("juxta embed: " + output + " is there already")
                .hasLineCount(1);

        Files.write(growing.resolve("later.png"), TinyPictures.picture(9));
        Files.write(growing.resolve("large.png"), new byte[100_000]);
        List<String> more = new ArrayList<>(words);
        more.addAll(List.of("--append", "--most-bytes", "20000"));
        Ran appended = run("embed", more.toArray(String[]::new));
        assertThat(appended.err()).isEmpty();
        assertThat(appended.out()).contains(": 7 pictures by ").contains("of which 4 could not be read");

        Path others = TinyPictures.encoder(folder.resolve("others.safetensors"), 8);
        more.set(5, others.toString());
        Ran refused = run("embed", more.toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains(" was made by another encoder, ").hasLineCount(1);

        Ran duplicates = run(
                "duplicates",
                "--input",
                output.toString(),
                "--output",
                folder.resolve("alike").toString(),
                "--above",
                "0.5",
                "--bits",
                "4");
        assertThat(duplicates.err()).isEmpty();
        assertThat(duplicates.out())
                .contains("3 pairs at a cosine of 0.5 and above, 3 pictures in 1 groups; of pairs at 0.5 99.");
    }

    @Test
    void whatIsNotThereIsNamedInOneLine() {
        String nowhere = folder.resolve("nowhere").toString();
        String output = folder.resolve("none.parquet").toString();
        Ran missing = run("embed", "--input", nowhere, "--output", output, "--weights", weights.toString());
        assertThat(missing).isEqualTo(new Ran(1, "", "juxta embed: " + nowhere + ": no such file or folder\n"));
        Ran weightless = run("embed", "--input", pictures.toString(), "--output", output, "--weights", nowhere);
        assertThat(weightless)
                .isEqualTo(
                        new Ran(1, "", "juxta embed: cannot read " + nowhere + ": there is no such file or folder\n"));
    }

    @Test
    void anExecutorWithoutNativesFailsTheJobInOneLine() throws IOException {
        Path closed = Files.createFile(folder.resolve("closed"));
        Map<String, String> options = Map.of(
                "spark.task.maxFailures",
                "1",
                "spark.executor.extraJavaOptions",
                "-XX:+UseSerialGC -Dorg.bytedeco.javacpp.cachedir=" + closed);
        SparkSession spark = LocalCluster.start(1, folder, options);
        try {
            Dataset<Row> table = SparkEmbedder.by(spark, weights)
                    .embed(PictureFiles.below(spark, pictures.toString(), SparkEmbedder.MOST_BYTES));
            assertThatThrownBy(table::count)
                    .satisfies(failure -> assertThat(SparkJob.line(failure))
                            .matches("executor 0 on \\S+: libtorch cannot be unpacked into " + closed
                                    + ", which cannot be written; give another folder by .*")
                            .hasLineCount(1));
        } finally {
            spark.stop();
        }
    }

    /**
     * Spark's own jars in its home, Juxta's handed over by {@code --jars}: classes of both come from where they do on a cluster, Jackson from
     * Spark.
     */
    @Test
    void sparkSubmitRunsTheJob() throws IOException, InterruptedException {
        Set<Path> own = new LinkedHashSet<>(entries(Files.readString(Path.of("target/classpath"))));
        List<Path> jars = new ArrayList<>();
        for (Path entry : own) {
            jars.add(Files.isDirectory(entry) ? jar(entry) : entry);
        }
        Path home = Files.createDirectories(folder.resolve("spark"));
        Files.createDirectories(home.resolve("jars"));
        for (Path entry : entries(System.getProperty("java.class.path"))) {
            if (!own.contains(entry) && Files.isRegularFile(entry)) {
                Files.createSymbolicLink(home.resolve("jars").resolve(entry.getFileName()), entry);
            }
        }
        Path output = folder.resolve("submitted.parquet");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Arrays.asList(JavaModuleOptions.defaultModuleOptions().split(" ")));
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                home.resolve("jars") + "/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "local-cluster[1,1,1024]",
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.local.dir=" + folder,
                "--jars",
                jars.stream().map(Path::toString).collect(Collectors.joining(",")),
                "--class",
                "io.juxta.spark.EmbedJob",
                jar(Path.of("target/classes").toAbsolutePath()).toString(),
                "--input",
                pictures.toString(),
                "--output",
                output.toString(),
                "--weights",
                weights.toString()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        int status = builder.start().waitFor();
        assertThat(status).as(Files.readString(err)).isZero();
        assertThat(Files.readString(out))
                .startsWith(output + ": 7 pictures by the encoder ")
                .endsWith(" (backbone), of which 3 could not be read; the column unreadable says why\n");
    }

    private static List<Path> entries(String classPath) {
        return Stream.of(classPath.strip().split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .toList();
    }

    /** Of a folder of classes. */
    private static Path jar(Path classes) throws IOException {
        Path jar = folder.resolve("classes-" + Math.floorMod(classes.toString().hashCode(), 1_000_000) + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                out.write(Files.readAllBytes(file));
                out.closeEntry();
            }
        }
        return jar;
    }
}
