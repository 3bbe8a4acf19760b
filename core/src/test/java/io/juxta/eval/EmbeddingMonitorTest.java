package io.juxta.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.image.Augmentation;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.UnreadableImageException;
import io.juxta.train.health.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingMonitorTest {
    private static final Augmentation PLAIN = Augmentation.plain(16, Normalization.CIFAR10);

    @TempDir
    Path folder;

    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void anEpochGetsTheFiguresOfItsEmbeddings() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 30, 16);
        TinyEncoder encoder = new TinyEncoder();
        Map<String, Double> metrics = new LinkedHashMap<>();
        new EmbeddingMonitor(encoder, shapes, PLAIN, folder).epoch(0, metrics);

        Features all = Features.of(encoder, shapes, PLAIN, FeatureOptions.of(Layer.HEAD, FeatureOptions.Length.UNIT));
        Map<String, Double> expected = new LinkedHashMap<>();
        Health.of(all.values()).putInto(expected);
        assertThat(metrics).isEqualTo(expected).containsOnlyKeys("embedding_std", "effective_rank", "mean_cosine");
        assertThat(encoder.is_training()).isTrue();
    }

    @Test
    void theProjectorGetsVectorsNamesAndThumbnails() throws IOException {
        DrawnShapes shapes = new DrawnShapes(1, 30, 16);
        TinyEncoder encoder = new TinyEncoder();
        new EmbeddingMonitor(encoder, shapes, PLAIN, folder).measure();

        assertThat(folder.resolve("projector_config.pbtxt")).hasContent("""
                embeddings {
                  tensor_name: "embeddings"
                  tensor_path: "projector/tensors.tsv"
                  metadata_path: "projector/metadata.tsv"
                  sprite {
                    image_path: "projector/sprite.png"
                    single_image_dim: 16
                    single_image_dim: 16
                  }
                }
                """);
        Features all = Features.of(encoder, shapes, PLAIN, FeatureOptions.of(Layer.HEAD, FeatureOptions.Length.UNIT));
        List<String> rows = Files.readAllLines(folder.resolve("projector/tensors.tsv"));
        List<String> names = Files.readAllLines(folder.resolve("projector/metadata.tsv"));
        Image sprite = Decoder.read(folder.resolve("projector/sprite.png"));
        assertThat(rows).hasSize(30);
        assertThat(names).hasSize(31).startsWith("name\tclass");
        assertThat(sprite.width()).isEqualTo(6 * 16);
        assertThat(sprite.height()).isEqualTo(6 * 16);
        for (int i = 0; i < 30; i++) {
            String[] cells = rows.get(i).split("\t", -1);
            for (int d = 0; d < 4; d++) {
                float value = all.values().select(0, i).select(0, d).item_float();
                assertThat(Float.parseFloat(cells[d])).isEqualTo(value);
            }
            assertThat(names.get(i + 1))
                    .isEqualTo(shapes.name(i) + "\t" + shapes.classes().get(shapes.label(i)));
            assertThat(tile(sprite, i % 6, i / 6)).isEqualTo(shapes.image(i).rgb());
        }
        byte[] white = new byte[3 * 16 * 16];
        Arrays.fill(white, (byte) 255);
        assertThat(tile(sprite, 5, 5)).isEqualTo(white);
        try (var files = Files.list(folder.resolve("projector"))) {
            assertThat(files).hasSize(3);
        }
    }

    private static byte[] tile(Image sprite, int column, int row) {
        byte[] tile = new byte[3 * 16 * 16];
        for (int y = 0; y < 16; y++) {
            int from = 3 * ((16 * row + y) * sprite.width() + 16 * column);
            System.arraycopy(sprite.rgb(), from, tile, 3 * 16 * y, 3 * 16);
        }
        return tile;
    }

    /** A single column of names goes without a heading; what would break a row does not. */
    @Test
    void labelsAreNotNeeded() throws IOException {
        Numbered images = new Numbered(5, -1);
        new EmbeddingMonitor(new TinyEncoder(), images, PLAIN, folder).measure();
        assertThat(Files.readString(folder.resolve("projector/metadata.tsv")))
                .isEqualTo("no 0\nno 1\nno 2\nno 3\nno 4\n");
    }

    @Test
    void theSampleIsSpreadOverTheSet() {
        MonitoredImages sample = new MonitoredImages(new Numbered(1000, -1), 10);
        assertThat(IntStream.range(0, 10).mapToObj(sample::name))
                .startsWith("no\t0", "no\t100", "no\t200")
                .endsWith("no\t900");
        assertThat(new MonitoredImages(new Numbered(7, -1), 10).size()).isEqualTo(7);
    }

    @Test
    void theNextStandsForWhatCannotBeRead() throws IOException {
        MonitoredImages sample = new MonitoredImages(new Numbered(1000, 100), 10);
        assertThat(sample.image(1).rgb()[0]).isEqualTo((byte) 101);
        assertThat(sample.image(2).rgb()[0]).isEqualTo((byte) 200);
        assertThatThrownBy(() -> new MonitoredImages(new Numbered(3, 2), 10).image(2))
                .isInstanceOf(UnreadableImageException.class);
    }

    /** Images without classes, of one colour, their number; one of them cannot be read. */
    private record Numbered(int size, int unreadable) implements Dataset {
        @Override
        public Image image(int index) throws UnreadableImageException {
            if (index == unreadable) {
                throw new UnreadableImageException("torn");
            }
            byte[] rgb = new byte[3 * 16 * 16];
            Arrays.fill(rgb, (byte) index);
            return new Image(16, 16, rgb);
        }

        @Override
        public int label(int index) {
            return -1;
        }

        @Override
        public List<String> classes() {
            return List.of();
        }

        @Override
        public String name(int index) {
            return "no\t" + index;
        }
    }
}
