package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(60)
class LoaderTest {
    private static final Augmentation VIEW = Augmentation.mocoV2(24, Normalization.IMAGENET);
    private static final Augmentation SMALL = Augmentation.cifarNotebook(16, Normalization.CIFAR10);

    @TempDir
    static Path root;

    private static ImageFolder folder;

    @BeforeAll
    static void draw() throws IOException {
        folder = ImageFolder.open(Drawn.folder(root.resolve("images"), 23, 3));
    }

    private static LoaderOptions options(int batchSize, int threads) {
        return LoaderOptions.of(batchSize, 7).withThreads(threads);
    }

    /** A hash of everything a consumer can see, in order. */
    private static long hash(Dataset dataset, LoaderOptions options, int epochs, int firstBatch) throws IOException {
        long hash = 0;
        try (Loader loader = Loader.open(dataset, List.of(VIEW, SMALL), options)) {
            for (int e = 0; e < epochs; e++) {
                Loader.Epoch epoch = loader.epoch(e, firstBatch);
                while (epoch.hasNext()) {
                    try (Batch batch = epoch.next()) {
                        hash = 31 * hash + hash(batch);
                    }
                }
            }
        }
        return hash;
    }

    private static long hash(Batch batch) {
        long hash = batch.number();
        hash = 31 * hash + Arrays.hashCode(batch.labels());
        hash = 31 * hash + Arrays.hashCode(batch.indices());
        for (int view = 0; view < 2; view++) {
            hash = 31 * hash + Arrays.hashCode(floats(batch.view(view)));
        }
        return hash;
    }

    /** The values in the order of the memory: rows, columns, channels. */
    private static float[] floats(Tensor tensor) {
        try (Tensor rows = tensor.permute(0, 2, 3, 1)) {
            float[] values = new float[(int) rows.numel()];
            try (FloatPointer data = new FloatPointer(rows.data_ptr_float())) {
                data.get(values);
            }
            return values;
        }
    }

    @Test
    void theSameBytesForAnyNumberOfThreads() throws IOException {
        long one = hash(folder, options(5, 1), 3, 0);
        assertThat(hash(folder, options(5, 2), 3, 0)).isEqualTo(one);
        assertThat(hash(folder, options(5, 8).withDepth(2), 3, 0)).isEqualTo(one);
        LoaderOptions kept = options(5, 1).withLast(LoaderOptions.Last.KEEP);
        assertThat(hash(folder, kept, 2, 0)).isEqualTo(hash(folder, kept.withThreads(8), 2, 0));
    }

    @Test
    void theSameBytesWhetherPicturesAreKeptOrNot() throws IOException {
        long decoded = hash(folder, options(5, 1), 3, 0);
        for (int threads : List.of(1, 2, 8)) {
            // all of them, and some
            for (long limit : new long[] {1 << 20, 20_000}) {
                try (KeptImages kept = KeptImages.of(folder, limit)) {
                    assertThat(hash(kept, options(5, threads), 3, 0)).isEqualTo(decoded);
                    assertThat(kept.bytes()).isPositive();
                }
            }
        }
    }

    @Test
    void aBatchIsWhatTheAugmentationsMake() throws IOException {
        try (Loader loader = Loader.open(folder, List.of(VIEW, SMALL), options(4, 2));
                Batch batch = loader.epoch(2).next()) {
            assertThat(batch.view(0).shape()).containsExactly(4, 3, 24, 24);
            assertThat(batch.view(1).shape()).containsExactly(4, 3, 16, 16);
            assertThat(batch.view(0).is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
            int[] indices = batch.indices();
            assertThat(indices).startsWith(Draws.of(7, 2, -1, 0).permutation(23)[0]);
            for (int view = 0; view < 2; view++) {
                Augmentation made = view == 0 ? VIEW : SMALL;
                FloatBuffer expected = FloatBuffer.allocate(4 * made.length());
                for (int index : indices) {
                    made.apply(folder.image(index), Draws.of(7, 2, index, view), new Canvas(), expected);
                }
                assertThat(floats(batch.view(view))).containsExactly(expected.array());
            }
            assertThat(batch.labels())
                    .containsExactly(IntStream.of(indices).map(folder::label).toArray());
        }
    }

    /** A contrast of an image with itself teaches nothing. */
    @Test
    void twoViewsOfAnImageAreDrawnEachForItself() throws IOException {
        try (Loader loader = Loader.open(folder, List.of(VIEW, VIEW), options(4, 2));
                Batch batch = loader.epoch(0).next()) {
            for (int i = 0; i < 4; i++) {
                assertThat(floats(batch.view(0).narrow(0, i, 1)))
                        .isNotEqualTo(floats(batch.view(1).narrow(0, i, 1)));
            }
        }
    }

    @Test
    void anEpochCanBeginInTheMiddle() throws IOException {
        List<Long> whole = new ArrayList<>();
        List<Long> rest = new ArrayList<>();
        try (Loader loader = Loader.open(folder, List.of(VIEW, SMALL), options(4, 2))) {
            for (List<Long> hashes : List.of(whole, rest)) {
                Loader.Epoch epoch = loader.epoch(1, hashes == rest ? 3 : 0);
                while (epoch.hasNext()) {
                    try (Batch batch = epoch.next()) {
                        hashes.add(hash(batch));
                    }
                }
            }
        }
        assertThat(whole).hasSize(5);
        assertThat(rest).isEqualTo(whole.subList(3, 5));
    }

    @Test
    void anEpochIsAPermutation() throws IOException {
        LoaderOptions kept = options(5, 3).withLast(LoaderOptions.Last.KEEP);
        List<List<Integer>> epochs = new ArrayList<>();
        try (Loader loader = Loader.open(folder, List.of(SMALL), kept)) {
            for (int e = 0; e < 2; e++) {
                List<Integer> seen = new ArrayList<>();
                Loader.Epoch epoch = loader.epoch(e);
                while (epoch.hasNext()) {
                    try (Batch batch = epoch.next()) {
                        IntStream.of(batch.indices()).forEach(seen::add);
                        assertThat(batch.view(0).size(0)).isEqualTo(batch.size());
                    }
                }
                assertThat(new TreeSet<>(seen)).hasSize(23);
                assertThat(seen).hasSize(23);
                epochs.add(seen);
            }
            assertThat(loader.batches()).isEqualTo(5);
        }
        assertThat(epochs.get(0)).isNotEqualTo(epochs.get(1));
    }

    @Test
    void sequentialKeepsTheOrder() throws IOException {
        LoaderOptions options = options(6, 2).withOrder(LoaderOptions.Order.SEQUENTIAL);
        try (Loader loader = Loader.open(folder, List.of(SMALL), options);
                Batch batch = loader.epoch(0).next()) {
            assertThat(batch.indices()).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void processesShareTheGlobalBatches() throws IOException {
        try (Loader whole = Loader.open(folder, List.of(SMALL), options(6, 1));
                Loader left = Loader.open(folder, List.of(SMALL), options(3, 1).withShare(0, 2));
                Loader right = Loader.open(folder, List.of(SMALL), options(3, 1).withShare(1, 2))) {
            assertThat(left.batches()).isEqualTo(whole.batches());
            Loader.Epoch all = whole.epoch(4);
            Loader.Epoch first = left.epoch(4);
            Loader.Epoch second = right.epoch(4);
            while (all.hasNext()) {
                try (Batch w = all.next();
                        Batch l = first.next();
                        Batch r = second.next()) {
                    float[] halves = floats(w.view(0));
                    int half = halves.length / 2;
                    assertThat(floats(l.view(0))).containsExactly(Arrays.copyOf(halves, half));
                    assertThat(floats(r.view(0))).containsExactly(Arrays.copyOfRange(halves, half, 2 * half));
                }
            }
        }
    }

    @Test
    void tensorsOutliveACallersScopeButNotTheBatch() throws IOException {
        try (Loader loader = Loader.open(folder, List.of(SMALL), options(4, 1))) {
            Batch batch;
            try (PointerScope scope = new PointerScope()) {
                scope.extend();
                batch = loader.epoch(0).next();
            }
            assertThat(batch.view(0).size(0)).isEqualTo(4);
            batch.close();
            batch.close();
            assertThatThrownBy(() -> batch.view(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void allBatchesOpenIsAnErrorAndNotADeadlock() throws IOException {
        try (Loader loader = Loader.open(folder, List.of(SMALL), options(4, 1).withDepth(2))) {
            Loader.Epoch epoch = loader.epoch(0);
            try (Batch first = epoch.next();
                    Batch second = epoch.next()) {
                assertThat(first.number() + second.number()).isEqualTo(1);
                assertThatThrownBy(epoch::next)
                        .hasMessageContaining("all 2 batches")
                        .hasMessageContaining("close");
            }
            epoch.next().close();
        }
    }

    @Test
    void closingInTheMiddleLeavesNoThread() throws IOException {
        Loader loader = Loader.open(folder, List.of(VIEW, VIEW), options(4, 3));
        Batch open = loader.epoch(0).next();
        loader.epoch(1).next().close();
        loader.close();
        loader.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("juxta-loader"));
        assertThat(open.view(0).size(0)).isEqualTo(4);
        open.close();
        assertThatThrownBy(() -> loader.epoch(0)).hasMessageContaining("closed");
    }

    @Test
    void memoryStaysFlatOverManyLoaders() throws IOException {
        long before = 0;
        for (int i = 0; i < 60; i++) {
            if (i == 10) {
                before = FloatPointer.totalBytes();
            }
            try (Loader loader = Loader.open(folder, List.of(VIEW, VIEW), options(8, 2))) {
                loader.epoch(0).next().close();
            }
        }
        // less where the collector has meanwhile freed what another test left to it; one loader's slots are far more
        assertThat(FloatPointer.totalBytes()).isLessThanOrEqualTo(before);
    }

    @Test
    void waitingIsReported() throws IOException {
        CountDownLatch latch = new CountDownLatch(1);
        Dataset slow = new PassingOn(folder) {
            @Override
            public Image image(int index) throws UnreadableImageException {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.image(index);
            }
        };
        try (Loader loader = Loader.open(slow, List.of(SMALL), options(4, 1))) {
            Loader.Epoch epoch = loader.epoch(0);
            Thread consumer = Thread.currentThread();
            new Thread(() -> {
                        try {
                            while (consumer.getState() != Thread.State.WAITING) {
                                Thread.onSpinWait();
                            }
                            Thread.sleep(50);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        latch.countDown();
                    })
                    .start();
            epoch.next().close();
            assertThat(loader.waitNanos()).isGreaterThan(40_000_000);
            assertThat(epoch.waitShare()).isGreaterThan(0).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aBatchLargerThanTheSetIsOneLine() {
        assertThatThrownBy(() -> Loader.open(folder, List.of(SMALL), options(24, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch size 24 is above the 23 images of the data set; choose at most 23");
    }

    @Test
    void whatAThreadThrowsReachesTheConsumer() {
        Dataset broken = new PassingOn(folder) {
            @Override
            public Image image(int index) {
                throw new UnsupportedOperationException("no such thing");
            }
        };
        try (Loader loader = Loader.open(broken, List.of(SMALL), options(4, 2))) {
            Loader.Epoch epoch = loader.epoch(0);
            assertThatThrownBy(epoch::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no such thing")
                    .hasRootCauseInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void oneBadImageIsReplacedTheSameWayByAnyThreads() throws IOException {
        Path bad = Drawn.folder(root.resolve("bad"), 23, 2);
        Files.write(bad.resolve("class0/image104.jpg"), new byte[] {1, 2, 3});
        ImageFolder dataset = ImageFolder.open(bad);
        long one = hash(dataset, options(5, 1), 2, 0);
        assertThat(hash(dataset, options(5, 8), 2, 0)).isEqualTo(one);
        LoaderOptions kept = options(23, 2);
        try (Loader loader = Loader.open(dataset, List.of(SMALL), kept)) {
            try (Batch batch = loader.epoch(0).next()) {
                assertThat(batch.indices()).doesNotContain(2).hasSize(23);
            }
            loader.epoch(1).next().close();
            assertThat(loader.unreadable()).hasSize(1).first().asString().contains("image104.jpg: not an image");
        }
    }

    @Test
    void tooManyBadImagesEndTheEpochAndAreNamed() throws IOException {
        Path bad = Drawn.folder(root.resolve("worse"), 20, 2);
        ImageFolder dataset = ImageFolder.open(bad);
        Files.delete(bad.resolve("class0/image104.jpg"));
        Drawn.write(bad.resolve("class0/image106.jpg"), 99, 99, 1);
        try (Loader loader = Loader.open(dataset, List.of(SMALL), options(20, 2))) {
            Loader.Epoch epoch = loader.epoch(0);
            assertThatThrownBy(epoch::next)
                    .isInstanceOf(UnreadableDatasetException.class)
                    .hasMessageContaining("2 of 20 images are unreadable")
                    .hasMessageContaining("image104.jpg: no longer there")
                    .hasMessageContaining("image106.jpg: changed");
        }
    }
}
