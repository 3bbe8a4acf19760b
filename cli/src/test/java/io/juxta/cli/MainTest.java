package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

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
}
