package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.juxta.data.UnreadableDatasetException;
import io.juxta.moco.MocoEncoder;
import io.juxta.torch.StateDict;
import io.juxta.weights.WeightsFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tiny runs from recipe to encoder, and what stops them on the way. */
@Tag("slow")
class PretrainTest extends TinyRuns {
    /** The last event of a kind that a run has told. */
    private static JsonNode told(Path run, String event) throws IOException {
        JsonNode last = NullNode.getInstance();
        for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
            JsonNode node = new ObjectMapper().readTree(line);
            last = node.get("event").asText().equals(event) ? node : last;
        }
        return last;
    }

    @Test
    void aRunLeavesItsFolder() throws IOException {
        assertThat(TinyRun.below(whole)).containsExactlyElementsOf(FINISHED);
        assertThat(Files.readAllLines(whole.resolve("metrics.csv")).get(0))
                .isEqualTo("epoch,loss,acc1,acc5,lr,seconds,images_per_second,waiting_share,resident_mib,knn,momentum,"
                        + "grad_norm,positive_logit,negative_logit,queue_age,embedding_std,effective_rank,"
                        + "mean_cosine,agreement,sharpness,prototype_entropy,dead_prototypes,g_gan,d_real,d_fake,nce,nce_idt,"
                        + "l1_identity,r1,gradient_penalty,kid,kid_std,frechet,change,diversity,"
                        + "loss_class,loss_box,loss_objectness,loss_proposal,ap,ap50,ap75,"
                        + "target_cosine,on_diagonal,off_diagonal,invariance,variance,covariance,"
                        + "teacher_entropy,target_entropy,target_usage,target_divergence,centre,weight_decay");
        assertThat(rows(whole)).hasSize(4);
        assertThat(rows(whole).get(1)).startsWith("0,,,,,");
        assertThat(rows(whole).get(2)).matches("1,\\d[^,]*,\\d[^,]*,\\d[^,]*,0.030000000,\\d.*");
        assertThat(rows(whole).get(3)).matches("2,\\d[^,]*,\\d[^,]*,\\d[^,]*,0.015000000,\\d.*");
        assertThat(epochsIn(whole)).isEqualTo(2);
        assertThat(wholeSaid.out()).contains("kNN before training", "epoch 2/2: loss", "encoder: " + whole);
        try (PointerScope scope = new PointerScope()) {
            Path product = whole.resolve("encoder.safetensors");
            MocoEncoder encoder = MocoEncoder.of(WeightsFile.read(product), product, new Device("cpu"));
            assertThat(encoder.recipe().moco().width()).isEqualTo(8);
            assertThat(encoder.network().features()).isEqualTo(64);
            Path last = whole.resolve("checkpoints/last.safetensors");
            Map<String, Tensor> saved = StateDict.of(MocoEncoder.of(WeightsFile.read(last), last, new Device("cpu"))
                    .network());
            StateDict.of(encoder.network())
                    .forEach((name, tensor) ->
                            assertThat(saved.get(name).equal(tensor)).as(name).isTrue());
        }
    }

    @Test
    void aRunTellsWhatItDoes() throws IOException {
        JsonNode start = told(whole, "start");
        assertThat(start.get("recipe").get("K").asText()).isEqualTo("64");
        assertThat(start.get("images").asInt()).isEqualTo(IMAGES);
        assertThat(start.get("version").asText()).startsWith("juxta ");
        JsonNode epoch = told(whole, "epoch");
        assertThat(epoch.get("epoch").asInt()).isEqualTo(2);
        assertThat(epoch.get("step").asInt()).isEqualTo(2 * STEPS);
        String[] header =
                Files.readAllLines(whole.resolve("metrics.csv")).get(0).split(",");
        String[] row = Files.readAllLines(whole.resolve("metrics.csv")).get(3).split(",");
        for (int column = 1; column < row.length; column++) {
            assertThat(epoch.get(header[column]).asDouble())
                    .as(header[column])
                    .isCloseTo(Double.parseDouble(row[column]), withinPercentage(1e-4));
        }
        assertThat(told(whole, "checkpoint").get("epoch").asInt()).isEqualTo(2);
        assertThat(told(whole, "health").get("finding").asText()).isEqualTo("too early to tell: 6 of 208 steps");
        assertThat(told(whole, "end").get("how").asText()).isEqualTo("finished");
        assertThat(wholeSaid.out()).doesNotContain("unknown:");
    }

    @Test
    void theNumberOfLoaderThreadsChangesNoByte() throws IOException {
        Path run = root.resolve("threads");
        pretrain(run, List.of("epochs=2", "knn-every=1", "loader-threads=2"));
        assertThat(tensors(run.resolve("encoder.safetensors")))
                .isEqualTo(tensors(whole.resolve("encoder.safetensors")));
        assertThat(rows(run)).isEqualTo(rows(whole));
    }

    @Test
    void aRunThatIsStoppedBeforeItsFirstStepLeavesNothing() throws IOException {
        Path run = root.resolve("above/stopped");
        assertThat(train(data, run, TWO_EPOCHS, after(0))).isFalse();
        assertThat(root.resolve("above")).doesNotExist();
    }

    /** The draws of the weights and those of the batches. */
    @Test
    void anotherSeedIsAnotherRun() throws IOException {
        Path run = root.resolve("seeded");
        JuxtaProcess.Result said = pretrain(run, List.of("epochs=1", "seed=1"));
        assertThat(said.err()).isEmpty();
        assertThat(tensors(run.resolve("encoder.safetensors")))
                .isNotEqualTo(tensors(whole.resolve("encoder.safetensors")));
    }

    @Test
    void epochsAreKeptOnRequest() throws IOException {
        Path run = root.resolve("kept");
        pretrain(run, List.of("epochs=3", "keep-every=2"));
        assertThat(TinyRun.below(run))
                .contains("checkpoints/epoch-0002.safetensors")
                .doesNotContain("checkpoints/epoch-0003.safetensors", "checkpoints/best.safetensors");
        assertThat(tensors(run.resolve("checkpoints/epoch-0002.safetensors")))
                .isEqualTo(tensors(run.resolve("checkpoints/previous.safetensors")));
    }

    @Test
    void theQueueTakesAnySize() {
        for (String keys : List.of("K=20", "K=3")) {
            Path run = root.resolve(keys);
            JuxtaProcess.Result done = pretrain(run, List.of(keys, "loss=symmetric"));
            assertThat(done.err()).isEmpty();
            assertThat(done.status()).isEqualTo(ExitStatus.DONE);
            assertThat(run.resolve("encoder.safetensors")).isRegularFile();
        }
    }

    @Test
    void aFewUnreadableImagesAreNamedAndCounted() throws IOException {
        Path data = root.resolve("bad");
        Path bad = TinyRun.images(data.resolve("train"), 300);
        TinyRun.images(data.resolve("test"), 6);
        Files.write(bad.resolve("lying/1001.png"), new byte[0]);
        Files.writeString(bad.resolve("lying/1003.jpg"), "not an image");
        Files.delete(bad.resolve("lying/1003.png"));
        byte[] png = Files.readAllBytes(bad.resolve("standing/1000.png"));
        Files.write(bad.resolve("standing/1000.png"), Arrays.copyOf(png, png.length / 2));
        List<String> arguments =
                new ArrayList<>(List.of("--run", root.resolve("skipping").toString()));
        // every epoch reads them for training and for kNN
        for (String setting : List.of("batch-size=100", "epochs=2", "knn-every=1")) {
            arguments.addAll(List.of("--set", setting));
        }
        JuxtaProcess.Result done = TinyRun.pretrain(recipe, data, arguments.toArray(String[]::new));
        assertThat(done.status()).isEqualTo(ExitStatus.DONE);
        assertThat(done.err())
                .hasLineCount(3)
                .contains(
                        "juxta: warning: skipped: " + bad.resolve("lying/1001.png") + ": empty file\n",
                        "juxta: warning: skipped: " + bad.resolve("lying/1003.jpg") + ": ",
                        "juxta: warning: skipped: " + bad.resolve("standing/1000.png") + ": ");
        assertThat(done.out()).contains("skipped as unreadable: 3 images, named in the log above\n");
    }

    @Test
    void imagesThatDisappearDuringARunEndItAndLeaveItsCheckpoint() throws IOException {
        Path run = root.resolve("shrunk");
        assertThatThrownBy(() -> trainOnWhatDisappears(run, 0))
                .isInstanceOf(UnreadableDatasetException.class)
                .hasMessageMatching("2 of 64 images are unreadable, the limit is 1 %; mend or remove them: "
                        + ".*png: no longer there; .*png: no longer there");
        assertThat(epochsIn(run)).isEqualTo(1);
        assertThat(rows(run)).hasSize(2);
        assertThat(TinyRun.below(run))
                .doesNotContain("checkpoints/previous.safetensors")
                .hasSize(23);
    }

    @Test
    void imagesThatDisappearWhenTheyAreInMemoryChangeNothing() throws IOException {
        Path run = root.resolve("remembered");
        trainOnWhatDisappears(run, 256);
        assertThat(epochsIn(run)).isEqualTo(2);
        Path undisturbed = root.resolve("undisturbed");
        train(TinyRun.images(root.resolve("staying"), 64), undisturbed, List.of("epochs=2"), () -> false);
        assertThat(run.resolve("encoder.safetensors"))
                .hasSameBinaryContentAs(undisturbed.resolve("encoder.safetensors"));
    }

    /** All images go in the second step of the second epoch. */
    private static void trainOnWhatDisappears(Path run, int imageCache) throws IOException {
        Path shrinking = TinyRun.images(root.resolve("shrinking-" + imageCache), 64);
        AtomicInteger steps = new AtomicInteger();
        BooleanSupplier deleting = () -> {
            if (steps.incrementAndGet() == 64 / 8 + 2) {
                deleteImages(shrinking);
            }
            return false;
        };
        train(shrinking, run, List.of("epochs=2", "image-cache=" + imageCache), deleting);
    }

    private static void deleteImages(Path folder) {
        try {
            for (String name : TinyRun.below(folder)) {
                if (name.endsWith(".png")) {
                    Files.delete(folder.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aLossThatIsNoNumberEndsTheRun() throws IOException {
        Path run = root.resolve("diverged");
        JuxtaProcess.Result diverged =
                pretrain(run, List.of("lr=900", "lr-schedule=constant", "weight-decay=0.9", "epochs=20"));
        assertThat(diverged.err())
                .matches(
                        "juxta: the (loss is NaN|grad norm is (NaN|Infinity)|weights \\S+ are not finite) .*: lower lr, or set warmup-epochs\n");
        assertThat(diverged.status()).isEqualTo(ExitStatus.FAILED);
        assertThat("juxta: " + told(run, "end").get("message").asText() + "\n").isEqualTo(diverged.err());
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no ulimit")
    void aDiskThatTakesNoMoreLeavesTheOldCheckpoint() throws IOException, InterruptedException {
        Path run = root.resolve("full");
        train(data, run, List.of("epochs=2"), after(STEPS));
        byte[] before = Files.readAllBytes(run.resolve("checkpoints/last.safetensors"));
        byte[] encoder = Files.readAllBytes(run.resolve("encoder.safetensors"));

        // a full disk without privileges: the system refuses to let any file grow beyond 64 blocks, in mid-write
        ProcessBuilder java = JuxtaProcess.builder(
                Main.class,
                "pretrain",
                recipe.toString(),
                "--quiet",
                "--data=" + data,
                "--set=epochs=2",
                "--resume",
                "--run=" + run);
        java.command().add(1, "-XX:-UsePerfData");
        java.command().addAll(0, List.of("sh", "-c", "ulimit -f 64 && exec \"$@\"", "sh"));
        Process process = java.start();
        process.getOutputStream().close();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assumeThat(err).as("libtorch's own files, unpacked before").doesNotContain("native library");
        assertThat(err)
                .startsWith("juxta: cannot write " + run.resolve("encoder.safetensors") + ": ")
                .hasLineCount(1);
        assertThat(process.exitValue()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.resolve("checkpoints/last.safetensors")).hasBinaryContent(before);
        assertThat(run.resolve("encoder.safetensors")).hasBinaryContent(encoder);
        assertThat(TinyRun.below(run)).noneMatch(name -> name.contains(".tmp")).hasSize(23);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no signals")
    void aSignalEndsTheRunWithACheckpoint() throws IOException, InterruptedException {
        Path run = root.resolve("signalled");
        Process process = JuxtaProcess.builder(
                        Main.class,
                        "pretrain",
                        recipe.toString(),
                        "--quiet",
                        "--data=" + data,
                        "--set=epochs=100000",
                        "--run=" + run)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            Optional<String> third =
                    out.lines().filter(line -> line.startsWith("epoch 3/")).findFirst();
            assertThat(third).isPresent();
            process.toHandle().destroy();
            List<String> rest = out.lines().toList();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + 15);
            assertThat(rest)
                    .endsWith(
                            "encoder: " + run.resolve("encoder.safetensors"),
                            "report: " + run.resolve("report.html"),
                            "stopped; go on with: ./juxta pretrain --resume --run " + run);
        } finally {
            process.destroyForcibly();
        }
        List<String> rows = rows(run);
        assertThat(rows.get(rows.size() - 1)).startsWith(epochsIn(run) + ",");
    }
}
