package io.juxta.train.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that a run makes before its first checkpoint: what never began may be taken away and begin again. Whatever
 * else lies in its folder is somebody's.
 */
final class RunFiles {
    static final String RECIPE = "recipe.yaml";
    static final String METRICS = "metrics.csv";
    static final String CHECKPOINTS = "checkpoints";
    static final String IMAGES = "images.tsv.gz";
    private static final String SNAPSHOTS = "snapshots";

    /** By their paths below the run's folder; what lies in a folder comes with it. */
    private static final Pattern OWN =
            Pattern.compile("recipe\\.yaml|metrics\\.csv|images\\.tsv\\.gz|\\.lock|report\\.html"
                    + "|events\\.jsonl|progress\\.json|events\\.out\\.tfevents\\..*|projector_config\\.pbtxt"
                    + "|projector|projector/(?:tensors\\.tsv|metadata\\.tsv|sprite\\.png)"
                    + "|snapshots|snapshots/(?:origin|sample|prototypes|domains)\\.json"
                    + "|snapshots/(?:thumbnails|views|prototypes|domains)\\.jpg"
                    + "|snapshots/epoch-\\d+\\.json|snapshots/translated-\\d+\\.(?:json|jpg)"
                    + "|(?:encoder|generator)\\.safetensors|checkpoints|(?:[a-z]+/)?\\..*\\.tmp");

    private static final Pattern KEPT = Pattern.compile("(?:encoder|generator)\\.safetensors");

    private RunFiles() {}

    /**
     * Whether nothing lies in a folder but what a run leaves that ended before its first checkpoint: none of its epochs
     * is over.
     */
    static boolean neverBegan(Path run) throws IOException {
        boolean begun = Files.exists(run.resolve(RECIPE)) || Files.isDirectory(run.resolve(SNAPSHOTS));
        return begun
                && below(run).stream()
                        .map(path -> name(run, path))
                        .allMatch(name -> OWN.matcher(name).matches()
                                && !KEPT.matcher(name).matches())
                && noEpochIsOver(run);
    }

    private static boolean noEpochIsOver(Path run) {
        try {
            return new MetricsLog(run.resolve(METRICS)).recorded() == 0;
        } catch (IOException e) {
            // nobody knows how far it came
            return false;
        }
    }

    /** Takes away what a run has made; a folder only where nothing else is in it. */
    static void delete(Path run) throws IOException {
        deleteAllBut("", run);
    }

    /** As {@link #delete}, and leaves one. */
    static void deleteAllBut(String left, Path run) throws IOException {
        for (Path path : below(run)) {
            String name = name(run, path);
            if (!name.equals(left) && OWN.matcher(name).matches() && (!Files.isDirectory(path) || isEmpty(path))) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /** What lies below a folder, two deep, the deeper first. */
    private static List<Path> below(Path run) throws IOException {
        try (Stream<Path> all = Files.walk(run, 2)) {
            return all.filter(path -> !path.equals(run))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static String name(Path run, Path path) {
        return run.relativize(path).toString().replace('\\', '/');
    }
}
