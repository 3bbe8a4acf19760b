package io.juxta.natives;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.CodeSource;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Settles how JavaCPP loads libtorch and OpenCV, before its first class is: {@link #require} stands in the static
 * initializers of what reaches for them first.
 *
 * <p>JavaCPP unpacks them at their first use, 470 MB, into the folder of the property
 * {@code org.bytedeco.javacpp.cachedir}; where that is not set, into the first that serves of {@link UnpackingFolder#usual}.
 * Several processes may do so at once: {@link #torch} and {@link #opencv} see to it. What it has to say goes to SLF4J unless the property
 * {@code org.bytedeco.javacpp.logger} says otherwise: it is a warning at every start (of versions that differ and fit),
 * which would stand on the standard error of every program.
 */
@API(status = API.Status.INTERNAL)
public final class Natives {
    private static final String FOLDER = "org.bytedeco.javacpp.cachedir";
    private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
    private static final String LOGGER = "org.bytedeco.javacpp.logger";
    private static final String CURE =
            "give another folder by -D" + FOLDER + "=DIR, for the juxta command in JUXTA_JAVA_OPTS";

    private static final List<String> FULL =
            List.of("No space left on device", "Disk quota exceeded", "not enough space on the disk");
    private static final List<String> CLOSED =
            List.of("Permission denied", "Read-only file system", "Access is denied", "Could not create the cache");
    private static final List<String> NOT_EXECUTABLE = List.of("failed to map segment", "Operation not permitted");

    private static final Optional<String> OBJECTION = settle();
    private static final Set<String> LOADED = new HashSet<>();
    private static final String TORCH = "org.bytedeco.pytorch.global.torch";
    private static final String BLAS_THREADS = "OPENBLAS_NUM_THREADS";

    private Natives() {}

    /**
     * Returns at once when it was called before.
     *
     * @throws UnsatisfiedLinkError when there is no folder to unpack them into, in one line with the cure
     */
    public static void require() {
        OBJECTION.ifPresent(objection -> {
            throw new UnsatisfiedLinkError(objection);
        });
    }

    /**
     * Loads libtorch, as its first use would, but so that of several processes one unpacks it and the others wait: they
     * would load what is not whole yet, and end. Returns at once when it was called before.
     *
     * @throws LinkageError when it cannot be loaded; {@link #explain} says why
     */
    public static void torch() {
        load(TORCH);
    }

    /**
     * OpenBLAS has threads of its own beside libtorch's, which wait for each other by spinning: on two busy cores embedding with a
     * vision transformer took ten times the processor time. Who sets OPENBLAS_NUM_THREADS has what they say.
     */
    private static void quietBlas() {
        if (System.getenv(BLAS_THREADS) == null) {
            openblas_nolapack.blas_set_num_threads(1);
        }
    }

    /** The same of what decodes and encodes pictures. */
    public static void opencv() {
        load("org.bytedeco.opencv.global.opencv_imgcodecs");
    }

    private static synchronized void load(String name) {
        require();
        if (LOADED.contains(name)) {
            return;
        }
        Optional<Path> folder = folder();
        try {
            String jar = jar(Class.forName(name, false, Natives.class.getClassLoader()));
            Path mark = folder.orElse(Path.of("")).resolve("." + jar + ".unpacked");
            if (folder.isEmpty() || Files.exists(mark)) {
                Class.forName(name);
            } else {
                try (FileChannel channel = FileChannel.open(
                                folder.get().resolve(".juxta.lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    Class.forName(name);
                    Files.write(mark, new byte[0]);
                }
            }
            LOADED.add(name);
            if (name.equals(TORCH)) {
                quietBlas();
            }
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        } catch (IOException e) {
            UnsatisfiedLinkError failure = new UnsatisfiedLinkError(e.toString());
            failure.initCause(e);
            throw failure;
        }
    }

    /** The name of the file that a class comes from. */
    private static String jar(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        String place = source == null ? "natives" : source.getLocation().getPath();
        return place.substring(place.lastIndexOf('/') + 1);
    }

    /** Where they are unpacked; empty where there is no such folder. */
    public static Optional<Path> folder() {
        return Stream.of(FOLDER, "org.bytedeco.javacpp.cacheDir")
                .map(System::getProperty)
                .filter(value -> value != null && !value.isEmpty())
                .map(Path::of)
                .findFirst();
    }

    private static Optional<String> settle() {
        Optional<String> several = ClassPath.severalVersions(Natives.class.getClassLoader());
        if (several.isPresent()) {
            return several;
        }
        if (System.getProperty(LOGGER) == null) {
            System.setProperty(LOGGER, "slf4j");
        }
        if (System.getProperty(EXTENSION) == null
                && ClassPath.isOfPlainNatives(System.getProperty("java.class.path", ""))) {
            // or each start would look for the forty libraries of CUDA, wherever they might be: a quarter of its time
            System.setProperty(EXTENSION, "");
        }
        Optional<Path> given = folder();
        if (given.isPresent()) { // JavaCPP would go on in silence, and take another that does not serve either
            return UnpackingFolder.given(given.get())
                    .objection()
                    .map(objection ->
                            "libtorch cannot be unpacked into " + given.get() + ", which " + objection + "; " + CURE);
        }
        List<UnpackingFolder> usual = UnpackingFolder.usual();
        for (UnpackingFolder folder : usual) {
            if (folder.objection().isEmpty()) {
                System.setProperty(FOLDER, folder.path().toString());
                return Optional.empty();
            }
        }
        return Optional.of("there is no folder to unpack libtorch into: "
                + usual.stream()
                        .map(folder -> folder.path() + " " + folder.objection().orElse(""))
                        .collect(Collectors.joining(", "))
                + "; " + CURE);
    }

    /**
     * What kept the native libraries from being loaded, in one line: what, where, the cure.
     *
     * @return empty when it was something else
     */
    public static Optional<String> explain(Throwable failure) {
        List<Throwable> causes = Stream.iterate(failure, e -> e != null, Throwable::getCause)
                .limit(20)
                .toList();
        String said = causes.stream().map(e -> String.valueOf(e.getMessage())).collect(Collectors.joining("\n"));
        // a class that could not be initialized says at its second use only in words why
        boolean loading = causes.stream().anyMatch(UnsatisfiedLinkError.class::isInstance)
                || said.contains(UnsatisfiedLinkError.class.getName());
        if (!loading) {
            return Optional.empty();
        }
        if (OBJECTION.isPresent() && said.contains(OBJECTION.get())) {
            return OBJECTION;
        }
        Optional<String> missing = ClassPath.withoutNatives(Natives.class.getClassLoader(), platform());
        if (missing.isPresent()) {
            return missing;
        }
        Path folder = folder().orElse(Path.of(""));
        String cannot = "libtorch cannot be unpacked into " + folder + ": ";
        if (FULL.stream().anyMatch(said::contains)) {
            return Optional.of(cannot + "its disk is full (" + free(folder) + "), and it takes about "
                    + (UnpackingFolder.NEEDED >> 20) + " MiB; make room there, or " + CURE);
        }
        if (CLOSED.stream().anyMatch(said::contains)) {
            return Optional.of(cannot + "nothing can be written there; " + CURE);
        }
        if (NOT_EXECUTABLE.stream().anyMatch(said::contains)) {
            return Optional.of("libraries in " + folder
                    + " may not be executed (its file system is mounted noexec, as a rule); " + CURE);
        }
        return Optional.of("a native library cannot be loaded from " + folder + ": "
                + said.lines().findFirst().orElse(""));
    }

    /** As the binding calls this machine: {@code linux-x86_64}. */
    private static String platform() {
        return Loader.Detector.getPlatform();
    }

    /**
     * The same as an exception of a kind that programs expect.
     *
     * @throws LinkageError the failure itself, when it was something else
     */
    public static IOException failure(LinkageError failure) {
        String line = explain(failure).orElseThrow(() -> failure);
        return new IOException(line, failure);
    }

    private static String free(Path folder) {
        try {
            return String.format(
                    Locale.ROOT, "%,d MiB free", Files.getFileStore(folder).getUsableSpace() >> 20);
        } catch (IOException e) {
            return "as the system says";
        }
    }
}
