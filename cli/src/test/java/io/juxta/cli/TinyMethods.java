package io.juxta.cli;

import io.juxta.runs.MethodTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Every method of {@code juxta pretrain}, by the table that {@code juxta methods} prints: tests that resume runs and kill them go
 * through it, so that a method which is added is held to them too.
 */
final class TinyMethods {
    /** Of other commands, or with an encoder that teaches, which their own tests have. */
    private static final Set<String> ELSEWHERE = Set.of("cut", "faster-rcnn", "distill");

    private static final Set<String> PREDICTING = Set.of("simsiam", "byol", "moco-v3");

    private static final String TINY = """
            arch: resnet18
            stem: cifar
            width: 8
            epochs: 2
            batch-size: 8
            lr: 0.1
            device: cpu
            threads: 1
            loader-threads: 1
            knn-k: 5
            knn-every: 1
            """;

    private static final String TWO_VIEWS = TINY + """
            projector: [16, 8]
            augmentations: [byol-1, byol-2]
            image-size: 16
            normalization: cifar10
            warmup-epochs: 1
            optimizer: sgd
            """;

    private static final String CROPS = TINY + """
            zero-init: false
            projector: [16, 8]
            K: 32
            crops: [1, 1, 2]
            crop-sizes: [16, 16, 8]
            normalization: cifar10
            teacher-T: 0.07
            teacher-warmup-epochs: 2
            optimizer: sgd
            """;

    private TinyMethods() {}

    /** Writes the same for a vision transformer with patches of 8 px beside a recipe of MoCo v3 or DINO. */
    static Path transformer(Path recipe) throws IOException {
        String text = Files.readString(recipe);
        String own = text.contains("method: moco-v3\n")
                ? "transformer: moco-v3\nfreeze-patches: true\n"
                : "drop-path: 0.1\n";
        return Files.writeString(
                recipe.resolveSibling("vit-" + recipe.getFileName()),
                text.replace("arch: resnet18\nstem: cifar\nwidth: 8\n", "arch: vit_tiny\npatch-size: 8\n" + own)
                        .replace("lr: 0.1\n", "lr: 0.001\n")
                        .replace("optimizer: sgd\n", "optimizer: adamw\n")
                        .replace("knn-every: 1\n", "knn-every: 0\n"));
    }

    static List<String> all() {
        return MethodTable.rows().stream()
                .map(MethodTable.Row::method)
                .filter(method -> !ELSEWHERE.contains(method))
                .toList();
    }

    /** Writes the recipe of a tiny run of a method into a folder. */
    static Path recipe(Path folder, String method) throws IOException {
        String recipe =
                switch (method) {
                    case "moco" -> TINY + "dim: 16\nK: 64\nbn-groups: 2\nimage-size: 16\n";
                    case "swav", "deepcluster" -> Files.readString(ClusterPretrainTest.recipe(folder, method));
                    case "dino" -> CROPS;
                    // its loss is large, and at the others' rate it is no number after a few steps of eight pictures
                    case "vicreg" -> TWO_VIEWS.replace("lr: 0.1\n", "lr: 0.01\n");
                    case "simclr", "barlow-twins", "simsiam", "byol", "moco-v3" ->
                        TWO_VIEWS + (PREDICTING.contains(method) ? "predictor: [6, 8]\n" : "");
                    default -> throw new IllegalArgumentException(method + " has no tiny recipe: add one here");
                };
        String named = recipe.startsWith("method: ") ? recipe : "method: " + method + "\n" + recipe;
        return Files.writeString(folder.resolve(method + ".yaml"), named);
    }
}
