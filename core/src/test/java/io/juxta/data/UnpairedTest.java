package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.ViewShape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(60)
class UnpairedTest {
    private static final long SEED = 7;
    private static final Augmentation VIEW_A = Augmentation.cifarNotebook(16, Normalization.HALF);
    private static final Augmentation VIEW_B = Augmentation.linearTrain(12, Normalization.HALF);
    private static final Augmentation LATER_A = Augmentation.plain(16, Normalization.HALF);
    private static final Augmentation LATER_B = Augmentation.plain(20, Normalization.HALF);

    @TempDir
    static Path root;

    private static ImageFolder a;
    private static ImageFolder b;
    private static Unpaired samples;

    @BeforeAll
    static void draw() throws IOException {
        a = ImageFolder.open(Drawn.folder(root.resolve("trainA"), 5, 1));
        b = ImageFolder.open(Drawn.folder(root.resolve("trainB"), 13, 1));
        samples = Unpaired.of(new Domains(a, b), Unpaired.Pairing.RANDOM, VIEW_A, VIEW_B)
                .from(2, LATER_A, LATER_B);
    }

    private static LoaderOptions options(int batchSize, int threads) {
        return LoaderOptions.of(batchSize, SEED).withThreads(threads);
    }

    /** A hash of each batch of an epoch. */
    private static List<Long> hashes(Samples samples, LoaderOptions options, int epoch, int firstBatch)
            throws IOException {
        List<Long> hashes = new ArrayList<>();
        try (Loader loader = Loader.open(samples, options)) {
            Loader.Epoch batches = loader.epoch(epoch, firstBatch);
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    long hash = batch.number();
                    for (int view = 0; view < 2; view++) {
                        hash = 31 * hash + Arrays.hashCode(batch.indices(view));
                        hash = 31 * hash + Arrays.hashCode(batch.view(view).shape());
                        hash = 31 * hash + Arrays.hashCode(floats(batch.view(view)));
                    }
                    hashes.add(hash);
                }
            }
        }
        return hashes;
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
    void theSameBytesForAnyThreadsAndFromAnyBatch() throws IOException {
        for (int epoch : new int[] {0, 2}) {
            List<Long> one = hashes(samples, options(3, 1), epoch, 0);
            assertThat(one).hasSize(4).doesNotHaveDuplicates();
            assertThat(hashes(samples, options(3, 2), epoch, 0)).isEqualTo(one);
            assertThat(hashes(samples, options(3, 8).withDepth(2), epoch, 0)).isEqualTo(one);
            for (int first = 1; first <= 4; first++) {
                assertThat(hashes(samples, options(3, 2), epoch, first)).isEqualTo(one.subList(first, 4));
            }
        }
    }

    /** The same, written out sample by sample. */
    @Test
    void aBatchIsWhatTheDescriptionSays() throws IOException {
        try (Loader loader = Loader.open(samples, options(13, 2))) {
            for (int epoch = -1; epoch < 4; epoch++) {
                Augmentation viewA = epoch < 2 ? VIEW_A : LATER_A;
                Augmentation viewB = epoch < 2 ? VIEW_B : LATER_B;
                int[] order = Draws.of(SEED, epoch, -1, 0).permutation(13);
                int[] ofA = new int[13];
                int[] ofB = new int[13];
                FloatBuffer expectedA = FloatBuffer.allocate(13 * viewA.length());
                FloatBuffer expectedB = FloatBuffer.allocate(13 * viewB.length());
                for (int row = 0; row < 13; row++) {
                    ofA[row] = order[row] % 5;
                    ofB[row] = Draws.of(SEED, epoch, order[row], -3).below(13);
                    viewA.apply(a.image(ofA[row]), Draws.of(SEED, epoch, order[row], 0), new Canvas(), expectedA);
                    viewB.apply(b.image(ofB[row]), Draws.of(SEED, epoch, order[row], 1), new Canvas(), expectedB);
                }
                try (Batch batch = loader.epoch(epoch).next()) {
                    assertThat(batch.indices()).containsExactly(ofA);
                    assertThat(batch.indices(1)).containsExactly(ofB);
                    assertThat(floats(batch.view(0))).containsExactly(expectedA.array());
                    assertThat(floats(batch.view(1))).containsExactly(expectedB.array());
                }
            }
        }
    }

    @Test
    void anEpochGoesThroughTheLargerDomainOnce() throws IOException {
        Unpaired serial = Unpaired.of(new Domains(b, a), Unpaired.Pairing.SERIAL, VIEW_B, VIEW_A);
        TreeSet<Integer> seen = new TreeSet<>();
        try (Loader loader = Loader.open(serial, options(1, 2))) {
            assertThat(loader.batches()).isEqualTo(13);
            Loader.Epoch epoch = loader.epoch(0);
            while (epoch.hasNext()) {
                try (Batch batch = epoch.next()) {
                    int index = batch.indices()[0];
                    seen.add(index);
                    assertThat(batch.indices(1)).containsExactly(index % 5);
                }
            }
        }
        assertThat(seen).hasSize(13);
    }

    @Test
    void randomPartnersAreAnyAndOthersInEachEpoch() {
        Unpaired many = Unpaired.of(new Domains(a, b), Unpaired.Pairing.RANDOM, VIEW_A, VIEW_B);
        int[] counts = new int[13];
        for (int epoch = 0; epoch < 1000; epoch++) {
            for (int sample = 0; sample < 13; sample++) {
                counts[many.image(sample, 1, Draws.of(1, epoch, sample, -3))]++;
            }
        }
        // 13,000 draws of 13: 1000 each, within five deviations
        assertThat(IntStream.of(counts)).allMatch(count -> Math.abs(count - 1000) < 155);
    }

    @Test
    void anUnreadableImageIsReplacedWithinItsDomain() throws IOException {
        Path bad = Drawn.folder(root.resolve("badA"), 5, 1);
        Files.write(bad.resolve("class0/image104.jpg"), new byte[] {1, 2, 3});
        ImageFolder broken = ImageFolder.open(bad);
        Unpaired mixed = Unpaired.of(new Domains(broken, b), Unpaired.Pairing.SERIAL, VIEW_A, VIEW_B);
        try (Loader loader = Loader.open(mixed, options(13, 2));
                Batch batch = loader.epoch(0).next()) {
            assertThat(IntStream.of(batch.indices())).doesNotContain(4).allMatch(i -> i < 5);
            assertThat(IntStream.of(batch.indices(1)).sorted().toArray())
                    .containsExactly(IntStream.range(0, 13).toArray());
            assertThat(loader.unreadable()).hasSize(1);
        }
        assertThat(hashes(mixed, options(4, 8), 1, 0)).isEqualTo(hashes(mixed, options(4, 1), 1, 0));
    }

    @Test
    void anEmptyDomainIsOneLine() {
        Dataset none = new Subset(a, List.of());
        assertThatThrownBy(() -> Unpaired.of(new Domains(a, none), Unpaired.Pairing.RANDOM, VIEW_A, VIEW_B))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("domain B has no images; both domains need at least one");
    }

    @Test
    void imagesCanKeepTheirSizesOneAtATime() throws IOException {
        Augmentation grey = Augmentation.ofOwnSizes("own", 1, Normalization.HALF, List.of());
        Augmentation own = Augmentation.ofOwnSizes("own", 3, Normalization.HALF, List.of());
        Unpaired each = Unpaired.of(new Domains(a, b), Unpaired.Pairing.SERIAL, grey, own);
        try (Loader loader = Loader.open(each, options(1, 3))) {
            Loader.Epoch epoch = loader.epoch(0);
            while (epoch.hasNext()) {
                try (Batch batch = epoch.next()) {
                    Image image = a.image(batch.indices()[0]);
                    Image other = b.image(batch.indices(1)[0]);
                    assertThat(batch.view(0).shape()).containsExactly(1, 1, image.height(), image.width());
                    assertThat(batch.view(1).shape()).containsExactly(1, 3, other.height(), other.width());
                    assertThat(batch.view(1).is_contiguous(MemoryFormat.ChannelsLast))
                            .isTrue();
                    float[] reds = floats(batch.view(0));
                    for (int i = 0; i < reds.length; i++) {
                        assertThat(reds[i]).isEqualTo(((image.rgb()[3 * i] & 255) / 255f - 0.5f) / 0.5f);
                    }
                }
            }
        }
        assertThat(hashes(each, options(1, 8), 0, 0)).isEqualTo(hashes(each, options(1, 1), 0, 0));
    }

    @Test
    void differentSizesInOneBatchAreOneLine() {
        Augmentation own = Augmentation.ofOwnSizes("own", 3, Normalization.HALF, List.of());
        assertThatThrownBy(own::length).hasMessageContaining("no size in common");
        assertThat(VIEW_A.shape()).contains(new ViewShape(3, 16, 16));
        Unpaired each = Unpaired.of(new Domains(a, b), Unpaired.Pairing.SERIAL, own, own);
        try (Loader loader = Loader.open(each, options(2, 1).withOrder(LoaderOptions.Order.SEQUENTIAL))) {
            Loader.Epoch epoch = loader.epoch(0);
            assertThatThrownBy(epoch::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage(root.resolve("trainA/class0/image101.png")
                            + ": its view is 41 x 37 pixels, another of the same batch 40 x 36;"
                            + " crop them to one size, or choose batch size 1");
        }
    }
}
