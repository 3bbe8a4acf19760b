package io.juxta.natives;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder that native libraries may be unpacked into.
 *
 * @param base what must be there already, as a home or a folder for temporary files
 * @param path the folder itself, below it; made where it is missing
 * @param shared whether others may write into the base: only a folder of our own will do there, as what lies in it is
 *     executed
 */
record UnpackingFolder(Path base, Path path, boolean shared) {
    /** What libtorch and OpenCV take unpacked, for the CPU, and a little more. */
    static final long NEEDED = 480L << 20;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OTHERS_MAY_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** Where they go where nobody says, the best first. */
    static List<UnpackingFolder> usual() {
        return usual(
                System.getenv(),
                System.getProperty("user.home", ""),
                System.getProperty("user.name", ""),
                List.of("/var/tmp", System.getProperty("java.io.tmpdir", "/tmp")));
    }

    /**
     * @param home of the user; those who have none have {@code ?} there, {@code /} or a folder that is not there
     * @param temporary folders for the temporary files of all
     */
    static List<UnpackingFolder> usual(
            Map<String, String> environment, String home, String user, List<String> temporary) {
        List<UnpackingFolder> folders = new ArrayList<>();
        absolute(home)
                .filter(path -> path.getNameCount() > 0)
                .ifPresent(path -> folders.add(new UnpackingFolder(path, path.resolve(".javacpp/cache"), false)));
        absolute(environment.getOrDefault("XDG_CACHE_HOME", ""))
                .ifPresent(path -> folders.add(new UnpackingFolder(path, path.resolve("juxta-natives"), true)));
        String owner = user.matches("[A-Za-z0-9_.-]+") ? user : uid();
        for (String each : temporary) {
            absolute(each)
                    .ifPresent(path ->
                            folders.add(new UnpackingFolder(path, path.resolve("juxta-natives-" + owner), true)));
        }
        return folders;
    }

    /** One that somebody has chosen. */
    static UnpackingFolder given(Path path) {
        Path absolute = path.toAbsolutePath();
        return new UnpackingFolder(absolute.getRoot(), absolute, false);
    }

    private static Optional<Path> absolute(String name) {
        try {
            return Optional.of(Path.of(name)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** The number of a user without a name. */
    private static String uid() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | RuntimeException e) {
            return "nobody";
        }
    }

    /** Why it does not serve; empty when it does, and it is there then. */
    Optional<String> objection() {
        if (!Files.isDirectory(base)) {
            return Optional.of("is nowhere, as " + base + " is not there");
        }
        try {
            make();
            Path probe = Files.createTempFile(path, ".probe", "");
            try {
                if (shared && !isOurs(probe)) {
                    return Optional.of("belongs to somebody else, or others may write into it");
                }
            } finally {
                Files.deleteIfExists(probe);
            }
            if (Mounts.ofThisMachine().forbidExecution(path.toRealPath())) {
                return Optional.of("is on a file system mounted noexec");
            }
            long free = Files.getFileStore(path).getUsableSpace();
            return isUnpacked() || free >= NEEDED
                    ? Optional.empty()
                    : Optional.of("has " + (free >> 20) + " MiB free of the " + (NEEDED >> 20) + " that are needed");
        } catch (FileSystemException e) {
            return Optional.of("cannot be written" + (e.getReason() == null ? "" : " (" + e.getReason() + ")"));
        } catch (IOException | RuntimeException e) {
            return Optional.of("cannot be written (" + e.getMessage() + ")");
        }
    }

    private void make() throws IOException {
        boolean posix = base.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!shared || !posix) {
            Files.createDirectories(path);
            return;
        }
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileSystemException(path.toString(), null, "a link or no folder");
            }
        }
    }

    /** @param probe a file that this process has made in it */
    private boolean isOurs(Path probe) throws IOException {
        if (!Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe))) {
            return false;
        }
        return !path.getFileSystem().supportedFileAttributeViews().contains("posix")
                || Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS).stream()
                        .noneMatch(OTHERS_MAY_WRITE::contains);
    }

    private boolean isUnpacked() throws IOException {
        try (Stream<Path> there = Files.list(path)) {
            return there.anyMatch(file -> String.valueOf(file.getFileName()).startsWith("pytorch-"));
        }
    }
}
