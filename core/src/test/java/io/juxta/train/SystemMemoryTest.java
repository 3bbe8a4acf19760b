package io.juxta.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines and containers that are made up. */
class SystemMemoryTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path root;

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @BeforeEach
    void machine() throws IOException {
        file("proc/meminfo", "MemTotal:       24683144 kB\nMemFree:  1 kB\nMemAvailable:   20000000 kB\n");
    }

    private SystemMemory memory() {
        return new SystemMemory(root);
    }

    @Test
    void aMachineWithoutContainers() throws IOException {
        assertThat(memory().total()).isEqualTo(24683144L << 10);
        assertThat(memory().available()).isEqualTo(20000000L << 10);
        assertThat(memory().limit()).isEmpty();
        file("proc/self/cgroup", "0::/user.slice\n");
        file("sys/fs/cgroup/user.slice/memory.max", "max\n");
        file("sys/fs/cgroup/user.slice/memory.current", "5\n");
        assertThat(memory().limit()).isEmpty();
    }

    @Test
    void theNearestLimitUpTheTreeCounts() throws IOException {
        file("proc/self/cgroup", "0::/a/b\n");
        file("sys/fs/cgroup/a/b/memory.max", "max\n");
        file("sys/fs/cgroup/a/b/memory.current", "1000\n");
        file("sys/fs/cgroup/a/memory.max", 900 * MIB + "\n");
        file("sys/fs/cgroup/a/memory.current", 500 * MIB + "\n");
        file(
                "sys/fs/cgroup/a/memory.stat",
                "anon 1\nfile 7\ninactive_file " + 100 * MIB + "\nactive_file " + 50 * MIB + "\n");
        file("sys/fs/cgroup/memory.max", 2000 * MIB + "\n");
        file("sys/fs/cgroup/memory.current", 600 * MIB + "\n");
        assertThat(memory().total()).isEqualTo(900 * MIB);
        assertThat(memory().limit()).hasValue(900 * MIB);
        assertThat(memory().available()).describedAs("caches of files give way").isEqualTo((900 - 500 + 150) * MIB);
        file("sys/fs/cgroup/memory.current", 1990 * MIB + "\n");
        assertThat(memory().available())
                .describedAs("what the others there have taken")
                .isEqualTo(10 * MIB);
    }

    @Test
    void aContainerSeesItsOwnGroupAsTheRoot() throws IOException {
        file("proc/self/cgroup", "0::/docker/0123\n");
        file("sys/fs/cgroup/memory.max", 900 * MIB + "\n");
        file("sys/fs/cgroup/memory.current", 1000 * MIB + "\n");
        assertThat(memory().available()).isZero();
    }

    @Test
    void theFirstVersionOfGroups() throws IOException {
        file("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/job\n0::/\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
        file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", 1024 * MIB + "\n");
        file("sys/fs/cgroup/memory/job/memory.usage_in_bytes", 24 * MIB + "\n");
        file("sys/fs/cgroup/memory/job/memory.stat", "total_inactive_file " + 4 * MIB + "\n");
        assertThat(memory().limit()).hasValue(1024 * MIB);
        assertThat(memory().available()).isEqualTo(1004 * MIB);
    }

    private MemoryFit in(long mib, int processes) throws IOException {
        file("proc/self/cgroup", "0::/\n");
        file("sys/fs/cgroup/memory.max", 900 * MIB + "\n");
        file("sys/fs/cgroup/memory.current", (900 - mib) * MIB + "\n");
        return new MemoryFit(memory(), processes);
    }

    /** 400 MiB and 10 for each image of a batch. */
    private static MemoryFit.Demand demand(int batch, int pictures) {
        return MemoryFit.Demand.ofBatch(batch, b -> b % 16 == 0 ? (400 + 10L * b) * MIB : 0, pictures);
    }

    @Test
    void whatFitsBegins() throws IOException {
        assertThatCode(() -> in(900, 1).require(demand(32, 100))).doesNotThrowAnyException();
        assertThatCode(() -> in(750, 1).require(demand(32, 150)))
                .describedAs("a seventh is uncertain")
                .doesNotThrowAnyException();
        file("proc/self/status", "RssAnon:\t  307200 kB\n");
        assertThatCode(() -> in(500, 1).require(demand(32, 0)))
                .describedAs("300 MiB are held already")
                .doesNotThrowAnyException();
    }

    @Test
    void whatDoesNotFitIsRefusedWithWhatWould() {
        assertThatThrownBy(() -> in(850, 1).require(demand(256, 256)))
                .isInstanceOf(IOException.class)
                .hasMessage("this run would take about 3,216 MiB, and 850 MiB can be had of the 900 that the container"
                        + " allows: --set batch-size=32 --set image-cache=128 takes about 848; --ignore-memory begins all"
                        + " the same");
        assertThatThrownBy(() -> in(850, 1).require(demand(32, 1000)))
                .hasMessageContaining(": --set image-cache=128 takes");
        assertThatThrownBy(() -> in(850, 2).require(demand(32, 0)))
                .hasMessageContaining("about 1,440 MiB in 2 processes, and 850 MiB can be had")
                .hasMessageContaining("no batch-size fits");
    }

    /** As translations say it, whose batches are of one picture. */
    @Test
    void anotherKeyThanTheBatchMayBeLowered() {
        MemoryFit.Demand demand =
                new MemoryFit.Demand("crop-size", 256, 64, side -> 300 * MIB + side * side * 64L * 128, 0);
        assertThatThrownBy(() -> in(650, 1).require(demand))
                .hasMessageContaining("about 812 MiB, and 650 MiB can be had")
                .hasMessageContaining(": --set crop-size=128 takes about 428;");
        assertThatThrownBy(() -> in(300, 1).require(demand)).hasMessageContaining(": no crop-size fits, end other");
    }
}
