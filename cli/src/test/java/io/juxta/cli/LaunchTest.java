package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of several real processes, and how they end. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LaunchTest {
    private static final int EPOCHS = 30;

    @TempDir
    static Path root;

    private static Path recipe;
    private static Path data;
    private static Path whole;

    /** What two processes come to when nothing happens to them. */
    @BeforeAll
    static void anUndisturbedRun() throws IOException, InterruptedException {
        recipe = TinyRun.recipe(root);
        data = TinyRun.images(root.resolve("images"), 24);
        whole = root.resolve("whole");
        JuxtaProcess.Result result = JuxtaProcess.run(launch("--timeout=30", command(whole, EPOCHS)));
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out().lines()).allMatch(line -> line.startsWith("[0] ") || line.isBlank());
        assertThat(result.out()).contains("[0] epoch 30/30: ").contains("in each of 2 processes");
    }

    private static String[] launch(String option, List<String> command) {
        List<String> words = new ArrayList<>(List.of("launch", "--processes=2", option, "--"));
        words.addAll(command);
        return words.toArray(String[]::new);
    }

    private static List<String> command(Path run, int epochs, String... more) {
        List<String> words = new ArrayList<>(List.of("pretrain", recipe.toString(), "--quiet", "--data=" + data));
        words.addAll(List.of("--run=" + run, "--set=epochs=" + epochs, "--set=checkpoint-minutes=0"));
        words.addAll(List.of(more));
        return words;
    }

    @Test
    void oneProcessComesToTheSame() throws IOException {
        Path alone = root.resolve("alone");
        assertThat(TinyRun.call(command(alone, EPOCHS).toArray(String[]::new)).status())
                .isZero();
        assertThat(losses(alone)).hasSize(EPOCHS);
        // later, what rounding began has grown
        for (int epoch = 0; epoch < 2; epoch++) {
            double expected = losses(alone).get(epoch);
            assertThat(losses(whole).get(epoch)).isCloseTo(expected, within(1e-4 * expected));
        }
        assertThat(TinyRun.below(whole)).isEqualTo(TinyRun.below(alone));
    }

    private static List<Double> losses(Path run) throws IOException {
        return column(run, "loss");
    }

    private static List<Double> column(Path run, String name) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("metrics.csv"));
        int column = List.of(lines.get(0).split(",", -1)).indexOf(name);
        return lines.stream()
                .skip(1)
                .map(line -> line.split(",", -1)[column])
                .filter(value -> !value.isEmpty())
                .map(Double::valueOf)
                .toList();
    }

    /** kNN between epochs and afterwards, and the linear probe: 24 images to learn from, 9 to judge by. */
    @Test
    void judgementsAreSharedToo() throws IOException, InterruptedException {
        Path labelled = root.resolve("labelled");
        TinyRun.images(labelled.resolve("train"), 24);
        TinyRun.images(labelled.resolve("test"), 9);
        List<String> words = new ArrayList<>(List.of("pretrain", recipe.toString(), "--quiet", "--set=knn-every=1"));
        words.addAll(List.of("--data=" + labelled, "--set=knn-layer=backbone"));
        Path alone = root.resolve("judged-1");
        Path shared = root.resolve("judged-2");
        assertThat(TinyRun.call(with(words, "--run=" + alone)).status()).isZero();
        JuxtaProcess.Result run = JuxtaProcess.run(launch("--timeout=30", List.of(with(words, "--run=" + shared))));
        assertThat(run.err()).isEmpty();
        assertThat(column(shared, "knn")).hasSize(2).isEqualTo(column(alone, "knn"));

        String semi =
                "semi --quiet --set=semi-epochs=1 --set=semi-share=0.5 --set=semi-batch-size=6 --set=semi-lr=1e-6";
        for (String measure : List.of("knn --set=knn-k=5", "linear --quiet --set=probe-epochs=2", semi)) {
            words = new ArrayList<>(List.of("evaluate"));
            words.addAll(List.of(measure.split(" ")));
            words.addAll(List.of(shared.toString(), "--data=" + labelled, "--device=cpu"));
            JuxtaProcess.Result expected = TinyRun.call(words.toArray(String[]::new));
            JuxtaProcess.Result actual = JuxtaProcess.run(launch("--timeout=30", words));
            assertThat(actual.err()).isEmpty();
            assertThat(actual.out().replace("[0] ", "")).contains("top-1").isEqualTo(expected.out());
        }
        String port = Integer.toString(freePort());
        List<ProcessBuilder> different = new ArrayList<>();
        for (Path weights : List.of(shared, whole)) {
            words = List.of("evaluate", "knn", weights.toString(), "--data=" + labelled, "--set=knn-k=5");
            different.add(rank(different.size(), port, Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "40"), words));
        }
        for (List<String> lines : said(different)) {
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0)).startsWith("juxta: rank 1 was started otherwise than rank 0, its weights is ");
        }
    }

    private static String[] with(List<String> words, String more) {
        List<String> all = new ArrayList<>(words);
        all.add(more);
        return all.toArray(String[]::new);
    }

    /** CUT, with a learning rate that follows from what rank 0 measures, and with noise. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--set=lr-policy=plateau",
                "--set=netG=smallstylegan2 --set=netD=stylegan2 --set=nce-layers=[0,2] --set=nce-negatives=batch"
            })
    void translationsAreSharedToo(String settings) throws IOException, InterruptedException {
        Path cut = TranslateTrainTest.recipe(Files.createDirectories(root.resolve("cut")));
        Path domains = TranslateTrainTest.domains(root.resolve("domains"));
        List<String> words = new ArrayList<>(List.of("translate", "train", cut.toString(), "--quiet"));
        words.addAll(List.of("--data=" + domains, "--set=batch-size=2", "--set=lr=1e-5"));
        words.addAll(List.of(settings.split(" ")));
        List<Path> runs = new ArrayList<>();
        for (int processes : List.of(1, 2)) {
            runs.add(root.resolve("cut-" + settings.hashCode() + "-" + processes));
            words.add("--run=" + runs.get(processes - 1));
            JuxtaProcess.Result result = processes == 1
                    ? TinyRun.call(words.toArray(String[]::new))
                    : JuxtaProcess.run(launch("--timeout=30", words));
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).isZero();
            words.remove(words.size() - 1);
        }
        assertThat(losses(runs.get(0))).hasSize(2);
        for (int epoch = 0; epoch < 2; epoch++) {
            double expected = losses(runs.get(0)).get(epoch);
            assertThat(losses(runs.get(1)).get(epoch)).isCloseTo(expected, within(1e-4 * expected));
        }
        assertThat(TinyRun.below(runs.get(1))).isEqualTo(TinyRun.below(runs.get(0)));
    }

    /** Killed, or frozen, a process ends the others, who name it; resumed, the run comes to what it would have. */
    @ParameterizedTest
    @CsvSource({
        "KILL, 1, is gone",
        "STOP, 1, has not answered for 6 s",
        "KILL, 0, is gone",
        "STOP, 0, has not answered for 6 s"
    })
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
    void aLostProcessEndsTheRunAndResumeGoesOn(String signal, int rank, String why)
            throws IOException, InterruptedException {
        Path run = root.resolve("lost-" + signal + rank);
        Path err = root.resolve(signal + rank + ".err");
        Process process = JuxtaProcess.builder(Main.class, launch("--timeout=6", command(run, EPOCHS)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile())
                .start();
        try {
            Path first = run.resolve("checkpoints/last.safetensors");
            while (!Files.exists(first) && process.isAlive()) {
                Thread.sleep(20);
            }
            // started in their order
            long lost = process.toHandle()
                    .children()
                    .map(ProcessHandle::pid)
                    .sorted()
                    .toList()
                    .get(rank);
            new ProcessBuilder("kill", "-" + signal, Long.toString(lost))
                    .start()
                    .waitFor();
            long began = System.nanoTime();
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).as("all ended").isTrue();
            assertThat((System.nanoTime() - began) / 1e9).isLessThan(signal.equals("KILL") ? 20 : 35);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(err, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said).isEqualTo(ExitStatus.FAILED);
        assertThat(said).contains("[" + (1 - rank) + "] juxta: rank " + rank).contains(why);
        List<String> lines = said.lines().toList();
        assertThat(lines.get(lines.size() - 1)).startsWith("juxta: rank ");

        assertThat(losses(run)).as("it ended early").hasSizeLessThan(EPOCHS);
        JuxtaProcess.Result resumed = JuxtaProcess.run(launch("--timeout=30", command(run, EPOCHS, "--resume")));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.status()).isZero();
        assertThat(losses(run)).isEqualTo(losses(whole));
        assertThat(TinyRuns.tensors(run.resolve("checkpoints/last.safetensors")))
                .isEqualTo(TinyRuns.tensors(whole.resolve("checkpoints/last.safetensors")));
    }

    @Test
    void aCheckpointGoesOnWithAnotherNumberOfProcesses() throws IOException, InterruptedException {
        List<Double> last = new ArrayList<>();
        for (int processes : List.of(1, 2)) {
            Path run = root.resolve("resumed-" + processes);
            assertThat(TinyRun.call(command(run, 1).toArray(String[]::new)).status())
                    .isZero();
            List<String> command = command(run, 2, "--resume");
            JuxtaProcess.Result resumed = processes == 1
                    ? TinyRun.call(command.toArray(String[]::new))
                    : JuxtaProcess.run(launch("--timeout=30", command));
            assertThat(resumed.status()).as(resumed.err()).isZero();
            last.add(losses(run).get(1));
        }
        assertThat(last.get(1)).isCloseTo(last.get(0), within(1e-4 * last.get(0)));
    }

    @Test
    void whatCannotBeSharedIsOneLine() {
        JuxtaProcess.Result alone = TinyRun.call("launch", "--processes=2", "--", "evaluate", "clusters", "runs/a");
        assertThat(alone.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(alone.err())
                .startsWith("juxta: launch cannot start evaluate clusters, which runs in one process; it starts pre");
        JuxtaProcess.Result result = refused("--set=batch-size=9", "--set=bn-groups=3");
        assertThat(result.err()).contains("batch-size 9 cannot be shared by 2 processes: make it a multiple of 2");
        result = refused("--set=bn-groups=1");
        assertThat(result.err()).contains("bn-groups 1 cannot be shared by 2 processes: make it a multiple of 2");
    }

    private static JuxtaProcess.Result refused(String... settings) {
        try {
            JuxtaProcess.Result result =
                    JuxtaProcess.run(launch("--timeout=30", command(root.resolve("refused"), 1, settings)));
            assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(root.resolve("refused")).doesNotExist();
            assertThat(result.err().lines()).hasSizeLessThanOrEqualTo(3);
            return result;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Started one by one, as a cluster does, and wrongly. */
    @Test
    void aWrongMeetingIsOneLineInEveryProcess() throws IOException, InterruptedException {
        Map<String, String> alone = Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "3");
        String port = Integer.toString(freePort());
        assertThat(said(List.of(rank(0, port, alone))))
                .containsExactly(List.of(
                        "juxta: rank 1 did not come within 3 s: WORLD_SIZE is 2, are as many processes started?"));
        assertThat(said(List.of(rank(1, port, alone))).get(0).get(0))
                .startsWith("juxta: rank 1 waited 3 s for rank 0 at 127.0.0.1 port " + port);
        Map<String, String> two = Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "40");
        Map<String, String> three = Map.of("WORLD_SIZE", "3", "JUXTA_TIMEOUT", "40");
        for (List<String> lines : said(List.of(rank(0, port, two), rank(1, port, three)))) {
            assertThat(lines).hasSize(1);
            assertThat(lines.get(0)).contains("was started with WORLD_SIZE").contains("give all processes");
        }
        String other = Integer.toString(freePort());
        for (List<String> lines : said(List.of(rank(0, other, three), rank(1, other, three), rank(1, other, three)))) {
            assertThat(lines)
                    .containsExactly("juxta: two processes were started as rank 1: give each of the 3 processes"
                            + " a RANK of its own");
        }
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(0));
            String busy = Integer.toString(taken.getLocalPort());
            assertThat(said(List.of(rank(0, busy, two))).get(0).get(0))
                    .startsWith("juxta: port " + busy + " is taken, rank 0 cannot be met there");
            assertThat(said(List.of(rank(1, busy, two))).get(0).get(0))
                    .startsWith("juxta: what answers at 127.0.0.1 port " + busy + " is no run");
        }
    }

    @Test
    void processesThatWereToldDifferentThingsEnd() throws IOException, InterruptedException {
        String port = Integer.toString(freePort());
        Map<String, String> two = Map.of("WORLD_SIZE", "2", "JUXTA_TIMEOUT", "40");
        for (List<String> lines : said(List.of(rank(0, port, two), rank(1, port, two, "--set=lr=0.5")))) {
            assertThat(lines)
                    .containsExactly("juxta: rank 1 was started otherwise than rank 0, its lr is 0.5 and not 0.03:"
                            + " give all processes the same command, data and version");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static ProcessBuilder rank(int rank, String port, Map<String, String> environment, String... more) {
        return rank(rank, port, environment, command(root.resolve("wrong"), 1, more));
    }

    private static ProcessBuilder rank(int rank, String port, Map<String, String> environment, List<String> words) {
        ProcessBuilder builder = JuxtaProcess.builder(Main.class, words.toArray(String[]::new));
        builder.environment().putAll(environment);
        builder.environment().put("RANK", Integer.toString(rank));
        builder.environment().put("MASTER_ADDR", "127.0.0.1");
        builder.environment().put("MASTER_PORT", port);
        return builder;
    }

    /** What each complains of; all must end by themselves, with status 1. */
    private static List<List<String>> said(List<ProcessBuilder> builders) throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        for (ProcessBuilder builder : builders) {
            Path err = Files.createTempFile(root, "rank", ".err");
            files.add(err);
            processes.add(builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(err.toFile())
                    .start());
        }
        List<List<String>> said = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            boolean ended = processes.get(i).waitFor(60, TimeUnit.SECONDS);
            processes.get(i).destroyForcibly();
            List<String> lines = Files.readAllLines(files.get(i));
            assertThat(ended).as("ended: %s", lines).isTrue();
            assertThat(processes.get(i).exitValue()).as(lines.toString()).isEqualTo(ExitStatus.FAILED);
            said.add(lines);
        }
        return said;
    }
}
