package io.juxta.train;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * The memory of this machine, or of the container that the process runs in where that has less: Linux tells of both in
 * /proc and in the files of its control groups, of which each on the way to the root may set a limit. Elsewhere Java tells
 * of the machine alone.
 */
@API(status = API.Status.INTERNAL)
public final class SystemMemory {
    /** Limits at least this large are none: systems write the largest number that they know. */
    private static final long NONE = 1L << 50;

    /** A control group with a limit, in bytes. */
    private record Group(long limit, long used) {}

    /** How a version of control groups names its files. */
    private enum Version {
        V2("", "memory.max", "memory.current", "", List.of("inactive_file ", "active_file ")),
        V2_BESIDE_V1("unified", "memory.max", "memory.current", "", List.of("inactive_file ", "active_file ")),
        V1(
                "memory",
                "memory.limit_in_bytes",
                "memory.usage_in_bytes",
                "memory",
                List.of("total_inactive_file ", "total_active_file "));

        private final String folder;
        private final String limit;
        private final String used;
        private final String controller;
        /** What memory.stat calls the caches of files, which give way. */
        private final List<String> caches;

        Version(String folder, String limit, String used, String controller, List<String> caches) {
            this.folder = folder;
            this.limit = limit;
            this.used = used;
            this.controller = controller;
            this.caches = caches;
        }
    }

    private final Path root;
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** @param root where proc and sys are */
    public SystemMemory(Path root) {
        this.root = root;
    }

    /** Of this machine. */
    public static SystemMemory here() {
        return new SystemMemory(Path.of("/"));
    }

    /** Bytes that all programs together may take. */
    public long total() {
        long machine = kilobytes("proc/meminfo", "MemTotal:").orElse(system.getTotalMemorySize());
        return Math.min(machine, limit().orElse(Long.MAX_VALUE));
    }

    /** The container's limit in bytes, where it has one below what the machine has. */
    public OptionalLong limit() {
        long machine = kilobytes("proc/meminfo", "MemTotal:").orElse(system.getTotalMemorySize());
        return groups().stream()
                .mapToLong(Group::limit)
                .filter(limit -> limit < machine)
                .min();
    }

    /** Bytes that a new program could get: free, or in caches that give way. */
    public long available() {
        long machine = kilobytes("proc/meminfo", "MemAvailable:").orElse(system.getFreeMemorySize());
        return groups().stream()
                .mapToLong(group -> Math.max(0, group.limit - group.used))
                .reduce(machine, Math::min);
    }

    /** Bytes that this process holds already; 0 where the system does not say. */
    public long held() {
        return kilobytes("proc/self/status", "RssAnon:").orElse(0L);
    }

    private List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (Version version : Version.values()) {
            Path top = root.resolve("sys/fs/cgroup").resolve(version.folder);
            for (Path below = path(version); ; below = below.getParent()) {
                group(version, below == null ? top : top.resolve(below)).ifPresent(groups::add);
                if (below == null) {
                    break;
                }
            }
        }
        return groups;
    }

    private Optional<Group> group(Version version, Path folder) {
        OptionalLong limit = number(folder.resolve(version.limit));
        OptionalLong used = number(folder.resolve(version.used));
        if (limit.isEmpty() || used.isEmpty() || limit.getAsLong() >= NONE) {
            return Optional.empty();
        }
        long caches = 0;
        for (String name : version.caches) {
            caches += field(folder.resolve("memory.stat"), name)
                    .map(SystemMemory::digits)
                    .orElse(0L);
        }
        return Optional.of(new Group(limit.getAsLong(), Math.max(0, used.getAsLong() - caches)));
    }

    /** Where this process is among the groups; null at their root. */
    @org.jspecify.annotations.Nullable
    private Path path(Version version) {
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] words = line.split(":", 3);
            if (words.length == 3 && List.of(words[1].split(",")).contains(version.controller)) {
                try {
                    Path path = Path.of(words[2].replaceFirst("^/+", ""));
                    return path.toString().isEmpty() ? null : path.normalize();
                } catch (InvalidPathException e) {
                    return null;
                }
            }
        }
        return null;
    }

    private Optional<Long> kilobytes(String file, String name) {
        return field(root.resolve(file), name).map(text -> digits(text) << 10);
    }

    private static long digits(String text) {
        String digits = text.replaceAll("\\D", "");
        return digits.isEmpty() || digits.length() > 15 ? 0 : Long.parseLong(digits);
    }

    private static Optional<String> field(Path file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst();
    }

    private static OptionalLong number(Path file) {
        return lines(file).stream()
                .filter(line -> line.matches("\\d{1,18}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }
}
