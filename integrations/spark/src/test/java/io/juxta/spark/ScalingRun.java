package io.juxta.spark;

import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.javacpp.PointerScope;

/**
 * Pictures a second by one and by two executors, in turn, and what an executor had resident at most: no test, a measurement for a
 * quiet machine. {@code benchmarks/README.md} says how to run it.
 */
final class ScalingRun {
    private static final String RECIPE = "method: moco\nbn-groups: 1\nimage-size: 224\narch: ";

    private ScalingRun() {}

    /** @param words how many pictures, and how often in turn; cores of an executor, 1; the backbone, resnet18 */
    public static void main(String[] words) throws IOException {
        int count = Integer.parseInt(words[0]);
        int times = Integer.parseInt(words[1]);
        String cores = words.length > 2 ? words[2] : "1";
        String recipe = RECIPE + (words.length > 3 ? words[3] : "resnet18") + "\n";
        Path folder = Files.createTempDirectory("juxta-scaling-");
        Path weights = folder.resolve("encoder.safetensors");
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(1);
            MocoRecipe moco = MocoRecipe.bind(Recipe.parse(recipe, "scaling"));
            Safetensors.write(weights, StateDict.of(Moco.encoder(moco.moco())), Map.of("recipe", recipe));
        }
        Path pictures = Files.createDirectory(folder.resolve("pictures"));
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[3 * 320 * 240];
            random.nextBytes(rgb);
            Files.write(pictures.resolve(i + ".png"), Png.encode(new Image(320, 240, rgb)));
        }
        for (int i = 0; i < 2 * times; i++) {
            int executors = 1 + i % 2;
            SparkSession spark = LocalCluster.start(
                    executors,
                    folder,
                    Map.of(
                            "spark.executor.memory",
                            "768m",
                            "spark.master",
                            "local-cluster[" + executors + "," + cores + ",1024]"));
            try {
                embed(spark, weights, pictures, count); // libtorch loaded, and all compiled
                long begun = System.nanoTime();
                embed(spark, weights, pictures, count);
                double seconds = (System.nanoTime() - begun) / 1e9;
                System.out.printf(
                        Locale.ROOT,
                        "%d executors: %.2f pictures/s (%.1f s), an executor %d MiB at most%n",
                        executors,
                        count / seconds,
                        seconds,
                        resident());
            } finally {
                spark.stop();
            }
        }
    }

    /** MiB of the executor that had most (Linux alone tells). */
    private static long resident() throws IOException {
        long most = 0;
        for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
            Path status = Path.of("/proc", Long.toString(child.pid()), "status");
            if (Files.exists(status)) {
                most = Math.max(
                        most,
                        Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("VmHWM:"))
                                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                                .sum());
            }
        }
        return most;
    }

    private static void embed(SparkSession spark, Path weights, Path pictures, int count) throws IOException {
        Dataset<Row> table = SparkEmbedder.byShared(weights)
                .embed(PictureFiles.below(spark, pictures.toString(), SparkEmbedder.MOST_BYTES)
                        .repartition(8));
        long read = table.filter("embedding is not null").count();
        if (read != count) {
            throw new IllegalStateException("only " + read + " pictures were embedded");
        }
    }
}
