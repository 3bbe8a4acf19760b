package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before a run begins: one line, the status, and nothing left behind. */
@Tag("slow")
class PretrainRefusalTest {
    @TempDir
    static Path root;

    private static Path recipe;
    private static Path data;

    @BeforeAll
    static void draw() throws IOException {
        recipe = TinyRun.recipe(root);
        data = root.resolve("set");
        TinyRun.images(data.resolve("train"), 16);
        TinyRun.images(data.resolve("test"), 4);
    }

    private static void refuses(int status, String line, Path recipe, Path data, String... more) throws IOException {
        Set<String> before = TinyRun.below(root);
        List<String> arguments = new ArrayList<>(List.of(more));
        if (!arguments.contains("--run")) {
            arguments.addAll(List.of("--run", root.resolve("run").toString()));
        }
        JuxtaProcess.Result refused = TinyRun.pretrain(recipe, data, arguments.toArray(String[]::new));
        assertThat(refused.err().replace(root.toString(), "~").replace('\\', '/'))
                .isEqualTo("juxta: " + line + "\n");
        assertThat(refused.status()).isEqualTo(status);
        assertThat(TinyRun.below(root)).isEqualTo(before);
    }

    @Test
    void dataThatIsNotThere() throws IOException {
        refuses(ExitStatus.FAILED, "~/none: no such folder", recipe, root.resolve("none"));
        Path empty = Files.createDirectories(root.resolve("empty"));
        refuses(ExitStatus.FAILED, "~/empty: no image in it or below it (it is empty)", recipe, empty);
        refuses(ExitStatus.FAILED, "~/tiny.yaml: not a folder; give the folder that holds the images", recipe, recipe);
    }

    @Test
    void heldOutImagesThatAreDamagedAreNotPassedOver() throws IOException {
        Path half = root.resolve("half");
        TinyRun.images(half.resolve("train"), 16);
        Files.createDirectories(half.resolve("test"));
        String line = "~/half/test: no image in it or below it (it is empty)";
        refuses(ExitStatus.FAILED, line, recipe, half, "--set", "knn-every=1");
    }

    @Test
    void tooFewImages() throws IOException {
        Path one = TinyRun.images(root.resolve("one"), 1);
        refuses(
                ExitStatus.WRONG_USAGE,
                "batch-size 8 is above the number of images, 1: with bn-groups 2 at least 4 images are needed",
                recipe,
                one);
        refuses(
                ExitStatus.WRONG_USAGE,
                "batch-size 18 is above the number of images, 16: set it to at most 16",
                recipe,
                data,
                "--set",
                "batch-size=18");
        refuses(
                ExitStatus.WRONG_USAGE,
                "batch-size 18 is above the number of images, 16: set it to at most 16",
                recipe,
                data,
                "--dry-run",
                "--set",
                "batch-size=18");
        refuses(
                ExitStatus.WRONG_USAGE,
                "knn-k 17 is above the number of training images, 16: set it to at most 16",
                recipe,
                data,
                "--set",
                "knn-k=17",
                "--set",
                "knn-every=1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    batch-size=9 | ~/tiny.yaml: batch-size 9 is not a multiple of bn-groups 2: change one of them
                    bn-groups=8 | ~/tiny.yaml: bn-groups 8 leave 1 image of the batch of 8 in a group, which needs at least 2: lower bn-groups
                    batch-size=1 | ~/tiny.yaml: batch-size 1 must be at least 2: a batch norm of one image knows nothing
                    arch=resnet19 | --set arch=resnet19: arch resnet19 is unknown: use one of resnet101, resnet152, resnet18, resnet34, resnet50, resnext101_32x8d, resnext101_64x4d, resnext50_32x4d, wide_resnet101_2, wide_resnet50_2
                    image-cache=-1 | --set image-cache=-1: image-cache -1 must be at least 0 MiB (0 for none)
                    width=4 | --set width=4: width 4 must be a multiple of 8 from 8 to 1024 (64 is the paper's)
                    augmentation=moco-v3 | --set augmentation=moco-v3: augmentation: no augmentation is called 'moco-v3'; there are moco-v1, moco-v2, cifar-notebook, linear-train, evaluation, plain
                    normalization=swav | --set normalization=swav: normalization: expected one of imagenet, cifar10, not 'swav'
                    method=simmim | --set method=simmim: method simmim is unknown: use one of moco, swav, deepcluster, simclr, barlow-twins, vicreg, simsiam, byol, moco-v3, dino, distill
                    device=tpu | device tpu is unknown: use cpu, cuda:N or auto
                    device=cuda:99 | device cuda:99 is not here (0 CUDA devices seen): use cpu or auto, or build with the profile cuda
                    precision=half | --set precision=half: precision: expected one of float32, tf32, bfloat16, float16, not 'half'
                    precision=tf32 | precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16
                    precision=float16 | precision float16 needs a GPU, and the device is cpu, which computes it more slowly than float32: take bfloat16 or float32
                    lr=fast | --set lr=fast: lr: expected a number, not 'fast'
                    lr=0 | --set lr=0: lr 0.0 must be above 0 and below 1000 (0.03 is MoCo's)
                    epochs=2.5 | --set epochs=2.5: epochs: expected a whole number that must be at least 1, not '2.5'
                    epoch=3 | --set epoch=3: unknown key 'epoch'; did you mean 'epochs'?
                    K=0 | --set K=0: K 0 must be from 1 to 16777216 (65536 is the paper's)
                    nonsense | --set nonsense: expected key=value
                    =3 | --set =3: expected key=value
                    """)
    void valuesThatCannotBe(String override, String line) throws IOException {
        refuses(ExitStatus.WRONG_USAGE, line.strip(), recipe, data, "--set", override.strip());
    }

    /** Before a run of days is planned on it. */
    @Test
    void aDryRunRefusesAPrecisionThatTheDeviceLacksToo() throws IOException {
        String line = "precision tf32 is of GPUs, and the device is cpu: take float32 or bfloat16";
        refuses(ExitStatus.WRONG_USAGE, line, recipe, data, "--dry-run", "--set", "precision=tf32");
    }

    @Test
    void recipesThatAreNone() throws IOException {
        refuses(
                ExitStatus.WRONG_USAGE,
                "~/none.yaml: no such file, and no recipe is called so; juxta recipes lists them",
                root.resolve("none.yaml"),
                data);
        refuses(ExitStatus.WRONG_USAGE, "~/set: is a folder; a recipe is a YAML file", data, data);
        Path wrong = Files.writeString(root.resolve("wrong.yaml"), "method: moco\nepochs: [1, 2]\n");
        refuses(
                ExitStatus.WRONG_USAGE,
                "~/wrong.yaml line 2: epochs: expected a whole number that must be at least 1, not [1, 2]",
                wrong,
                data);
        Path unknown = Files.writeString(root.resolve("unknown.yaml"), "method: moco\nqueue-sise: 64\nepochs: 1\n");
        refuses(
                ExitStatus.WRONG_USAGE,
                "~/unknown.yaml line 2: unknown key 'queue-sise'; did you mean 'image-size'?",
                unknown,
                data);
        Path tall = Files.writeString(root.resolve("tall.yaml"), "lr: 0.1\nepochs: -1\n");
        refuses(ExitStatus.WRONG_USAGE, "~/tall.yaml line 2: epochs -1 must be at least 1", tall, data);
    }

    @Test
    void runFoldersThatCannotBe() throws IOException {
        refuses(
                ExitStatus.FAILED,
                "~/tiny.yaml is a file, a run needs a folder: choose another --run",
                recipe,
                data,
                "--run",
                recipe.toString());
        refuses(
                ExitStatus.FAILED,
                "~/set is not empty (" + firstIn(data) + "), a run needs a folder of its own: choose another --run",
                recipe,
                data,
                "--run",
                data.toString());
        // not even root can make a folder below a file
        Path below = recipe.resolve("run");
        Set<String> before = TinyRun.below(root);
        JuxtaProcess.Result refused = TinyRun.pretrain(recipe, data, "--run", below.toString());
        assertThat(refused.err())
                .startsWith("juxta: cannot make the run's folder " + below + " (")
                .endsWith("): choose another --run\n")
                .hasLineCount(1);
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(TinyRun.below(root)).isEqualTo(before);
    }

    private static String firstIn(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.findFirst().orElseThrow().getFileName().toString();
        }
    }

    /** A variable of the shell that is not set. */
    @Test
    void anEmptyNameIsNoFolder() {
        for (String option : List.of("--data", "--run")) {
            List<String> arguments = new ArrayList<>(List.of("pretrain", recipe.toString(), option + "="));
            arguments.add((option.equals("--data") ? "--run=" : "--data=") + data);
            JuxtaProcess.Result refused = TinyRun.call(arguments.toArray(String[]::new));
            assertThat(refused.err())
                    .isEqualTo("juxta: invalid value for option '" + option
                            + "': expected a file or folder, not an empty name; see juxta pretrain --help\n");
            assertThat(refused.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        }
    }

    @Test
    void resumingWithoutARun() throws IOException {
        refuses(
                ExitStatus.FAILED,
                "~/run holds no run (no recipe.yaml): start it without --resume",
                recipe,
                data,
                "--resume");
        Path nothing = root.resolve("nothing");
        assertThat(TinyRun.call("pretrain", "--resume", "--run=" + nothing, "--data=" + data))
                .isEqualTo(new JuxtaProcess.Result(
                        ExitStatus.FAILED,
                        "",
                        "juxta: " + nothing + " holds no run (no recipe.yaml): start it without --resume\n"));
        JuxtaProcess.Result refused = TinyRun.pretrain(recipe, data, "--resume");
        assertThat(refused)
                .isEqualTo(new JuxtaProcess.Result(
                        ExitStatus.WRONG_USAGE, "", "juxta: --resume needs --run: say which run goes on\n"));
    }

    @Test
    void moreUnreadableImagesThanOneInAHundred() throws IOException {
        Path bad = TinyRun.images(root.resolve("bad"), 16);
        Files.write(bad.resolve("lying/1001.png"), new byte[0]);
        Files.writeString(bad.resolve("standing/1000.png"), "not an image");
        Set<String> before = TinyRun.below(root);
        JuxtaProcess.Result refused =
                TinyRun.pretrain(recipe, bad, "--run", root.resolve("run").toString());
        String[] lines = refused.err().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[0] + lines[1])
                .contains("juxta: warning: skipped: " + bad.resolve("lying/1001.png") + ": empty file")
                .contains("juxta: warning: skipped: " + bad.resolve("standing/1000.png") + ": ");
        assertThat(lines[2])
                .startsWith("juxta: 2 of 16 images are unreadable, the limit is 1 %; mend or remove them: "
                        + bad.resolve("lying/1001.png") + ": empty file; " + bad.resolve("standing/1000.png"));
        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(TinyRun.below(root)).isEqualTo(before);
    }
}
