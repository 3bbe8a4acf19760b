package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A run that was stopped goes on as if it had not been, by its last checkpoint or by another; what is not it is refused. */
@Tag("slow")
class ResumeTest extends TinyRuns {
    @Test
    void aResumedRunIsTheSameRun() throws IOException {
        Path run = root.resolve("resumed");
        assertThat(train(data, run, TWO_EPOCHS, after(STEPS + 1))).isFalse();
        assertThat(positionIn(run).epoch()).isEqualTo(1);
        assertThat(positionIn(run).batch()).isEqualTo(1);
        Files.delete(run.resolve("metrics.csv"));

        Path last = run.resolve("checkpoints/last.safetensors");
        JuxtaProcess.Result other = pretrain(run, List.of("epochs=2", "knn-every=1", "K=32"), "--resume");
        assertThat(other.err())
                .isEqualTo(
                        "juxta: " + last + ": was written under another recipe (K 64 -> 32): resume it with the same,"
                                + " or start another --run\n");
        assertThat(other.status()).isEqualTo(ExitStatus.FAILED);
        JuxtaProcess.Result again = pretrain(run, TWO_EPOCHS);
        assertThat(again.err())
                .isEqualTo("juxta: " + run + " already holds a run: choose another --run, or --resume it\n");
        assertThat(again.status()).isEqualTo(ExitStatus.FAILED);

        JuxtaProcess.Result resumed = pretrain(run, TWO_EPOCHS, "--resume");
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out()).contains("resumed after 1 epoch and 1 step\n");
        assertSameRun(run);
        assertThat(TinyRun.below(run)).containsExactlyElementsOf(FINISHED);
    }

    @Test
    void aRunResumesAfterAnyOfItsSteps() throws IOException {
        for (int steps = 1; steps < 2 * STEPS; steps++) {
            Path run = root.resolve("after" + steps);
            assertThat(train(data, run, TWO_EPOCHS, after(steps))).isFalse();
            // by the run's own recipe
            JuxtaProcess.Result resumed =
                    TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data);
            assertThat(resumed.err()).isEmpty();
            assertSameRun(run);
        }
    }

    /** The pictures of its report lie among its data then, and are results. */
    @Test
    void aRunInTheFolderOfItsDataGoesOn() throws IOException {
        Path own = TinyRun.images(root.resolve("own"), 16);
        Path run = own.resolve("runs/here");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), own, "--run=" + run).err())
                .isEmpty();
        JuxtaProcess.Result resumed =
                TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + own, "--set=epochs=2");
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out())
                .contains(
                        "training  16 images in 2 classes (lying 8, standing 8)\n",
                        "left out  1 run, runs/here: results are no data\n",
                        "resumed after 1 epoch\n");
    }

    @Test
    void whatMayChangeIsSaidAndMoreEpochsFollow() throws IOException {
        Path run = root.resolve("longer");
        pretrain(run, List.of("epochs=1"));
        JuxtaProcess.Result resumed = TinyRun.call(
                "pretrain",
                "--quiet",
                "--resume",
                "--run=" + run,
                "--data=" + data,
                "--set=epochs=3",
                "--set=threads=2",
                "--set=image-cache=0");
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.out())
                .contains(
                        "changed since the run began: epochs 1 -> 3\n",
                        "changed since the run began: threads 1 -> 2\n",
                        "changed since the run began: image-cache 256 -> 0\n",
                        "resumed after 1 epoch\n",
                        "epoch 3/3: loss");
        assertThat(Files.readString(run.resolve("recipe.yaml"))).contains("epochs: 3\n");
    }

    /** What a checkpoint holds is float32 either way. */
    @Test
    void anotherPrecisionIsSaidAndGoesOn() throws IOException {
        Path run = root.resolve("other-precision");
        assertThat(pretrain(run, List.of("epochs=1", "precision=bfloat16")).err())
                .isEmpty();
        String[] order = {"bfloat16", "float32", "bfloat16"};
        for (int epochs = 2; epochs <= 3; epochs++) {
            JuxtaProcess.Result resumed = TinyRun.call(
                    "pretrain",
                    "--quiet",
                    "--resume",
                    "--run=" + run,
                    "--data=" + data,
                    "--set=epochs=" + epochs,
                    "--set=precision=" + order[epochs - 1]);
            assertThat(resumed.err()).isEmpty();
            assertThat(resumed.out())
                    .contains(
                            "changed since the run began: precision " + order[epochs - 2] + " -> " + order[epochs - 1]
                                    + "\n",
                            "epoch " + epochs + "/" + epochs + ": loss");
        }
        JuxtaProcess.Result refused = TinyRun.call(
                "pretrain", "--quiet", "--resume", "--run=" + run, "--data=" + data, "--set=precision=float16");
        assertThat(refused.err())
                .startsWith("juxta: precision float16 needs a GPU")
                .hasLineCount(1);
    }

    @Test
    void anEpochThatWasKeptIsGoneOnFrom() throws IOException {
        Path run = root.resolve("kept");
        pretrain(run, List.of("epochs=2", "knn-every=1", "keep-every=1"));
        JuxtaProcess.Result missing = pretrain(run, TWO_EPOCHS, "--resume", "--epoch=7");
        assertThat(missing.err())
                .isEqualTo("juxta: " + run + " keeps no checkpoint of epoch 7; it has those of 1, 2\n");
        assertThat(missing.status()).isEqualTo(ExitStatus.FAILED);
        JuxtaProcess.Result again = pretrain(run, TWO_EPOCHS, "--resume", "--epoch=1");
        assertThat(again.err()).isEmpty();
        assertThat(again.out()).contains("resumed after 1 epoch\n", "epoch 2/2: loss");
        assertSameRun(run);
        assertThat(pretrain(root.resolve("new"), TWO_EPOCHS, "--epoch=1").err())
                .isEqualTo("juxta: --epoch needs --resume: a new run begins at the beginning\n");
        assertThat(pretrain(run, TWO_EPOCHS, "--resume", "--epoch=1", "--checkpoint=x")
                        .err())
                .isEqualTo("juxta: --epoch and --checkpoint both say where to go on from: give one of them\n");
        assertThat(pretrain(whole, TWO_EPOCHS, "--resume", "--epoch=1").err())
                .endsWith("epoch 1; it has kept none: --set keep-every=N keeps one every N epochs\n");
    }

    @Test
    void aDamagedCheckpointIsRefusedAndTheOneBeforeIsOffered() throws IOException {
        Path run = root.resolve("damaged");
        assertThat(train(data, run, TWO_EPOCHS, after(STEPS + 1))).isFalse();
        Path last = run.resolve("checkpoints/last.safetensors");
        Path previous = run.resolve("checkpoints/previous.safetensors");
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length / 2] ^= 1;
        Files.write(last, bytes);
        JuxtaProcess.Result damaged = pretrain(run, TWO_EPOCHS, "--resume");
        assertThat(damaged.err())
                .isEqualTo(
                        "juxta: " + last + ": is damaged: its bytes do not have the checksum that it says; go on from "
                                + previous + ": ./juxta pretrain --resume --run " + run + " --checkpoint " + previous
                                + "\n");
        assertThat(damaged.status()).isEqualTo(ExitStatus.FAILED);
        JuxtaProcess.Result resumed = pretrain(run, TWO_EPOCHS, "--resume", "--checkpoint", previous.toString());
        assertThat(resumed.err()).isEmpty();
        assertSameRun(run);
    }

    @Test
    void renamedImagesAreRefused() throws IOException {
        Path images = root.resolve("renamed");
        Path train = TinyRun.images(images.resolve("train"), IMAGES);
        TinyRun.images(images.resolve("test"), 6);
        Path first = train.resolve("standing/1000.png");
        Files.move(first, first.resolveSibling("0999.png"));
        JuxtaProcess.Result refused =
                TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + whole, "--data=" + images, "--set=epochs=3");
        assertThat(refused.err())
                .isEqualTo("juxta: " + whole + ": the images are not those that the run began with: 1 missing"
                        + " (standing/1000.png); 1 new (standing/0999.png); resume it with the same images, or start"
                        + " another --run\n");
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
    }

    /** A run of a time before runs remembered their images has their number and a checksum of their names. */
    @Test
    void imagesOfARunThatDoesNotRememberThem() throws IOException {
        Path run = root.resolve("older");
        pretrain(run, List.of("epochs=1"));
        Files.delete(run.resolve("images.tsv.gz"));
        Path last = run.resolve("checkpoints/last.safetensors");
        Path images = root.resolve("older-images");
        Path train = TinyRun.images(images.resolve("train"), IMAGES);
        Path first = train.resolve("standing/1000.png");
        Files.move(first, first.resolveSibling("0999.png"));
        String[] command = {"pretrain", "--quiet", "--resume", "--run=" + run, "--set=epochs=2", "--data=" + images};
        assertThat(TinyRun.call(command).err())
                .isEqualTo(
                        "juxta: " + last + ": was written with as many images of other names: resume it with the same"
                                + " images, or start another --run\n");
        TinyRun.images(images.resolve("train"), IMAGES + 2);
        assertThat(TinyRun.call(command).err())
                .startsWith("juxta: " + last + ": was written with 24 images, the data set has 27: ");
        assertThat(TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + run, "--set=epochs=2")
                        .err())
                .startsWith("juxta: " + run + " does not say where its images are")
                .endsWith(": say --data DIR\n");
    }

    @Test
    void aFinishedRunSaysThatNothingIsLeft() throws IOException {
        Path run = root.resolve("finished");
        pretrain(run, TWO_EPOCHS);
        JuxtaProcess.Result again = pretrain(run, TWO_EPOCHS, "--resume");
        assertThat(again.err()).isEmpty();
        assertThat(again.out())
                .contains("resumed after 2 epochs, of 2: nothing is left to train, raise epochs to go on\n")
                // of the whole run, not of what this process did
                .containsPattern("kNN last [0-9.]+ %, best [0-9.]+ % \\(epoch [12]\\)\n");
        assertSameRun(run);
    }

    @Test
    void otherImagesAreRefused() throws IOException {
        Path images = root.resolve("others");
        TinyRun.images(images.resolve("train"), IMAGES + 2);
        JuxtaProcess.Result more =
                TinyRun.call("pretrain", "--quiet", "--resume", "--run=" + whole, "--data=" + images, "--set=epochs=3");
        assertThat(more.err())
                .isEqualTo("juxta: " + whole + ": the images are not those that the run began with: 2 new"
                        + " (lying/1025.png, standing/1024.png); resume it with the same images, or start another"
                        + " --run\n");
        assertThat(more.status()).isEqualTo(ExitStatus.FAILED);
    }
}
