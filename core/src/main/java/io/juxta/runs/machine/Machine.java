package io.juxta.runs.machine;

import com.sun.management.OperatingSystemMXBean;
import io.juxta.train.SystemMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What the system says about itself: Java's own words, and on Linux those of /proc and of the container's limits. */
final class Machine {
    private final Path root;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    Machine() {
        this(Path.of("/"));
    }

    /** @param root where proc and sys are */
    Machine(Path root) {
        this.root = root;
    }

    /** All cores of the machine, whether this process may use them or not. */
    int cores() {
        try (Stream<String> lines = Files.lines(root.resolve("proc/cpuinfo"))) {
            int cores = Math.toIntExact(
                    lines.filter(line -> line.startsWith("processor")).count());
            return Math.max(cores, Runtime.getRuntime().availableProcessors());
        } catch (IOException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /** Its memory, or its container's. */
    SystemMemory memory() {
        return new SystemMemory(root);
    }

    /** Cores busy on average over the last minute; 0 where the system does not say. */
    double load() {
        return Math.max(0, system.getSystemLoadAverage());
    }

    /** The version of Nvidia's driver, empty where there is none. */
    String nvidiaDriver() {
        return field("proc/driver/nvidia/version", "NVRM version:").orElse("");
    }

    private Optional<String> field(String file, String name) {
        try (Stream<String> lines = Files.lines(root.resolve(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
