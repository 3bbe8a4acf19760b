package io.juxta.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "permissions and names are those of Unix")
class UnpackingFolderTest {
    @TempDir
    Path base;

    private static List<Path> paths(Map<String, String> environment, String home, String user) {
        return UnpackingFolder.usual(environment, home, user, List.of("/var/tmp")).stream()
                .map(UnpackingFolder::path)
                .toList();
    }

    @Test
    void homeThenCacheThenTheFolderOfAll() {
        assertThat(paths(Map.of("XDG_CACHE_HOME", "/c"), "/home/ann", "ann"))
                .containsExactly(
                        Path.of("/home/ann/.javacpp/cache"),
                        Path.of("/c/juxta-natives"),
                        Path.of("/var/tmp/juxta-natives-ann"));
    }

    @Test
    void whoHasNoHomeIsGivenNoFolderBelowTheWorkingOne() {
        assertThat(paths(Map.of(), "?", "ann")).containsExactly(Path.of("/var/tmp/juxta-natives-ann"));
        assertThat(paths(Map.of("XDG_CACHE_HOME", "here"), "/", "ann"))
                .containsExactly(Path.of("/var/tmp/juxta-natives-ann"));
        assertThat(paths(Map.of(), "", "?")).singleElement().asString().matches("/var/tmp/juxta-natives-(\\d+|nobody)");
        UnpackingFolder nowhere = new UnpackingFolder(base.resolve("none"), base.resolve("none/x"), false);
        assertThat(nowhere.objection()).hasValue("is nowhere, as " + base.resolve("none") + " is not there");
        assertThat(base.resolve("none")).doesNotExist();
    }

    @Test
    void aFolderAmongOthersIsClosedToThem() throws IOException {
        UnpackingFolder folder = new UnpackingFolder(base, base.resolve("natives"), true);
        assertThat(folder.objection()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
                .isEqualTo("rwx------");
        assertThat(folder.objection()).describedAs("a second time").isEmpty();

        Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(folder.objection()).hasValue("belongs to somebody else, or others may write into it");
    }

    @Test
    void aTrapIsNotSteppedInto() throws IOException {
        Path link = Files.createSymbolicLink(base.resolve("link"), Files.createDirectory(base.resolve("elsewhere")));
        assertThat(new UnpackingFolder(base, link, true).objection())
                .hasValueSatisfying(why -> assertThat(why).contains("a link or no folder"));
        Path file = Files.createFile(base.resolve("file"));
        assertThat(new UnpackingFolder(base, file, true).objection()).isPresent();
        assertThat(new UnpackingFolder(base, file.resolve("x"), false).objection())
                .isPresent();
    }

    @Test
    void theNearestMountDecidesWhetherItMayBeExecuted() {
        Mounts mounts = new Mounts(List.of(
                "/dev/a / ext4 rw,relatime 0 0",
                "tmpfs /tmp tmpfs rw,nosuid,noexec 0 0",
                "tmpfs /tmp/with\\040space tmpfs rw 0 0",
                "tmpfs /over tmpfs rw,noexec 0 0",
                "tmpfs /over tmpfs rw 0 0",
                "odd"));
        assertThat(mounts.forbidExecution(Path.of("/home/ann"))).isFalse();
        assertThat(mounts.forbidExecution(Path.of("/tmp/x"))).isTrue();
        assertThat(mounts.forbidExecution(Path.of("/tmpx"))).isFalse();
        assertThat(mounts.forbidExecution(Path.of("/tmp/with space/x"))).isFalse();
        assertThat(mounts.forbidExecution(Path.of("/over"))).isFalse();
        assertThat(new Mounts(List.of()).forbidExecution(Path.of("/"))).isFalse();
    }
}
