package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The report from the command: made during a run without disturbing it, made anew, refused, served. */
@Tag("slow")
class ReportTest {
    @TempDir
    static Path root;

    private static Path recipe;
    private static Path data;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        recipe = TinyRun.recipe(root);
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), 24);
        run = root.resolve("run");
        assertThat(pretrain(run, "--set", "epochs=2").err()).isEmpty();
    }

    private static JuxtaProcess.Result pretrain(Path to, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--run", to.toString()));
        arguments.addAll(List.of(more));
        return TinyRun.pretrain(recipe, data, arguments.toArray(String[]::new));
    }

    /** A copy of the run, to be damaged. */
    private static Path copy(String name) throws IOException {
        Path to = root.resolve(name);
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(run.relativize(file).toString()));
            }
        }
        return to;
    }

    private static void refuses(Path folder, String expected) {
        JuxtaProcess.Result refused = TinyRun.call("report", folder.toString());
        assertThat(refused.err()).startsWith("juxta: ").contains(expected).hasLineCount(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
    }

    @Test
    void itIsMadeAnewFromTheFolderAlone() throws IOException, InterruptedException {
        Path alone = copy("alone");
        byte[] before = Files.readAllBytes(alone.resolve("report.html"));
        Files.delete(alone.resolve("report.html"));
        ProcessBuilder builder = JuxtaProcess.builder(Main.class, "report", alone.toString());
        builder.command().add(1, "-Xlog:class+load:stdout");
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitStatus.DONE);
        // the pictures were taken on the way: no libtorch to load, no data set to read
        assertThat(said)
                .contains("report: " + alone.resolve("report.html"))
                .doesNotContain("org.bytedeco.pytorch.global.torch ");
        String page = Files.readString(alone.resolve("report.html"));
        assertThat(page.replace(">alone", ">run").replace("\"name\":\"alone\"", "\"name\":\"run\""))
                .isEqualTo(new String(before, StandardCharsets.UTF_8));
        assertThat(TinyRun.below(alone)).noneMatch(name -> name.contains(".tmp"));
    }

    @Test
    void whatIsNoRunIsRefusedInOneLine() throws IOException {
        refuses(root.resolve("none"), "none: no such folder: give the folder of a run");
        refuses(data, "holds no run (no recipe.yaml)");
        refuses(recipe, "give the folder of a run");
        Path nested = copy("nested");
        Files.writeString(nested.resolve("recipe.yaml"), "a: {b: 1}\n");
        refuses(nested, "recipe.yaml line 1: ");
        Path cut = copy("cut");
        Files.writeString(cut.resolve("snapshots/sample.json"), "{\"indices\":[1,");
        refuses(cut, "sample.json is damaged");
    }

    @Test
    void itChangesNothingOfTheRun() throws IOException {
        Path without = root.resolve("without");
        JuxtaProcess.Result said = pretrain(without, "--set", "epochs=2", "--set", "report-every=0");
        assertThat(said.out()).doesNotContain("report: ");
        assertThat(TinyRun.below(without)).noneMatch(name -> name.contains("report") || name.contains("snapshots"));
        assertThat(tensors(without)).isEqualTo(tensors(run));
    }

    private static byte[] tensors(Path of) throws IOException {
        byte[] bytes = Files.readAllBytes(of.resolve("encoder.safetensors"));
        int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return Arrays.copyOfRange(bytes, 8 + header, bytes.length);
    }

    @Test
    void aDamagedReportDoesNotKeepARunFromGoingOn() throws IOException {
        Path damaged = copy("damaged");
        Files.writeString(damaged.resolve("snapshots/origin.json"), "[{]");
        JuxtaProcess.Result on = pretrain(damaged, "--resume", "--set", "epochs=3");
        assertThat(on.err())
                .startsWith("juxta: warning: the report is not up to date: ")
                .contains("origin.json is damaged")
                .hasLineCount(1);
        assertThat(on.status()).isEqualTo(ExitStatus.DONE);
        assertThat(Files.readString(damaged.resolve("metrics.csv"))).contains("\n3,");
    }

    @Test
    void aRunThatFailsBeforeItsFirstCheckpointLeavesNoPictures() throws IOException {
        Path bad = TinyRun.images(root.resolve("bad"), 24);
        for (String name : TinyRun.below(bad)) {
            if (name.startsWith("lying/") && !name.endsWith("1001.png")) {
                Files.writeString(bad.resolve(name), "not an image");
            }
        }
        Path failed = root.resolve("failed");
        JuxtaProcess.Result result = TinyRun.pretrain(recipe, bad, "--run", failed.toString());
        assertThat(result.err()).contains("images are unreadable, the limit is 1 %");
        assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(failed).doesNotExist();
    }

    @Test
    void aPortThatIsTakenIsOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            JuxtaProcess.Result refused = TinyRun.call("watch", run.toString(), "--port=" + taken.getLocalPort());
            assertThat(refused.err())
                    .startsWith("juxta: port " + taken.getLocalPort() + " of 127.0.0.1 cannot be had")
                    .contains("choose another with --port")
                    .hasLineCount(1);
            assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        }
        assertThat(TinyRun.call("watch", run.toString(), "--port=70000").status())
                .isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(TinyRun.call("watch", data.toString(), "--port=0").err())
                .contains("holds no run")
                .hasLineCount(1);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
    void itIsWatchedUntilASignal() throws IOException, InterruptedException {
        Process process = JuxtaProcess.builder(Main.class, "watch", run.toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            assertThat(line).matches("http://127\\.0\\.0\\.1:\\d+/ shows .*; Ctrl-C ends it");
            URI address = URI.create(line.substring(0, line.indexOf(' ')));
            HttpResponse<String> page = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<title>run - Juxta report</title>");
            process.toHandle().destroy();
            assertThat(out.lines()).isEmpty();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
        } finally {
            process.destroyForcibly();
        }
    }
}
