package io.juxta.data.boxes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Goldens;
import io.juxta.data.BatchSource;
import io.juxta.data.Split;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureBatchesTest {
    /** Wide and high ones, each with a box where the picture is white. */
    static BoxedPictures drawn(Path root, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int width = i % 3 == 0 ? 50 : 70 + i;
            int height = i % 3 == 0 ? 80 : 60;
            byte[] rgb = new byte[3 * width * height];
            int x1 = 10 + i;
            for (int y = 20; y < 40; y++) {
                for (int x = x1; x < x1 + 16; x++) {
                    rgb[3 * (y * width + x)] = rgb[3 * (y * width + x) + 1] = rgb[3 * (y * width + x) + 2] = -1;
                }
            }
            Files.write(root.resolve("p" + (100 + i) + ".png"), Png.encode(new Image(width, height, rgb)));
            Files.writeString(
                    root.resolve("p" + (100 + i) + ".xml"),
                    "<annotation><size><width>" + width + "</width><height>" + height
                            + "</height></size><object><name>white</name><bndbox><xmin>" + (x1 + 1)
                            + "</xmin><ymin>21</ymin><xmax>" + (x1 + 16)
                            + "</xmax><ymax>40</ymax></bndbox></object></annotation>");
        }
        return PictureSets.open(root, Split.TRAIN, List.of());
    }

    private static PictureBatches batches(BoxedPictures set, int size, int threads, int rank, int processes) {
        Resizing resizing = new Resizing(List.of(40, 64), 110, true);
        return new PictureBatches(
                set, new PictureBatches.Options(size, 5, 3, resizing, PixelValues.IMAGENET, threads, rank, processes));
    }

    private static List<double[]> bytes(PictureBatches batches, int epoch, int first) throws IOException {
        List<double[]> all = new ArrayList<>();
        BatchSource.Epoch pass = batches.epoch(epoch, first);
        while (pass.hasNext()) {
            try (BatchSource.Views batch = pass.next()) {
                for (int view = 0; view < 3; view++) {
                    all.add(Goldens.values(batch.view(view)));
                }
            }
        }
        return all;
    }

    /** What is white in the picture is what the boxes say, and all that is padded is 0. */
    @Test
    void boxesLieWhereTheObjectsAre(@TempDir Path root) throws IOException {
        BoxedPictures set = drawn(root, 9);
        try (PictureBatches batches = batches(set, 2, 2, 0, 1)) {
            BatchSource.Epoch epoch = batches.epoch(1);
            int mirrored = 0;
            while (epoch.hasNext()) {
                try (BatchSource.Views batch = epoch.next()) {
                    Tensor pictures = batch.view(0);
                    double[] sizes = Goldens.values(batch.view(1));
                    double[] objects = Goldens.values(batch.view(2));
                    assertThat(objects).hasSize(12);
                    for (int n = 0; n < 2; n++) {
                        assertThat(objects[6 * n]).isEqualTo(n);
                        assertThat(Math.min(sizes[2 * n], sizes[2 * n + 1])).isIn(40.0, 64.0);
                        Tensor red = pictures.select(0, n).select(0, 0);
                        int x = (int) Math.round((objects[6 * n + 2] + objects[6 * n + 4]) / 2);
                        int y = (int) Math.round((objects[6 * n + 3] + objects[6 * n + 5]) / 2);
                        double white = (255 - 123.675) / 58.395;
                        assertThat(red.get(y).get(x).item_double()).isCloseTo(white, within(1e-5));
                        assertThat(red.get(y).get((int) objects[6 * n + 4] + 3).item_double())
                                .isLessThan(0);
                        assertThat(red.get(y).get((int) objects[6 * n + 2] - 3).item_double())
                                .isLessThan(0);
                        for (int column = (int) sizes[2 * n]; column < red.size(1); column++) {
                            assertThat(red.get(y).get(column).item_double()).isZero();
                        }
                        PictureSize own = set.get(batch.indices()[n]).size();
                        double plain =
                                set.get(batch.indices()[n]).objects().boxes().x1(0) * sizes[2 * n] / own.width();
                        mirrored += Math.abs(objects[6 * n + 2] - plain) > 0.01 ? 1 : 0;
                    }
                }
            }
            assertThat(mirrored).isBetween(1, 9);
        }
    }

    @Test
    void batchesDependOnTheirNumberAlone(@TempDir Path root) throws IOException {
        BoxedPictures set = drawn(root, 9);
        try (PictureBatches one = batches(set, 2, 1, 0, 1);
                PictureBatches many = batches(set, 2, 3, 0, 1)) {
            List<double[]> all = bytes(one, 2, 0);
            List<double[]> rest = bytes(many, 2, 3);
            for (int k = 0; k < rest.size(); k++) {
                assertThat(rest.get(k)).containsExactly(all.get(9 + k));
            }
            assertThat(bytes(one, 0, 0).get(0)).isNotEqualTo(all.get(0));
        }
    }

    /** Two processes have the halves of what one has, padded alike. */
    @Test
    void processesShareABatch(@TempDir Path root) throws IOException {
        BoxedPictures set = drawn(root, 9);
        try (PictureBatches whole = batches(set, 4, 1, 0, 1);
                PictureBatches first = batches(set, 2, 1, 0, 2);
                PictureBatches second = batches(set, 2, 1, 1, 2)) {
            BatchSource.Epoch a = whole.epoch(0);
            BatchSource.Epoch b = first.epoch(0);
            BatchSource.Epoch c = second.epoch(0);
            while (a.hasNext()) {
                try (BatchSource.Views all = a.next();
                        BatchSource.Views left = b.next();
                        BatchSource.Views right = c.next()) {
                    assertThat(all.view(0).narrow(0, 0, 2).equal(left.view(0))).isTrue();
                    assertThat(all.view(0).narrow(0, 2, 2).equal(right.view(0))).isTrue();
                    assertThat(StateDict.shape(right.view(1))).isEqualTo("(2, 2)");
                }
            }
        }
    }

    /** Every picture is seen equally often, but for those that wait for their bucket to be full. */
    @Test
    void wideAndHighPicturesAreApartAndNoneIsForgotten(@TempDir Path root) throws IOException {
        BoxedPictures set = drawn(root, 9);
        PictureOrder order = new PictureOrder(set, 4, 5);
        int[] seen = new int[9];
        for (int batch = 0; batch < 45; batch++) {
            List<PictureOrder.Member> members = order.batch(batch);
            assertThat(members.stream().map(m -> m.index() % 3 == 0).distinct()).hasSize(1);
            members.forEach(m -> seen[m.index()]++);
        }
        for (int count : seen) {
            assertThat(count).isBetween(19, 21);
        }
        assertThat(order.batch(7)).isEqualTo(new PictureOrder(set, 4, 5).batch(7));
        assertThat(order.batch(7)).isNotEqualTo(new PictureOrder(set, 4, 6).batch(7));
    }

    /** DET-15. */
    @ParameterizedTest
    @CsvSource({
        "375, 500, 800, 800, 1067",
        "500, 333, 480, 721, 480",
        "281, 500, 800, 749, 1333",
        "100, 500, 800, 267, 1333",
        "1, 5000, 800, 1, 1333"
    })
    void sizes(int height, int width, int side, int newHeight, int newWidth) {
        assertThat(Resizing.resized(new PictureSize(width, height), side, 1333))
                .isEqualTo(new PictureSize(newWidth, newHeight));
    }

    @Test
    void everyShortSideIsDrawnEquallyOften() {
        Resizing resizing = new Resizing(List.of(32, 48, 64), 1333, true);
        int[] counts = new int[65];
        int mirrored = 0;
        for (int i = 0; i < 3000; i++) {
            Resizing.Way way = resizing.draw(new PictureSize(90, 60), Draws.of(1, 0, i, 0));
            counts[way.to().height()]++;
            mirrored += way.mirrored() ? 1 : 0;
        }
        assertThat(IntStream.of(32, 48, 64).map(side -> counts[side])).allMatch(count -> count > 900 && count < 1100);
        assertThat(mirrored).isBetween(1400, 1600);
        assertThat(resizing.plain(new PictureSize(90, 60)).to()).hasToString("96 x 64");
    }
}
