package io.juxta.explore;

import io.juxta.data.ImageFolder;
import io.juxta.eval.clusters.Clusters;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.search.Embeddings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A folder of pictures of three colours each a little different, and the page that shows them; seen by their mean colour. */
final class Painted implements AutoCloseable {
    static final String HOSTILE = "red/<img src=x onerror=alert(1)>.png";
    static final int EACH = 12;

    final Path folder;
    final ImageFolder images;
    final Explorer explorer;

    private Painted(Path folder, ImageFolder images, Explorer explorer) {
        this.folder = folder;
        this.images = images;
        this.explorer = explorer;
    }

    static Painted in(Path root, Optional<Path> exports) throws IOException {
        Path folder = root.resolve("painted");
        for (String colour : List.of("red", "green", "blue")) {
            Files.createDirectories(folder.resolve(colour));
            for (int i = 0; i < EACH; i++) {
                Files.write(folder.resolve(colour + "/" + (100 + i) + ".png"), Png.encode(painted(colour, i)));
            }
        }
        Files.move(folder.resolve("red/100.png"), folder.resolve(HOSTILE));
        return serve(root, folder, exports);
    }

    /** The same folder again, as a command that is started anew. */
    static Painted serve(Path root, Path folder, Optional<Path> exports) throws IOException {
        ImageFolder images = ImageFolder.open(folder);
        List<String> names = new ArrayList<>();
        List<float[]> rows = new ArrayList<>();
        List<Float> light = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            names.add(images.name(i));
            rows.add(seen(images.image(i)));
            labels.add(images.label(i));
            light.add(100f + i);
        }
        Explored explored = new Explored(
                "painted",
                images.size() + " pictures in painted",
                images,
                images.classes(),
                labels,
                List.of(new Explored.Flag("dark", Set.of(1, 2, 3))),
                List.of(new Explored.Score("light", light)));
        PictureIndex index = PictureIndex.of(Embeddings.of(names, rows.toArray(new float[0][])), names);
        Answers.Options options = new Answers.Options(
                Optional.of(Painted::seen),
                Optional.of(root.resolve("marks.json")),
                exports,
                table -> {
                    if (!table.startsWith("image,label\n")) {
                        throw new IOException("the file has no column image");
                    }
                    return Map.of(0, table.substring(table.lastIndexOf(',') + 1).strip());
                },
                new InALine());
        return new Painted(folder, images, Explorer.open(new Answers(explored, index, options), 0));
    }

    /** As many clusters as there are colours, and a map that is a line. */
    private static final class InALine implements MapKeeping {
        @Override
        public Optional<Clusters> clusters(Embeddings embeddings, Told told) throws IOException {
            return Optional.of(Clusters.of(embeddings.values(), 3, 0, done -> {}));
        }

        @Override
        public double[] points(Embeddings embeddings, Told told) {
            double[] line = new double[2 * embeddings.size()];
            for (int i = 0; i < line.length; i++) {
                line[i] = i;
            }
            return line;
        }
    }

    private static Image painted(String colour, int i) {
        byte[] rgb = new byte[16 * 16 * 3];
        int channel = List.of("red", "green", "blue").indexOf(colour);
        for (int p = 0; p < rgb.length; p += 3) {
            rgb[p + channel] = (byte) 200;
            rgb[p + (channel + 1) % 3] = (byte) (4 * i);
        }
        return new Image(16, 16, rgb);
    }

    static Path picture(Path file, String colour) throws IOException {
        return Files.write(file, Png.encode(painted(colour, 1)));
    }

    private static float[] seen(Image image) {
        float[] mean = new float[3];
        byte[] rgb = image.rgb();
        for (int i = 0; i < rgb.length; i++) {
            mean[i % 3] += Byte.toUnsignedInt(rgb[i]) / (255f * rgb.length / 3);
        }
        return mean;
    }

    @Override
    public void close() {
        explorer.close();
    }
}
