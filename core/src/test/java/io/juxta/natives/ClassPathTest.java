package io.juxta.natives;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {
    @TempDir
    Path folder;

    private URL library(String name, String version) throws IOException {
        Path file = folder.resolve(name).resolve(ClassPath.VERSION);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "juxta=" + version + "\n");
        return folder.resolve(name).toUri().toURL();
    }

    @Test
    void severalVersionsAreNamed() throws IOException {
        URL old = library("old", "0.1.0");
        URL same = library("same", "0.1.0");
        URL young = library("young", "0.2.0");
        try (URLClassLoader one = new URLClassLoader(new URL[] {old, same}, null);
                URLClassLoader two = new URLClassLoader(new URL[] {young, old}, null)) {
            assertThat(ClassPath.severalVersions(one)).isEmpty();
            assertThat(ClassPath.severalVersions(two))
                    .contains(
                            "several versions of juxta-core are on the class path, 0.1.0 and 0.2.0: keep one of them");
        }
        assertThat(ClassPath.severalVersions(ClassPath.class.getClassLoader())).isEmpty();
    }

    @Test
    void whoHasNoNativesIsToldWhatToAdd() throws IOException {
        Path library = folder.resolve("org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch.so");
        Files.createDirectories(library.getParent());
        Files.createFile(library);
        try (URLClassLoader cuda = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
            assertThat(ClassPath.withoutNatives(cuda, "linux-x86_64")).isEmpty();
            assertThat(ClassPath.withoutNatives(cuda, "windows-x86_64"))
                    .contains("libtorch for windows-x86_64 is not on the class path: add"
                            + " io.juxta:juxta-natives-windows-x86_64 in the version of juxta-core");
            assertThat(ClassPath.withoutNatives(cuda, "linux-arm64"))
                    .contains(
                            "there is no libtorch for linux-arm64, only for linux-x86_64, macosx-arm64, windows-x86_64:"
                                    + " write the network there with juxta export --format onnx, and run it here by ONNX Runtime");
        }
    }

    @Test
    void cudaIsLookedForUnlessAClassPathHasPlainNativesAlone() {
        String plain =
                "lib/pytorch-2.13.0-1.5.14.jar:/m2/pytorch-2.13.0-1.5.14-linux-x86_64.jar:classes:lib/jackson-core-2.22.0.jar";
        assertThat(plain(plain)).isTrue();
        assertThat(plain(plain + ":lib/opencv-4.13.0-1.5.13-linux-x86_64.jar:lib/ffmpeg-7.1-1.5.13-macosx-arm64.jar"))
                .isTrue();
        assertThat(plain(plain + ":lib/ffmpeg-7.1-1.5.13-linux-x86_64-gpl.jar")).isFalse();
        assertThat(plain("lib/pytorch-2.13.0-1.5.14-linux-x86_64-gpu.jar")).isFalse();
        assertThat(plain(plain + ":lib/pytorch-2.13.0-1.5.14-linux-x86_64-gpu.jar"))
                .isFalse();
        assertThat(plain("program-with-everything.jar")).isFalse();
        assertThat(plain("lib/opencv-4.13.0-1.5.13-linux-x86_64.jar")).isFalse();
        assertThat(plain("")).isFalse();
    }

    private static boolean plain(String classPath) {
        return ClassPath.isOfPlainNatives(classPath.replace(':', File.pathSeparatorChar));
    }
}
