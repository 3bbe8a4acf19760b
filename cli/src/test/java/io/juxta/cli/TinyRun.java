package io.juxta.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Runs small enough for a test: images of 16 px that are drawn here, a ResNet-18 of an eighth of the width. */
final class TinyRun {
    private static final int SIDE = 16;
    private static final String RECIPE = """
            method: moco
            arch: resnet18
            stem: cifar
            width: 8
            dim: 16
            K: 64
            m: 0.9
            bn-groups: 2
            image-size: 16
            epochs: 1
            batch-size: 8
            lr: 0.03
            device: cpu
            threads: 1
            loader-threads: 1
            knn-k: 5
            """;

    /** What SwAV and DeepCluster-v2 share, with two sizes of crops. */
    static final String CLUSTERS = """
            arch: resnet18
            stem: cifar
            width: 8
            hidden-mlp: 16
            feat-dim: 8
            crops: [2, 1]
            crop-sizes: [16, 8]
            crop-min-scales: [0.3, 0.1]
            crop-max-scales: [1, 0.3]
            augmentation: cifar
            normalization: cifar10
            batch-size: 8
            lr: 0.3
            device: cpu
            threads: 1
            loader-threads: 1
            """;

    private TinyRun() {}

    static Path recipe(Path folder) throws IOException {
        return Files.writeString(folder.resolve("tiny.yaml"), RECIPE);
    }

    /** Images in two classes: stripes lie in the one, stand in the other. */
    static Path images(Path folder, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int wave = (int) (100 * Math.sin((i % 2 == 0 ? x : y) * (1 + i % 7) / 3.0 + i));
                    image.setRGB(x, y, (120 + wave) << 16 | (i * 37 & 255) << 8 | (128 + wave));
                }
            }
            Path file = folder.resolve((i % 2 == 0 ? "standing/" : "lying/") + (1000 + i) + ".png");
            Files.createDirectories(file.getParent());
            ImageIO.write(image, "png", file.toFile());
        }
        return folder;
    }

    /** What the command does in this JVM. */
    static JuxtaProcess.Result pretrain(Path recipe, Path data, String... more) {
        List<String> arguments = new ArrayList<>(List.of("pretrain", recipe.toString(), "--quiet"));
        arguments.addAll(List.of("--data", data.toString()));
        arguments.addAll(List.of(more));
        return call(arguments.toArray(String[]::new));
    }

    static JuxtaProcess.Result call(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        try {
            int status = Main.run(Main.commandLine(), arguments);
            return new JuxtaProcess.Result(status, text(said), text(complained));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** What was said without the block that tells what the data was taken for. */
    static JuxtaProcess.Result withoutData(JuxtaProcess.Result said) {
        String out = said.out().replaceAll("(?m)^(data|training|held out|images|left out|) {1,10}\\S.*\n", "");
        return new JuxtaProcess.Result(said.status(), out, said.err());
    }

    /** Every path below a folder, to see what a command left there; event files without time, host and process. */
    static Set<String> below(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .map(path -> path.replaceFirst("(events\\.out\\.tfevents).*", "$1"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
