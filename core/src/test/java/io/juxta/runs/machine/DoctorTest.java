package io.juxta.runs.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor on this machine, and on one that is made up. */
class DoctorTest {
    @TempDir
    Path root;

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void theSystemIsAsked() throws IOException {
        int here = Runtime.getRuntime().availableProcessors();
        file("proc/cpuinfo", "processor\t: 0\nmodel name\t: x\n\n".repeat(here + 3));
        file("proc/meminfo", "MemTotal: 99 kB\nMemAvailable:    2048 kB\n");
        file("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX 570.1\nGCC version: 12\n");
        Machine machine = new Machine(root);
        assertThat(machine.cores()).isEqualTo(here + 3);
        assertThat(machine.memory().available()).isEqualTo(2048 << 10);
        assertThat(machine.nvidiaDriver()).isEqualTo("NVIDIA UNIX 570.1");
    }

    @Test
    void oddFindingsComeWithTheirCure() throws IOException {
        int here = Runtime.getRuntime().availableProcessors();
        file("proc/meminfo", "MemTotal: 9999999 kB\nMemAvailable:    2048000 kB\n");
        file("sys/fs/cgroup/memory.max", "943718400\n");
        file("sys/fs/cgroup/memory.current", "941621248\n");
        file("proc/driver/nvidia/version", "NVRM version: 570\n");
        List<Doctor.Finding> findings = new Doctor(new Machine(root)).examine(root.resolve("not/yet/there"));
        assertThat(findings)
                .contains(new Doctor.Finding(
                        "CUDA",
                        "no device seen, but a driver: 570",
                        Optional.of("this build is for the CPU: build with JUXTA_MAVEN_ARGS=-Pcuda")))
                .anyMatch(finding -> finding.name().equals("memory")
                        && finding.state().equals("2 MiB free of 900 MiB, which is what the container allows")
                        && finding.cure().isPresent())
                .anyMatch(finding ->
                        finding.name().equals("disk") && finding.state().endsWith(" free at " + root))
                .anyMatch(finding ->
                        finding.name().equals("cores") && finding.state().startsWith(here + ", all"));
    }
}
