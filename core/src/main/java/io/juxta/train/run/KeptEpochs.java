package io.juxta.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/** The checkpoints of some epochs that a run has kept for good, see {@link Checkpointing.Options#keepEvery}. */
@API(status = API.Status.INTERNAL)
public final class KeptEpochs {
    private static final Pattern NAME = Pattern.compile("epoch-(\\d{4,9})\\.safetensors");
    private static final int SHOWN = 12;

    private KeptEpochs() {}

    /** The name of a checkpoint, without ending. */
    static String name(int epochs) {
        return String.format(Locale.ROOT, "epoch-%04d", epochs);
    }

    /**
     * The checkpoint that was kept after an epoch.
     *
     * @param run the run's folder
     * @param epochs how many were over, from 1
     * @throws IOException when none was kept then, naming those that were
     */
    public static Path of(Path run, int epochs) throws IOException {
        Path file = run.resolve("checkpoints").resolve(name(epochs) + ".safetensors");
        if (Files.isRegularFile(file)) {
            return file;
        }
        List<Integer> kept = in(run);
        String those = kept.isEmpty()
                ? "it has kept none: --set keep-every=N keeps one every N epochs"
                : "it has those of " + (kept.size() > SHOWN ? "..., " : "")
                        + kept.stream()
                                .skip(Math.max(0, kept.size() - SHOWN))
                                .map(String::valueOf)
                                .collect(Collectors.joining(", "));
        throw new IOException(run + " keeps no checkpoint of epoch " + epochs + "; " + those);
    }

    /** The epochs of which a checkpoint was kept, ascending. */
    public static List<Integer> in(Path run) throws IOException {
        Path folder = run.resolve("checkpoints");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .map(matcher -> Integer.valueOf(matcher.group(1)))
                    .sorted()
                    .toList();
        }
    }
}
