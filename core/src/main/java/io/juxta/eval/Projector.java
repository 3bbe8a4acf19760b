package io.juxta.eval;

import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.Png;
import io.juxta.image.UnreadableImageException;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Embeddings as TensorBoard's projector reads them: {@code projector_config.pbtxt}, and in a folder {@code projector}
 * the vectors, the names and classes, and one picture of all thumbnails.
 */
final class Projector {
    /** Pixels of a thumbnail's side, at most. */
    static final int LARGEST = 48;

    private static final String CONFIG = """
            embeddings {
              tensor_name: "embeddings"
              tensor_path: "projector/tensors.tsv"
              metadata_path: "projector/metadata.tsv"
              sprite {
                image_path: "projector/sprite.png"
                single_image_dim: %1$d
                single_image_dim: %1$d
              }
            }
            """;

    private final Path folder;
    private final Dataset images;
    private final int side;
    private boolean described;

    /** @param side of a thumbnail in pixels */
    Projector(Path folder, Dataset images, int side) {
        this.folder = folder;
        this.images = images;
        this.side = side;
    }

    /** @param embeddings (N, D), a row for each image */
    void write(Tensor embeddings) throws IOException {
        Path below = folder.resolve("projector");
        Files.createDirectories(below);
        Replacing.write(below.resolve("tensors.tsv"), text(rows(embeddings)));
        if (!described) {
            Replacing.write(below.resolve("metadata.tsv"), text(metadata()));
            Replacing.write(below.resolve("sprite.png"), Png.encode(sprite()));
            // last, as it names the others
            Replacing.write(folder.resolve("projector_config.pbtxt"), text(String.format(Locale.ROOT, CONFIG, side)));
            described = true;
        }
    }

    private static String rows(Tensor embeddings) {
        int width = Math.toIntExact(embeddings.size(1));
        float[] values = new float[Math.toIntExact(embeddings.numel())];
        try (PointerScope scope = new PointerScope()) {
            embeddings.cpu().to(ScalarType.Float).contiguous().data_ptr_float().get(values);
        }
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            rows.append(values[i]).append((i + 1) % width == 0 ? '\n' : '\t');
        }
        return rows.toString();
    }

    /** One column goes without a heading, several do not. */
    private String metadata() {
        boolean labelled = !images.classes().isEmpty();
        StringBuilder rows = new StringBuilder(labelled ? "name\tclass\n" : "");
        for (int i = 0; i < images.size(); i++) {
            rows.append(cell(images.name(i)));
            if (labelled) {
                int label = images.label(i);
                rows.append('\t').append(label < 0 ? "" : cell(images.classes().get(label)));
            }
            rows.append('\n');
        }
        return rows.toString();
    }

    private static String cell(String text) {
        return text.replaceAll("[\\t\\r\\n]", " ");
    }

    /** As many thumbnails across as down, row by row, white where there is none. */
    private Image sprite() {
        int across = (int) Math.ceil(Math.sqrt(images.size()));
        byte[] rgb = new byte[3 * across * side * across * side];
        Arrays.fill(rgb, (byte) 255);
        Augmentation thumbnail = Augmentation.evaluation(side, side, Normalization.HALF);
        Canvas canvas = new Canvas();
        for (int i = 0; i < images.size(); i++) {
            try {
                byte[] pixels = thumbnail
                        .view(images.image(i), Draws.of(0, 0, i, 0), canvas)
                        .rgb();
                for (int y = 0; y < side; y++) {
                    int to = ((i / across * side + y) * across + i % across) * side;
                    System.arraycopy(pixels, 3 * y * side, rgb, 3 * to, 3 * side);
                }
            } catch (UnreadableImageException e) {
                // white: the loop that learns from it names it
                continue;
            }
        }
        return new Image(across * side, across * side, rgb);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
