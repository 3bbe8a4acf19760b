package io.juxta.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The start script in a house of cardboard: its Java prints what it was given, its Maven notes that it was called. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-ins are shell scripts")
class StartScriptTest {
    private static final String MAVEN = """
            #!/bin/sh
            if [ "$1" = -v ]; then echo "Apache Maven 3.9.1 (x)"; exit 0; fi
            echo "$@" >> built
            mkdir -p cli/target && echo "$PWD/pom.xml" > cli/target/classpath
            """;
    private static final String JAVA = """
            #!/bin/sh
            if [ "$1" = -version ]; then echo 'openjdk version "17.0.1" 2021-10-19' >&2; exit 0; fi
            for word in "$@"; do echo "<$word>"; done
            """;

    private record Result(int status, String output) {}

    @TempDir
    Path folder;

    @BeforeEach
    void house() throws IOException {
        Path root = Path.of("").toAbsolutePath().resolveSibling("juxta");
        for (String file : List.of(
                "pom.xml",
                "natives/pom.xml",
                "natives/x/pom.xml",
                "core/pom.xml",
                "cli/pom.xml",
                "core/src/main/A",
                "cli/src/main/B",
                "integrations/lucene/pom.xml",
                "integrations/lucene/src/main/C",
                "integrations/serve/pom.xml",
                "integrations/serve/src/main/D",
                "recipes/C")) {
            script(file, "");
        }
        script("juxta", Files.readString(root));
        script("bin/mvn", MAVEN);
        script("jdk/bin/java", JAVA);
        script("jdk/bin/javac", "");
    }

    private void script(String path, String text) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result start(String... arguments) throws IOException, InterruptedException {
        return start(Map.of(), arguments);
    }

    private Result start(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("bash", folder.resolve("juxta").toRealPath().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.resolve("bin").toFile());
        builder.redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().remove("JUXTA_MAVEN_ARGS");
        builder.environment().remove("JUXTA_JAVA_OPTS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private int builds() throws IOException {
        Path note = folder.resolve("built");
        return Files.exists(note) ? Files.readAllLines(note).size() : 0;
    }

    @Test
    void buildsOnceAndPassesWordsOnAsTheyAre() throws IOException, InterruptedException {
        Result first = start("embed", "a  b", "", "*");
        assertThat(first.status()).isZero();
        assertThat(first.output())
                .startsWith("juxta: building (once; takes a minute, downloads libtorch)...\n")
                .endsWith("<io.juxta.cli.Main>\n<embed>\n<a  b>\n<>\n<*>\n")
                .contains("<@" + folder.toRealPath().resolve("jvm.options") + ">\n")
                .contains("<-Djuxta.terminal=false>\n<-Djuxta.terminal.out=false>\n");
        assertThat(start("x").output()).startsWith("<-Xmx");
        assertThat(builds()).isEqualTo(1);
    }

    /** Without one, two names that differ in an umlaut are one to Java, and two classes are. */
    @Test
    void javaGetsALocaleThatKnowsLetters() throws IOException, InterruptedException {
        start();
        script("jdk/bin/java", "#!/bin/sh\necho \"<$LC_ALL>\"\n");
        script("target/juxta.java", folder.resolve("jdk/bin/java").toString());
        for (String locale : List.of("xx_XX.UTF-8", "C", "POSIX")) {
            assertThat(start(Map.of("LC_ALL", locale)).output().lines().toList())
                    .as(locale)
                    .last()
                    .isIn("<C.UTF-8>", "<en_US.UTF-8>", "<C.utf8>", "<en_US.utf8>");
        }
        // one that is installed stays
        String own =
                start(Map.of("LC_ALL", "C.UTF-8")).output().lines().toList().get(0);
        assertThat(own).isIn("<C.UTF-8>", "<en_US.UTF-8>");
    }

    @Test
    void largeTensorsLieInHugePagesUnlessTheUserSaysOtherwise() throws IOException, InterruptedException {
        script("jdk/bin/java", JAVA.replace("for word", "echo \"tunables $GLIBC_TUNABLES\"; for word"));
        assertThat(start(Map.of("GLIBC_TUNABLES", "")).output).contains("tunables glibc.malloc.hugetlb=1\n");
        assertThat(start(Map.of("GLIBC_TUNABLES", "glibc.malloc.arena_max=2")).output)
                .contains("tunables glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1\n");
        assertThat(start(Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=0")).output)
                .contains("tunables glibc.malloc.hugetlb=0\n");
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws IOException, InterruptedException {
        start();
        FileTime later = FileTime.from(Instant.now().plusSeconds(2));
        Files.setLastModifiedTime(folder.resolve("core/src/main/A"), later);
        assertThat(start().output()).startsWith("juxta: building what has changed...\n");
        assertThat(builds()).isEqualTo(2);
        Files.setLastModifiedTime(
                folder.resolve("recipes/C"), FileTime.from(Instant.now().plusSeconds(4)));
        start();
        assertThat(builds()).isEqualTo(3);
        Files.setLastModifiedTime(
                folder.resolve("integrations/serve/src/main/D"),
                FileTime.from(Instant.now().plusSeconds(6)));
        start();
        assertThat(builds()).as("what the command is made of beside core").isEqualTo(4);
    }

    @Test
    void aLockWhoseOwnerIsGoneHoldsNobodyUp() throws IOException, InterruptedException {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        script("target/juxta.lock", gone.pid() + "\n");
        assertThat(start().status()).isZero();
        assertThat(folder.resolve("target/juxta.lock")).doesNotExist();
    }

    @Test
    void aFailedBuildShowsWhyAndIsTriedAgain() throws IOException, InterruptedException {
        script("bin/mvn", MAVEN.replace("echo \"$@\" >> built", "echo '[ERROR] A.java: no such thing'; exit 1"));
        Result failed = start();
        assertThat(failed.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(failed.output()).contains("A.java: no such thing\n", "juxta: the build failed");
        script("bin/mvn", MAVEN);
        assertThat(start().status()).isZero();
    }

    @Test
    void theHeapIsAQuarterOfWhatTheContainerAllows() throws IOException, InterruptedException {
        script("juxta", Files.readString(folder.resolve("juxta")).replace("\nsystem=\n", "\nsystem=" + folder + "\n"));
        script("proc/meminfo", "MemTotal:       24683144 kB\nMemFree: 1 kB\n");
        assertThat(heap()).isEqualTo("<-Xmx1024m>");
        script("proc/meminfo", "MemTotal:       2097152 kB\n");
        assertThat(heap()).isEqualTo("<-Xmx512m>");
        script("proc/self/cgroup", "0::/a/b/c\n");
        script("sys/fs/cgroup/a/b/c/memory.max", "max\n");
        script("sys/fs/cgroup/a/memory.max", "943718400\n");
        assertThat(heap()).isEqualTo("<-Xmx225m>");
        script("proc/self/cgroup", "4:cpu,memory:/x\n0::/\n");
        script("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "1073741824\n");
        script("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(heap()).isEqualTo("<-Xmx256m>");
    }

    private String heap() throws IOException, InterruptedException {
        List<String> lines = start("x").output().lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith("<-Xmx"))
                .findFirst()
                .orElse(lines.toString());
    }

    @Test
    @DisabledIf(value = "isRoot", disabledReason = "root may read and write everything")
    void aBuildOfSomebodyElseIsNotMadeAgain() throws IOException, InterruptedException {
        start();
        Path jar = folder.resolve("cli/target/secret.jar");
        script("cli/target/secret.jar", "");
        script("cli/target/classpath", jar.toString());
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("-wx------"));
        Files.setPosixFilePermissions(folder.resolve("target"), PosixFilePermissions.fromString("r-xr-xr-x"));
        assertThat(start().output())
                .isEqualTo("juxta: this build needs " + jar
                        + ", which you cannot read: clone the repository and run juxta" + " from your own copy\n");
        Files.setPosixFilePermissions(folder.resolve("target"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    @Test
    void aMissingOrOldToolIsOneLine() throws IOException, InterruptedException {
        script("bin/mvn", MAVEN.replace("3.9.1", "3.6.3"));
        assertThat(start()).isEqualTo(new Result(1, "juxta: Maven 3.6 is too old; install 3.8 or newer\n"));
        Files.delete(folder.resolve("jdk/bin/javac"));
        script("bin/mvn", MAVEN);
        assertThat(start().output()).contains("without a compiler").hasLineCount(1);
        script("jdk/bin/java", JAVA.replace("17.0.1", "1.8.0_292"));
        Files.setLastModifiedTime(
                folder.resolve("jdk/bin/java"), FileTime.from(Instant.now().plusSeconds(2)));
        assertThat(start().output())
                .startsWith("juxta: Java 1.8.0_292 is too old")
                .hasLineCount(1);
        Files.delete(folder.resolve("jdk/bin/java"));
        assertThat(start().output()).startsWith("juxta: no Java at JAVA_HOME=").hasLineCount(1);
    }
}
