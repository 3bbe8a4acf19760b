package io.juxta.natives;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Encoder;
import io.juxta.Translator;
import io.juxta.image.Decoder;
import io.juxta.torch.Devices;
import io.juxta.weights.Safetensors;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program gets that knows nothing of JavaCPP, in a JVM of its own. */
@Tag("slow")
class NativesTest {
    private static final Path OPTIONS = Path.of("").toAbsolutePath().resolveSibling("jvm.options");

    @TempDir
    Path folder;

    /** Reaches for native libraries by one of the ways there are, and says where they lie. */
    static final class Program {
        public static void main(String[] words) {
            try {
                switch (words[0]) {
                    case "pictures" -> Decoder.decode(new byte[0], "nothing");
                    case "device" -> Devices.parse("cpu");
                    case "weights" -> Safetensors.read(Path.of(words[1]).resolve("none"));
                    case "encoder" -> Encoder.load(Path.of(words[1]).resolve("none"));
                    case "translator" -> Translator.load(Path.of(words[1]).resolve("none"));
                    case "torch" -> torch();
                    default -> Natives.require();
                }
            } catch (IOException e) {
                System.out.println(e.getMessage());
            } catch (UnsatisfiedLinkError e) {
                System.out.println("no folder: " + e.getMessage());
            }
            System.out.println(Natives.folder().orElseThrow());
        }
    }

    private static void torch() throws IOException {
        try {
            Natives.torch();
        } catch (LinkageError e) {
            throw Natives.failure(e);
        }
    }

    private record Ran(String out, String err) {}

    private Ran run(List<String> options, String... words) throws IOException, InterruptedException {
        start("", options, words).waitFor();
        return ran("");
    }

    private Ran ran(String name) throws IOException {
        return new Ran(Files.readString(folder.resolve("out" + name)), Files.readString(folder.resolve("err" + name)));
    }

    private Process start(String name, List<String> options, String... words) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "@" + OPTIONS));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(options); // the last class path counts
        command.add(Program.class.getName());
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out" + name).toFile())
                .redirectError(folder.resolve("err" + name).toFile());
        builder.environment().put("XDG_CACHE_HOME", folder.toString());
        return builder.directory(folder.toFile()).start();
    }

    /** As executors on one machine do, on their first day there. */
    @Test
    void severalProcessesUnpackThemAtOnceIntoAnEmptyFolder() throws IOException, InterruptedException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        List<Process> started = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String way = i == 1 ? "pictures" : "torch";
            started.add(start(String.valueOf(i), List.of("-Dorg.bytedeco.javacpp.cachedir=" + empty), way));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(started.get(i).waitFor()).isZero();
            assertThat(ran(String.valueOf(i)).err()).isEmpty();
            assertThat(ran(String.valueOf(i)).out()).endsWith(empty + "\n").doesNotContain("no folder");
        }
        assertThat(run(List.of("-Dorg.bytedeco.javacpp.cachedir=" + empty), "torch"))
                .isEqualTo(new Ran(empty + "\n", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pictures", "device", "weights", "encoder", "translator"})
    void nothingIsPrintedWhereverAProgramBegins(String way) throws IOException, InterruptedException {
        Ran ran = run(List.of(), way, folder.toString());
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .doesNotContain("do not match")
                .contains(Natives.folder().orElseThrow().toString());
    }

    @Test
    void aProgramForProcessorsDoesNotLookForCuda() throws IOException, InterruptedException {
        Ran ran = run(
                List.of("-Dorg.bytedeco.javacpp.logger=stderr", "-Dorg.bytedeco.javacpp.logger.debug=true"), "torch");
        assertThat(ran.err()).contains("libtorch_cpu").doesNotContain("cublas");
    }

    @Test
    void whoHasNoHomeFindsThemInTheCache() throws IOException, InterruptedException {
        Ran ran = run(List.of("-Duser.home=?"), "folder");
        assertThat(ran).isEqualTo(new Ran(folder.resolve("juxta-natives") + "\n", ""));
        assertThat(folder.resolve("?")).doesNotExist();
    }

    @Test
    void whatTheProgramSaysStays() throws IOException, InterruptedException {
        Path own = Files.createDirectory(folder.resolve("own"));
        Ran ran = run(List.of("-Dorg.bytedeco.javacpp.cachedir=" + own), "folder");
        assertThat(ran).isEqualTo(new Ran(own + "\n", ""));
        Path file = Files.createFile(folder.resolve("file"));
        Ran refused = run(List.of("-Dorg.bytedeco.javacpp.cachedir=" + file), "encoder", folder.toString());
        assertThat(refused.err()).isEmpty();
        assertThat(refused.out())
                .startsWith("libtorch cannot be unpacked into " + file + ", which cannot be written")
                .contains("give another folder by -Dorg.bytedeco.javacpp.cachedir=DIR")
                .hasLineCount(2);
    }

    @Test
    void whatIsMissingOnTheClassPathIsNamed() throws IOException, InterruptedException {
        String platform = Loader.Detector.getPlatform();
        String without = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> !jar.contains("pytorch") || !jar.contains(platform))
                .collect(Collectors.joining(File.pathSeparator));
        Ran ran = run(List.of("-cp", without), "torch");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .startsWith("libtorch for " + platform + " is not on the class path: add io.juxta:juxta-natives-"
                        + platform);
    }

    @Test
    void theOptionsAreThoseOfTheDocumentation() throws IOException {
        List<String> options = Files.readAllLines(OPTIONS).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        assertThat(options).hasSize(4);
        assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments()).containsAll(options);
        assertThat(Files.readString(OPTIONS.resolveSibling("docs").resolve("library.md")))
                .contains(options);
    }

    @Test
    void failuresAreOneLineWithTheFolderAndTheCure() {
        Path here = Natives.folder().orElseThrow();
        assertThat(said("java.io.IOException: No space left on device"))
                .startsWith("libtorch cannot be unpacked into " + here + ": its disk is full (")
                .contains("480 MiB; make room there, or give another folder by -D");
        assertThat(said("java.io.FileNotFoundException: " + here + "/.lock (Read-only file system)"))
                .startsWith("libtorch cannot be unpacked into " + here + ": nothing can be written there");
        assertThat(said("libjnijavacpp.so: failed to map segment from shared object"))
                .startsWith("libraries in " + here + " may not be executed");
        assertThat(said("no jnitorch in java.library.path"))
                .isEqualTo("a native library cannot be loaded from " + here + ": no jnitorch in java.library.path");
        assertThat(Natives.explain(new NoClassDefFoundError("Could not initialize class x")))
                .isEmpty();
    }

    private static String said(String message) {
        Error again = new NoClassDefFoundError("Could not initialize class org.bytedeco.x");
        again.initCause(new ExceptionInInitializerError("Exception java.lang.UnsatisfiedLinkError: " + message));
        assertThat(Natives.explain(again)).isPresent();
        return Natives.explain(new UnsatisfiedLinkError(message)).orElseThrow();
    }
}
