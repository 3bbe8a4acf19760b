package io.juxta.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in a JVM of its own, on the class path of the tests: what a shell would see of it. */
final class JuxtaProcess {
    private static final long PATIENCE_SECONDS = 120;

    /** What a finished command left. */
    record Result(int status, String out, String err) {}

    private JuxtaProcess() {}

    static Result run(String... arguments) throws IOException, InterruptedException {
        return run(Main.class, arguments);
    }

    static Result run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("juxta", ".out");
        Path err = Files.createTempFile("juxta", ".err");
        try {
            Process process = builder(main, arguments)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(new File(File.separatorChar == '/' ? "/dev/null" : "NUL")))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("juxta " + String.join(" ", arguments) + " did not end");
            }
            return new Result(process.exitValue(), read(out), read(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** A command yet to be started, for tests that talk to it while it runs. */
    static ProcessBuilder builder(Class<?> main, String... arguments) {
        if (Boolean.getBoolean("juxta.quick")) {
            throw new IllegalStateException("tests that start processes are slow: give this one @Tag(\"slow\")");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "@" + Path.of("").toAbsolutePath().resolveSibling("jvm.options"),
                "-Dpicocli.ansi=false",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
