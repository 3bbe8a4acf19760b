package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

class FailuresTest {
    private record Told(int status, String err) {}

    private interface Work {
        void run() throws Exception;
    }

    private static Told tell(Work work, String... more) {
        return tell(
                "work",
                CommandSpec.wrapWithoutInspection((Callable<Integer>) () -> {
                    work.run();
                    return ExitStatus.DONE;
                }),
                more);
    }

    private static Told tell(String name, Object sub, String... arguments) {
        return tell(main -> main.addSubcommand(name, sub), arguments, name);
    }

    private static Told tell(Consumer<CommandLine> register, String[] arguments, String name) {
        CommandLine main = Main.commandLine();
        register.accept(main);
        StringWriter err = new StringWriter();
        main.setErr(new PrintWriter(err, true));
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = name;
        int status = Main.run(main, all);
        return new Told(status, err.toString().replace("\r\n", "\n"));
    }

    private static void fail(Exception e) throws Exception {
        throw e;
    }

    @Test
    void aFullDiskNamesItsCure() {
        Told told = tell(() -> {
            throw new IOException("cannot write a/last.safetensors: No space left on device");
        });
        assertThat(told.err())
                .isEqualTo("juxta: cannot write a/last.safetensors: No space left on device: free some space there, and"
                        + " try again; a run that has a checkpoint goes on with --resume\n");
        assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
    }

    @Test
    void workThatIsDoneSaysNothing() {
        assertThat(tell(() -> {})).isEqualTo(new Told(ExitStatus.DONE, ""));
    }

    @Test
    void whatCanBeMendedIsOneLine() {
        assertThat(tell(() -> fail(new IOException("no space left on device\nat sector 7"))))
                .isEqualTo(new Told(ExitStatus.FAILED, "juxta: no space left on device\n"));
        assertThat(tell(() -> fail(new NoSuchFileException("/data/x"))))
                .isEqualTo(new Told(ExitStatus.FAILED, "juxta: /data/x: no such file or folder\n"));
        assertThat(tell(() -> fail(new AccessDeniedException("/data/x"))))
                .isEqualTo(new Told(ExitStatus.FAILED, "juxta: /data/x: permission denied\n"));
        assertThat(tell(() -> fail(new UncheckedIOException(new FileNotFoundException("x (No such file)")))))
                .isEqualTo(new Told(ExitStatus.FAILED, "juxta: x (No such file)\n"));
        assertThat(tell(() -> fail(new IllegalArgumentException("K must be at least 1, not 0"))))
                .isEqualTo(new Told(ExitStatus.WRONG_USAGE, "juxta: K must be at least 1, not 0\n"));
        assertThat(tell(() -> Recipe.parse("a: {}", "r.yaml")))
                .isEqualTo(new Told(
                        ExitStatus.WRONG_USAGE,
                        "juxta: r.yaml line 1: 'a' holds a nested mapping; a recipe is flat, key: value\n"));
    }

    @Test
    void libtorchsRefusalIsItsFirstLine() {
        Told told = tell(() -> {
            try (Tensor a = torch.ones(2, 3);
                    Tensor b = torch.ones(2, 3)) {
                a.mm(b);
            }
        });
        assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(told.err())
                .startsWith("juxta: libtorch: mat1 and mat2 shapes cannot be multiplied")
                .hasLineCount(1);
    }

    @Test
    void aBugShowsItsTrace() {
        for (Exception bug : new Exception[] {
            new NullPointerException("x"), new IllegalStateException("y"), new RuntimeException("not libtorch's")
        }) {
            Told told = tell(() -> fail(bug));
            assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(told.err())
                    .startsWith("juxta: this is a bug, please report it with the lines below: " + bug)
                    .contains("at io.juxta.cli.FailuresTest");
        }
    }

    @Test
    void debugShowsTheTraceOfAnything() {
        assertThat(tell(() -> fail(new IOException("gone")), "--debug").err())
                .startsWith("juxta: gone\njava.io.IOException: gone\n\tat ");
    }

    @Test
    void errorsOfTheJvmAreTold() {
        Told told = tell(() -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertThat(told.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(told.err())
                .startsWith("juxta: out of memory (Java heap space)")
                .contains("JUXTA_JAVA_OPTS=-Xmx")
                .hasLineCount(1);
        assertThat(tell(() -> {
                            throw new UnsatisfiedLinkError("no jnitorch");
                        })
                        .err())
                .startsWith("juxta: a native library cannot be loaded from ")
                .endsWith(": no jnitorch\n")
                .hasLineCount(1);
    }

    @Test
    void interruptionIsNoFailure() {
        for (Exception e :
                List.of(new InterruptedException(), new InterruptedIOException(), new ClosedByInterruptException())) {
            assertThat(tell(() -> fail(e)))
                    .isEqualTo(new Told(
                            ExitStatus.INTERRUPTED,
                            "juxta: interrupted before it was done: nothing is kept, the same command begins anew\n"));
        }
    }

    /** Says the recipe's batch size, and trains nothing. */
    @Command(name = "train")
    static final class Train extends TrainCommand<Pretraining> {
        record Options(@Default("256") int batchSize) {}

        @Override
        public Set<String> keys() {
            return Set.of();
        }

        @Override
        Pretraining by(Recipe recipe) {
            Options options = recipe.bind(Options.class);
            recipe.checkAllKnown();
            throw new IllegalArgumentException("batch-size is " + options.batchSize());
        }
    }

    private static Told train(String... arguments) {
        CommandLine main = Main.commandLine().addSubcommand(new Train());
        StringWriter err = new StringWriter();
        main.setErr(new PrintWriter(err, true));
        return new Told(Main.run(main, arguments), err.toString().replace("\r\n", "\n"));
    }

    private static Told said(int batchSize) {
        return new Told(ExitStatus.WRONG_USAGE, "juxta: batch-size is " + batchSize + "\n");
    }

    @Test
    void aRecipeComesWithItsOverrides(@TempDir Path folder) throws IOException {
        String file =
                Files.writeString(folder.resolve("r.yaml"), "batch-size: 12").toString();
        assertThat(train("train", file, "--data", "x")).isEqualTo(said(12));
        assertThat(train("train", file, "--data", "x", "--set", "batch-size=13", "--set", "batch-size=14"))
                .isEqualTo(said(14));
        assertThat(train("train", file, "--data=x", "--set", "batchsize=13"))
                .isEqualTo(new Told(
                        ExitStatus.WRONG_USAGE,
                        "juxta: --set batchsize=13: unknown key 'batchsize'; did you mean 'batch-size'?\n"));
    }

    @Test
    void misuseIsOneLine() {
        assertThat(train("trian"))
                .isEqualTo(new Told(
                        ExitStatus.WRONG_USAGE,
                        "juxta: unknown command 'trian'; did you mean translate or train or pretrain? See"
                                + " juxta --help\n"));
        assertThat(train("train", "--data", "x"))
                .isEqualTo(new Told(
                        ExitStatus.WRONG_USAGE,
                        "juxta: a recipe is missing: name one, such as folder/moco-v2; juxta recipes lists them\n"));
        assertThat(train("train", "r.yaml", "--data", "x", "--sett", "a=b").err())
                .startsWith("juxta: unknown option '--sett'; did you mean --set")
                .hasLineCount(1);
        assertThat(train("train", "none.yaml", "--data", "x"))
                .isEqualTo(new Told(
                        ExitStatus.WRONG_USAGE,
                        "juxta: none.yaml: no such file, and no recipe is called so; juxta recipes lists them\n"));
    }
}
