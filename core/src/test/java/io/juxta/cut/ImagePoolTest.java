package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.cut.losses.GanMode;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.networks.ResNetGenerator;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.distributed.Communicator;
import io.juxta.torch.Torch;
import io.juxta.train.Adam;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Earlier translations for the discriminator. */
class ImagePoolTest {
    /**
     * CycleGAN's pool in plain PyTorch (Python's random seeded with 1, P = 5, twelve batches of 2, image i full of i):
     * which place was drawn for each image, -1 where none was, and which image was seen.
     */
    private static final int[] DRAWN = {
        -1, -1, -1, -1, -1, -1, 0, -1, -1, -1, 1, -1, -1, 3, 0, 2, 1, 0, 0, -1, 0, 3, 3, 4
    };

    private static final int[] SEEN = {0, 1, 2, 3, 4, 5, 0, 7, 8, 9, 1, 11, 12, 3, 6, 2, 10, 14, 17, 19, 18, 13, 21, 4};

    @Test
    void showsWhatCycleGansPoolShows() {
        try (PointerScope scope = new PointerScope();
                ImagePool pool = pool(5, 1, 2, (step, image, size) -> {
                    int drawn = DRAWN[(int) (2 * step + image)];
                    return drawn < 0 ? OptionalInt.empty() : OptionalInt.of(drawn);
                })) {
            List<Integer> seen = new ArrayList<>();
            for (int step = 0; step < SEEN.length / 2; step++) {
                Tensor images = torch.stack(new TensorVector(full(2 * step), full(2 * step + 1)));
                Tensor shown = pool.seen(images, step);
                assertThat(shown.sizes().vec().get()).containsExactly(2, 1, 2, 2);
                for (int n = 0; n < 2; n++) {
                    double[] values = Goldens.values(shown.select(0, n));
                    assertThat(values).containsOnly(values[0]);
                    seen.add((int) values[0]);
                }
            }
            assertThat(seen.stream().mapToInt(i -> i).toArray()).isEqualTo(SEEN);
        }
    }

    private static Tensor full(int value) {
        return torch.full(new long[] {1, 2, 2}, new Scalar(value)).to(ScalarType.Double);
    }

    private static ImagePool pool(int size, int channels, int side, ImagePool.Exchange exchange) {
        long[] shape = {channels, side, side};
        return new ImagePool(size, shape, ScalarType.Double, new Device("cpu"), exchange, Communicator.single());
    }

    /** Half of the images are seen themselves; all places are drawn alike, and as the seed says. */
    @Test
    void drawsFairly() {
        ImagePool.Exchange exchange = ImagePool.Exchange.of(7);
        int[] drawn = new int[4];
        int own = 0;
        int same = 0;
        for (int i = 0; i < 8000; i++) {
            OptionalInt place = exchange.of(i / 2, i % 2, 4);
            same += place.equals(ImagePool.Exchange.of(8).of(i / 2, i % 2, 4)) ? 1 : 0;
            if (place.isEmpty()) {
                own++;
            } else {
                drawn[place.getAsInt()]++;
            }
        }
        assertThat(own).isBetween(3850, 4150);
        for (int count : drawn) {
            assertThat(count).isBetween(880, 1120);
        }
        assertThat(same).isLessThan(3500);
    }

    /** Only the discriminator sees the pool. At a learning rate of 0 its figures can be said beforehand. */
    @Test
    void theDiscriminatorSeesEarlierTranslations() {
        ScalarType type = ScalarType.Double;
        try (PointerScope scope = new PointerScope();
                Cut plain = cut(type, Optional.empty());
                Cut pooled = cut(type, Optional.of(pool(2, 3, 32, (step, image, size) -> OptionalInt.of(0))))) {
            Tensor[] A = {Filler.tensor(530, type, 2, 3, 32, 32), Filler.tensor(531, type, 2, 3, 32, 32)};
            Tensor B = Filler.tensor(540, type, 2, 3, 32, 32);
            Map<String, Double> before = pooled.step(List.of(A[0], B), new Step(0, 2, 0));
            assertThat(before).isEqualTo(plain.step(List.of(A[0], B), new Step(0, 2, 0)));
            Map<String, Double> after = pooled.step(List.of(A[1], B), new Step(1, 2, 0));
            Map<String, Double> without = plain.step(List.of(A[1], B), new Step(1, 2, 0));
            // the first image gets the place of the first of the step before, the second that of the first
            Generator G = plain.network();
            Discriminator D = (Discriminator) plain.networks().get(1);
            Tensor seen = torch.stack(new TensorVector(
                    G.forward(A[0]).select(0, 0), G.forward(A[1]).select(0, 0)));
            double expected = GanMode.LSGAN.translated(D.forward(seen)).item_double();
            assertThat(after.get("d_fake")).isCloseTo(expected, within(1e-12 * expected));
            assertThat(after.get("d_fake")).isNotCloseTo(without.get("d_fake"), within(1e-6));
            assertThat(after.get("g_gan")).isEqualTo(without.get("g_gan"));
            assertThat(after.get("d_real")).isEqualTo(without.get("d_real"));
        }
    }

    private static Cut cut(ScalarType type, Optional<ImagePool> pool) {
        ResNetGenerator G = TinyCut.generator(type);
        List<Integer> layers = List.of(0, 4);
        PatchSampler F =
                PatchSampler.projecting(layers.stream().map(G::tapChannels).toList(), 8);
        TinyCut.fill(F, 800, type);
        CutOptions options =
                new CutOptions(GanMode.LSGAN, 1, 1, false, false, layers, CutOptions.Negatives.IMAGE, 0.07, 4, 0, 0, 0);
        return new Cut(
                options,
                G,
                TinyCut.discriminator(type),
                F,
                new ChannelBridge(3, 3),
                true,
                new Adam.Options(0.5, 0.999),
                CutDraws.of(0),
                pool,
                Communicator.single(),
                List.of(MixedPrecision.none(), MixedPrecision.none()));
    }

    private static final String TINY = """
            method: cut
            netG: resnet-6blocks
            ngf: 2
            ndf: 2
            netD: n-layers
            n-layers-D: 1
            netF-nc: 4
            nce-layers: [0, 4]
            num-patches: 4
            load-size: 18
            crop-size: 16
            batch-size: 2
            pool-size: 3
            """;

    /** What a checkpoint holds is enough to go on with the same bits, the pool included. */
    @Test
    void aResumedRunSeesTheSamePool() {
        try (PointerScope scope = new PointerScope();
                Cut straight = fresh(1);
                Cut begun = fresh(1);
                Cut resumed = fresh(2)) {
            List<Map<String, Double>> figures = new ArrayList<>();
            for (int s = 0; s < 8; s++) {
                figures.add(step(straight, s));
            }
            for (int s = 0; s < 4; s++) {
                step(begun, s);
            }
            Map<String, Tensor> kept = new LinkedHashMap<>();
            begun.state()
                    .forEach((name, tensor) -> kept.put(name, tensor.detach().clone()));
            assertThat(kept.get("pool").abs().sum().item_double()).isPositive();
            resumed.state().forEach((name, tensor) -> tensor.detach().copy_(kept.get(name)));
            resumed.restored(kept);
            for (int s = 4; s < 8; s++) {
                assertThat(step(resumed, s)).isEqualTo(figures.get(s));
            }
        }
    }

    private static Cut fresh(int seed) {
        Torch.seed(seed);
        return Cut.create(recipe(""), new Device("cpu"));
    }

    private static Map<String, Double> step(Cut cut, int s) {
        Tensor A = Filler.tensor(10 + s, ScalarType.Float, 2, 3, 16, 16);
        Tensor B = Filler.tensor(20 + s, ScalarType.Float, 2, 3, 16, 16);
        return cut.step(List.of(A, B), new Step(s, 8, 2e-4));
    }

    private static CutRecipe recipe(String more) {
        return CutRecipe.bind(Recipe.parse(TINY, "r.yaml").with(more.isEmpty() ? List.of() : List.of(more.split(" "))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pool-size=-1 | pool-size -1 must be from 0 (no pool) to 4096 (50 is CycleGAN's)
            preprocess=scale_width | pool-size 3 needs views of one size, and preprocess scale_width makes several: choose one with crop, or pool-size 0
            preprocess=resize load-size=20 | pool-size 3 needs views of one size, and preprocess resize makes several: choose one with crop, or pool-size 0
            pool-size=4096 load-size=1024 crop-size=1024 | pool-size 4096 images of 3 x 1024 x 1024 would take more than 4 GiB: set at most 341
            """)
    void refusesWhatCannotBe(String settings, String message) {
        assertThatThrownBy(() -> recipe(settings)).hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
