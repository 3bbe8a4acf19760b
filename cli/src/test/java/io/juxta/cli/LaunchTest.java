package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.distributed.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of several real processes come to what one process comes to. */
@Tag("slow")
class LaunchTest extends LaunchedRuns {
    private static final int EPOCHS = 4;

    private static Path whole;

    @BeforeAll
    static void anUndisturbedRun() throws IOException, InterruptedException {
        whole = undisturbed(EPOCHS);
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
        for (String measure : List.of("knn --quiet --set=knn-k=5", "linear --quiet --set=probe-epochs=2", semi)) {
            words = new ArrayList<>(List.of("evaluate"));
            words.addAll(List.of(measure.split(" ")));
            words.addAll(List.of(shared.toString(), "--data=" + labelled, "--device=cpu"));
            JuxtaProcess.Result expected = TinyRun.call(words.toArray(String[]::new));
            JuxtaProcess.Result actual = JuxtaProcess.run(launch("--timeout=30", words));
            assertThat(actual.err()).isEmpty();
            assertThat(actual.out().replace("[0] ", "")).contains("top-1").isEqualTo(expected.out());
        }
        String port = Integer.toString(Ports.free());
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

    /** DINO, whose centre is the whole batch's. */
    @Test
    void selfDistillationIsSharedToo() throws IOException, InterruptedException {
        Path dino = TinyMethods.recipe(Files.createDirectories(root.resolve("dino")), "dino");
        List<String> words = List.of("pretrain", dino.toString(), "--quiet", "--data=" + data, "--set=lr=0.01");
        Path alone = root.resolve("dino-1");
        Path shared = root.resolve("dino-2");
        assertThat(TinyRun.call(with(words, "--run=" + alone)).status()).isZero();
        JuxtaProcess.Result run = JuxtaProcess.run(launch("--timeout=30", List.of(with(words, "--run=" + shared))));
        assertThat(run.err()).isEmpty();
        for (String figure : List.of("loss", "target_entropy", "target_usage")) {
            List<Double> expected = column(alone, figure);
            assertThat(expected).hasSize(2);
            for (int epoch = 0; epoch < 2; epoch++) {
                assertThat(column(shared, figure).get(epoch))
                        .as(figure)
                        .isCloseTo(expected.get(epoch), within(1e-4 * expected.get(epoch)));
            }
        }
        assertThat(TinyRun.below(shared)).isEqualTo(TinyRun.below(alone));
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
}
