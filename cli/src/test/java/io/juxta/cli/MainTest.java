package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class MainTest {
    @Test
    void helpIsOnStdoutAndLoadsNoNatives() throws IOException, InterruptedException {
        ProcessBuilder builder = JuxtaProcess.builder(Main.class, "--help");
        builder.command().add(1, "-Xlog:class+load:stdout");
        builder.redirectErrorStream(true);
        Process process = builder.start();
        String classes = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitStatus.DONE);
        assertThat(classes)
                .contains("io.juxta.cli.Main ")
                .doesNotContain("org.bytedeco")
                .doesNotContain("ch.qos.logback")
                .doesNotContain("com.fasterxml");

        var help = JuxtaProcess.run("--help");
        assertThat(help.status()).isEqualTo(ExitStatus.DONE);
        assertThat(help.out()).startsWith("Usage: juxta ").contains("--version", "Exit status:", "130");
        assertThat(help.err()).isEmpty();
    }

    @Test
    void versionNamesJuxtaLibtorchAndJava() throws IOException, InterruptedException {
        var version = JuxtaProcess.run("--version");
        assertThat(version.status()).isEqualTo(ExitStatus.DONE);
        assertThat(version.out())
                .matches("juxta \\d+\\.\\d+\\.\\d+\\S* \\(libtorch \\d+\\.\\d+\\.\\d+, Java \\d\\S*\\)\n");
        assertThat(version.err()).isEmpty();
        assertThat(TinyRun.call("export", "--version")).isEqualTo(version);
    }

    /** Its start is the JVM's own. */
    @Test
    void versionWaitsForNothing() throws IOException, InterruptedException {
        ProcessBuilder builder = JuxtaProcess.builder(Main.class, "--version");
        builder.command().add(1, "-Xlog:class+load:stdout");
        Process process = builder.redirectErrorStream(true).start();
        String classes = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitStatus.DONE);
        assertThat(classes)
                .contains("io.juxta.runs.Version ")
                .doesNotContain("picocli.CommandLine ")
                .doesNotContain("org.bytedeco")
                .doesNotContain("org.slf4j");
        assertThat(classes.lines().filter(line -> line.contains("source: file:")))
                .hasSizeLessThan(20);
    }

    @Test
    void noCommandIsWrongUsageAndShowsTheUsage() throws IOException, InterruptedException {
        var nothing = JuxtaProcess.run();
        assertThat(nothing.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(nothing.out()).isEmpty();
        assertThat(nothing.err()).startsWith("Usage: juxta ");
    }

    @Test
    void anUnknownCommandIsOneLine() throws IOException, InterruptedException {
        var unknown = JuxtaProcess.run("pretrian");
        assertThat(unknown.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err())
                .startsWith("juxta: unknown ")
                .contains("'pretrian'")
                .hasLineCount(1);
    }

    @Test
    void anUnknownOptionIsOneLineWithTheNearest() throws IOException, InterruptedException {
        var unknown = JuxtaProcess.run("--versoin");
        assertThat(unknown.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err())
                .isEqualTo("juxta: unknown option '--versoin'; did you mean --version? See juxta --help\n");
    }

    @ParameterizedTest
    @CsvSource({"help, --help", "help pretrain, pretrain --help", "help translate train, translate train --help"})
    void helpIsACommandToo(String words, String option) {
        JuxtaProcess.Result help = TinyRun.call(words.split(" "));
        assertThat(help).isEqualTo(TinyRun.call(option.split(" ")));
        assertThat(help.status()).isZero();
        assertThat(help.out()).startsWith("Usage: juxta ");
    }

    @Test
    void helpForACommandThatThereIsNotNamesTheNearest() {
        assertThat(TinyRun.call("help", "translate", "trian"))
                .isEqualTo(new JuxtaProcess.Result(
                        ExitStatus.WRONG_USAGE,
                        "",
                        "juxta: unknown command 'trian'; did you mean train? See juxta translate --help\n"));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "has /dev/full")
    void whatCannotBeWrittenIsAFailure() throws IOException, InterruptedException {
        for (String[] command : new String[][] {{"--help"}, {"help", "embed"}, {"--version"}, {"completion", "zsh"}}) {
            Process process = JuxtaProcess.builder(Main.class, command)
                    .redirectOutput(new File("/dev/full"))
                    .start();
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(err).isEqualTo("juxta: standard output cannot be written: No space left on device\n");
            assertThat(process.waitFor()).isEqualTo(ExitStatus.FAILED);
        }
    }

    /** As {@code juxta recipes | head -1} does. */
    @Test
    void aReaderThatLeavesIsNoFailure() throws IOException, InterruptedException {
        Process process =
                JuxtaProcess.builder(Main.class, "recipe", "folder/moco-v2").start();
        process.getInputStream().close();
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor()).isEqualTo(ExitStatus.DONE);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no bash of its own")
    void bashCompletesCommandsAndOptions(@TempDir Path folder) throws IOException, InterruptedException {
        JuxtaProcess.Result script = TinyRun.call("completion", "bash");
        assertThat(script.status()).isZero();
        assertThat(script.out())
                .isEqualTo(TinyRun.call("completion", "ZSH").out())
                .contains("bashcompinit");
        Path file = Files.writeString(folder.resolve("completion"), script.out());
        String asked = """
                source "$1"
                compopt() { :; }  # which is for a completion that bash itself asks for
                COMP_WORDS=(juxta translate tr) COMP_CWORD=2; _complete_juxta; echo "${COMPREPLY[@]}"
                COMP_WORDS=(juxta pretrain --dr) COMP_CWORD=2; _complete_juxta; echo "${COMPREPLY[@]}"
                COMP_WORDS=(juxta embed --split t) COMP_CWORD=3; _complete_juxta; echo "${COMPREPLY[@]}"
                """;
        Process bash = new ProcessBuilder("bash", "--norc", "-c", asked, "bash", file.toString())
                .redirectErrorStream(true)
                .start();
        String answers = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answers.lines().map(String::strip)).containsExactly("train", "--dry-run", "train test");
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void whatIsNoNumberIsCalledSo() {
        assertThat(TinyRun.call("launch", "--processes=two", "pretrain"))
                .isEqualTo(new JuxtaProcess.Result(
                        ExitStatus.WRONG_USAGE,
                        "",
                        "juxta: invalid value for option '--processes': 'two' is not a whole number; see juxta launch"
                                + " --help\n"));
        assertThat(TinyRun.call("duplicates", "w", "--data=d", "--above=high").err())
                .contains("'--above': 'high' is not a number; see");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pretrain r.yaml --data d --batch-size 64 | --batch-size | batch-size=64 | pretrain
            pretrain r.yaml --data d --K=4096 | --K=4096 | K=4096 | pretrain
            pretrain r.yaml --data d --sinkhorn-iterations 3 | --sinkhorn-iterations | sinkhorn-iterations=3 | pretrain
            translate train r.yaml --data d --n_epochs | | |
            translate train r.yaml --data d --num_patches --quiet | --num_patches | num-patches=... | translate train
            quickstart --epochs 3 | --epochs | epochs=3 | quickstart
            evaluate knn w --data d --knn-k 20 | --knn-k | knn-k=20 | evaluate knn
            evaluate linear w --data d --probe-epochs 20 | --probe-epochs | probe-epochs=20 | evaluate linear
            """)
    void anOptionThatIsAKeySaysHowToSetIt(String words, String option, String set, String command) {
        JuxtaProcess.Result unknown = TinyRun.call(words.split(" "));
        assertThat(unknown.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        if (option == null) {
            assertThat(unknown.err())
                    .startsWith("juxta: unknown option '--n_epochs'")
                    .doesNotContain("--set ");
        } else {
            assertThat(unknown.err())
                    .isEqualTo("juxta: unknown option '" + option + "': it is a key to be set by --set " + set
                            + "; see juxta " + command + " --help\n");
        }
    }
}
