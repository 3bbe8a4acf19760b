package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of several real processes, one of which is lost. */
@Tag("slow")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no signals")
class LostProcessTest extends LaunchedRuns {
    private static final int EPOCHS = 20;
    /** So many that none comes to its end before a process is lost; the resumed run has fewer. */
    private static final int ENDLESS = 1000;

    private static final String RATE = "--set=lr-schedule=constant";

    private static Path whole;

    @BeforeAll
    static void anUndisturbedRun() throws IOException, InterruptedException {
        whole = undisturbed(EPOCHS, RATE);
    }

    /**
     * Killed, or frozen, a process ends the others, who name it; resumed, the run comes to what it would have. One that is frozen
     * is killed in the end: what it leaves is the same.
     *
     * @param timeout how long a process may be silent, and the others have to say so once one is dead
     */
    @ParameterizedTest
    @CsvSource({
        "KILL, 1, 40, is gone",
        "STOP, 1, 10, has not answered for 10 s",
        "KILL, 0, 40, is gone",
        "STOP, 0, 10, has not answered for 10 s"
    })
    void aLostProcessEndsTheRunAndResumeGoesOn(String signal, int rank, int timeout, String why)
            throws IOException, InterruptedException {
        Path run = root.resolve("lost-" + signal + rank);
        Path err = root.resolve(signal + rank + ".err");
        Process process = JuxtaProcess.builder(Main.class, launch("--timeout=" + timeout, command(run, ENDLESS, RATE)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile())
                .start();
        try {
            Path first = run.resolve("checkpoints/last.safetensors");
            while (!Files.exists(first) && process.isAlive()) {
                Thread.sleep(20);
            }
            long lost = ranks(process).get(rank).pid();
            new ProcessBuilder("kill", "-" + signal, Long.toString(lost))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("all ended").isTrue();
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
        if (signal.equals("STOP")) {
            return;
        }
        JuxtaProcess.Result resumed = JuxtaProcess.run(launch("--timeout=30", command(run, EPOCHS, RATE, "--resume")));
        assertThat(resumed.err()).isEmpty();
        assertThat(resumed.status()).isZero();
        assertThat(losses(run)).isEqualTo(losses(whole));
        assertThat(TinyRuns.tensors(run.resolve("checkpoints/last.safetensors")))
                .isEqualTo(TinyRuns.tensors(whole.resolve("checkpoints/last.safetensors")));
    }

    /** In the order in which they were started. Their ids tell it too, until they begin anew from the lowest. */
    private static List<ProcessHandle> ranks(Process launched) {
        return launched.toHandle()
                .children()
                .sorted(Comparator.comparing((ProcessHandle child) ->
                                child.info().startInstant().orElse(Instant.EPOCH))
                        .thenComparing(ProcessHandle::pid))
                .toList();
    }
}
