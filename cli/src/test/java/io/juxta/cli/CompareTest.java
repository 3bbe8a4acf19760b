package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare} on stripes that lie or stand, by an encoder that a tiny run has trained. */
@Tag("slow")
class CompareTest {
    @TempDir
    static Path root;

    static Path run = Path.of("");
    static Path data = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        data = root.resolve("data");
        TinyRun.images(data.resolve("train"), 24);
        TinyRun.images(data.resolve("test"), 10);
        run = root.resolve("run");
        assertThat(TinyRun.pretrain(TinyRun.recipe(root), data, "--set=K=16", "--run=" + run)
                        .err())
                .isEmpty();
    }

    @Test
    void aTableASentenceAndAPage() throws IOException {
        Path out = root.resolve("compared");
        String[] command = {
            "compare", run.toString(), "--data=" + data, "--output=" + out, "--seeds=3", "--device=cpu", "--quiet"
        };
        JuxtaProcess.Result result = TinyRun.call(command);
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isEqualTo(ExitStatus.DONE);
        assertThat(TinyRun.withoutData(result).out().lines().limit(4))
                .allMatch(line -> line.length() <= 80)
                .satisfiesExactly(
                        line -> assertThat(line).matches("top-1 in % +kNN +linear +1/class +5/class +10/class"),
                        line -> assertThat(line).startsWith("pixels (16 px)"),
                        line -> assertThat(line).startsWith("untrained"),
                        line -> assertThat(line).matches("….*/run( +[0-9.]+ ±[0-9.]+){5}"));
        assertThat(result.out()).containsAnyOf(" is better than ", "10 held-out images do not suffice to say which");
        assertThat(Files.readAllLines(out.resolve("comparison.csv")))
                .hasSize(1 + 3 * 5)
                .startsWith("contender,task,top1,low,high,trials,images")
                .anyMatch(line -> line.matches("untrained,5/class,[0-9.]+,[0-9.]+,[0-9.]+,3,10"));
        assertThat(Files.readString(out.resolve("comparison.html")))
                .contains("Does pre-training pay?", "A linear classifier of 5 labels of each class");
        String before = Files.readString(out.resolve("comparison.csv"));
        assertThat(TinyRun.call(command).err()).isEmpty();
        assertThat(Files.readString(out.resolve("comparison.csv"))).isEqualTo(before);
    }

    /** Nothing is set apart to judge by: a fifth of each class is. */
    @Test
    void withoutATestSplit() throws IOException {
        Path plain = TinyRun.images(root.resolve("all"), 30);
        JuxtaProcess.Result result =
                TinyRun.call("compare", run.toString(), "--data=" + plain, "--seeds=2", "--device=cpu", "--quiet");
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("drawn     6 of 30 images to judge by, a fifth of each class: ")
                .contains("top-1 in %");
    }

    @Test
    void whatCannotBeIsSaidInALine() throws IOException {
        assertThat(TinyRun.call("compare", run.toString(), run.toString(), "--data=" + data)
                        .err())
                .isEqualTo("juxta: " + run + " is there twice: give each once\n");
        assertThat(TinyRun.call("compare", run.toString(), "--data=" + data, "--seeds=1")
                        .err())
                .startsWith("juxta: --seeds 1 must be from 2 to 1000")
                .hasLineCount(1);
        Path plain = TinyRun.images(root.resolve("plain"), 2); // one of each class
        assertThat(TinyRun.call("compare", run.toString(), "--data=" + plain, "--quiet")
                        .err())
                .contains("no class has two images")
                .hasLineCount(1);
        assertThat(TinyRun.call("compare", root.resolve("none").toString(), "--data=" + data, "--quiet")
                        .err())
                .hasLineCount(1);
        assertThat(TinyRun.call(
                                "compare",
                                run.toString(),
                                "--data=" + data,
                                "--output=" + data.resolve("out"),
                                "--quiet")
                        .err())
                .contains("lies in the input")
                .hasLineCount(1);
    }
}
