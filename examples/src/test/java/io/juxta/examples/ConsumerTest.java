package io.juxta.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.juxta.TinyEncoderFile;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A stranger's project, for each platform, resolves what this build made; on this platform it runs. Maven is given a local
 * repository that holds our artifacts alone, and as the only remote one that of this build, so that no network is asked.
 */
@Tag("slow")
class ConsumerTest {
    private static final List<String> PLATFORMS =
            List.of("linux-x86_64", "macosx-arm64", "windows-x86_64", "linux-x86_64-gpu");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String VERSION = System.getProperty("juxta.version", "");
    private static final String OWN = System.getProperty("juxta.natives", "");

    /** What a consumer's program may be, and what it prints where something is not as it should be. */
    private static final String PROGRAM = """
            import io.juxta.Encoder;
            import java.nio.file.Path;

            public final class Consumer {
                public static void main(String[] args) {
                    try (Encoder encoder = Encoder.load(Path.of(args[0]))) {
                        System.out.println(encoder.embed(Path.of(args[1])).length + " values");
                    } catch (Exception | LinkageError e) {
                        System.out.println(e.getMessage());
                    }
                }
            }
            """;

    @TempDir
    static Path root;

    private static Path local;
    private static Path consumers;
    private static Path weights;
    private static Path picture;

    @BeforeAll
    static void aFreshRepositoryAndItsConsumers() throws IOException, InterruptedException {
        assumeTrue(
                !VERSION.isEmpty() && Files.exists(built("core", "juxta-core")),
                "consumers take the jars that `mvn verify` has packed before this module is tested");
        local = root.resolve("repository");
        for (Path pom : poms()) {
            install(pom);
        }
        consumers = Files.createDirectories(root.resolve("consumers"));
        StringBuilder modules = new StringBuilder();
        for (String platform : PLATFORMS) {
            modules.append("<module>").append(platform).append("</module>");
            Path folder = Files.createDirectories(consumers.resolve(platform));
            Files.writeString(
                    folder.resolve("pom.xml"),
                    project(
                            platform,
                            "<dependencies>" + dependency("juxta-core") + dependency("juxta-natives-" + platform)
                                    + "</dependencies>"));
        }
        Files.writeString(
                consumers.resolve("pom.xml"),
                project("all", "<packaging>pom</packaging><modules>" + modules + "</modules>"));
        String goal = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:";
        // another machine's architecture changes nothing: it is the consumer who chooses
        maven("-Dos.arch=aarch64", goal + "tree", "-DoutputFile=tree.txt");
        maven("-pl", OWN, goal + "build-classpath", "-Dmdep.outputFile=classpath.txt");
        compile();
        weights = TinyEncoderFile.write(root.resolve("encoder.safetensors"));
        picture = root.resolve("picture.png");
        ImageIO.write(new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
    }

    /** Of what the build made, where it made it; other platforms' natives are made at a release alone. */
    private static List<Path> poms() throws IOException {
        List<Path> poms = new ArrayList<>(List.of(
                ROOT.resolve("pom.xml"),
                ROOT.resolve("natives/pom.xml"),
                ROOT.resolve("core/target/flattened-pom.xml")));
        for (String platform : PLATFORMS) {
            Path flattened = ROOT.resolve("natives/" + platform + "/target/flattened-pom.xml");
            poms.add(
                    platform.equals(OWN) && Files.exists(flattened)
                            ? flattened
                            : ROOT.resolve("natives/" + platform + "/pom.xml"));
        }
        return poms;
    }

    private static Path built(String module, String artifact) {
        return ROOT.resolve(module + "/target/" + artifact + "-" + VERSION + ".jar");
    }

    private static void install(Path pom) throws IOException {
        Path module = pom.getParent().endsWith("target") ? pom.getParent().getParent() : pom.getParent();
        String folder = ROOT.relativize(module).toString();
        String artifact =
                switch (folder) {
                    case "" -> "juxta-parent";
                    case "core", "natives" -> "juxta-" + folder;
                    default -> "juxta-natives-" + module.getFileName();
                };
        Path place = Files.createDirectories(local.resolve("io/juxta/" + artifact + "/" + VERSION));
        Files.copy(pom, place.resolve(artifact + "-" + VERSION + ".pom"));
        Path jar = built(folder, artifact);
        if (Files.exists(jar)) {
            Files.copy(jar, place.resolve(jar.getFileName()));
        }
    }

    private static String project(String artifact, String content) {
        return "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>"
                + "<groupId>org.example</groupId><artifactId>consumer-" + artifact + "</artifactId><version>1</version>"
                + content + "</project>";
    }

    private static String dependency(String artifact) {
        return "<dependency><groupId>io.juxta</groupId><artifactId>" + artifact + "</artifactId><version>" + VERSION
                + "</version></dependency>";
    }

    private static void maven(String... arguments) throws IOException, InterruptedException {
        Path settings = Files.writeString(
                root.resolve("settings.xml"),
                "<settings><mirrors><mirror><id>here</id><mirrorOf>*</mirrorOf><url>"
                        + Path.of(System.getProperty("juxta.repository")).toUri()
                        + "</url></mirror></mirrors></settings>");
        boolean windows = File.separatorChar == '\\';
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("juxta.maven"), "bin", windows ? "mvn.cmd" : "mvn")
                        .toString(),
                "-B",
                "-ntp",
                "-q",
                "-s",
                settings.toString(),
                "-gs",
                settings.toString(),
                "-Dmaven.repo.local=" + local));
        words.addAll(List.of(arguments));
        String said =
                said(words, Map.of("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "MAVEN_ARGS", ""), true);
        assertThat(said.replaceAll("\u001B\\[[;\\d]*m", "")).isBlank();
    }

    private static void compile() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        SimpleJavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Consumer.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return PROGRAM;
                    }
                };
        List<String> options =
                List.of("-d", root.toString(), "-proc:none", "-cp", String.join(File.pathSeparator, jars()));
        assertThat(compiler.getTask(null, null, null, options, null, List.of(source))
                        .call())
                .isTrue();
    }

    /** What this platform's consumer has on its class path. */
    private static List<String> jars() {
        try {
            return List.of(Files.readString(consumers.resolve(OWN + "/classpath.txt"))
                    .strip()
                    .split(File.pathSeparator));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux-x86_64", "macosx-arm64", "windows-x86_64", "linux-x86_64-gpu"})
    void eachPlatformsConsumerResolves(String platform) throws IOException {
        String cpu = platform.replace("-gpu", "");
        List<String> tree = Files.readAllLines(consumers.resolve(platform + "/tree.txt"));
        assertThat(tree)
                .as("libtorch of one version, for one platform")
                .filteredOn(line -> line.contains("org.bytedeco:pytorch:jar:"))
                .hasSize(2)
                .anyMatch(line -> line.contains(":pytorch:jar:" + platform + ":"));
        assertThat(tree).noneMatch(line -> line.contains("${"));
        for (String library : List.of("javacpp", "openblas", "opencv")) {
            assertThat(tree)
                    .filteredOn(line -> line.contains("org.bytedeco:" + library + ":jar:"))
                    .hasSize(2)
                    .anyMatch(line -> line.contains(library + ":jar:" + cpu + ":"));
        }
        assertThat(tree).noneMatch(line -> line.contains("junit") || line.contains("picocli"));
    }

    @Test
    void onThisPlatformItEmbedsAPicture() throws IOException, InterruptedException {
        assertThat(embedding(jars())).isEqualTo("64 values");
    }

    @Test
    void withoutNativesItIsToldWhatToAdd() throws IOException, InterruptedException {
        List<String> without = jars().stream()
                .filter(jar -> !jar.matches(".*-(linux|macosx|windows)-[a-z0-9_]+(-gpu)?\\.jar")
                        && !jar.contains("juxta-natives"))
                .toList();
        assertThat(embedding(without))
                .isEqualTo("libtorch for " + OWN.replace("-gpu", "") + " is not on the class path: add"
                        + " io.juxta:juxta-natives-" + OWN.replace("-gpu", "") + " in the version of juxta-core");
    }

    @Test
    void whereThereIsNoLibtorchItIsToldTheOtherWay() throws IOException, InterruptedException {
        assertThat(embedding(jars(), "-Dos.name=Linux", "-Dos.arch=aarch64"))
                .startsWith("there is no libtorch for linux-arm64")
                .contains("juxta export --format onnx", "ONNX Runtime")
                .doesNotContain("\n");
    }

    @Test
    void twoVersionsAreNamed() throws IOException, InterruptedException {
        Path other = root.resolve("juxta-core-9.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(other))) {
            jar.putNextEntry(new JarEntry("io/juxta/runs/version.properties"));
            jar.write("juxta=9".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(embedding(Stream.concat(jars().stream(), Stream.of(other.toString()))
                        .toList()))
                .isEqualTo("several versions of juxta-core are on the class path, " + VERSION
                        + " and 9: keep one of them");
    }

    private static String embedding(List<String> jars, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "@" + ROOT.resolve("jvm.options")));
        words.addAll(List.of(options));
        words.addAll(List.of(
                "-cp",
                root + File.pathSeparator + String.join(File.pathSeparator, jars),
                "Consumer",
                weights.toString(),
                picture.toString()));
        return said(words, Map.of(), false).strip();
    }

    /** @param errors whether what stands on standard error belongs to it */
    private static String said(List<String> words, Map<String, String> environment, boolean errors)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(root, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(Files.isDirectory(consumers) ? consumers.toFile() : root.toFile())
                .redirectErrorStream(errors)
                .redirectOutput(out.toFile());
        if (!errors) {
            // who brings no SLF4J provider is told so there by SLF4J
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        }
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("%s", words).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
