package io.juxta.eval.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.eval.Accuracy;
import io.juxta.eval.Layer;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnnTest {
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

    private static Tensor rows(ScalarType type, long tag, long count, long width) {
        Tensor raw = Filler.tensor(tag, type, count, width);
        return raw.div(raw.mul(raw).sum(new long[] {1}).sqrt().unsqueeze(1));
    }

    private static Tensor labels(int... labels) {
        return Tensor.create(Arrays.stream(labels).asLongStream().toArray(), labels.length);
    }

    private static double[] doubles(Tensor tensor) {
        double[] values = new double[(int) tensor.numel()];
        Tensor flat = tensor.to(ScalarType.Double).contiguous();
        flat.data_ptr_double().get(values);
        return values;
    }

    @ParameterizedTest
    @EnumSource(
            value = ScalarType.class,
            names = {"Float", "Double"})
    void givesTheNotebooksScores(ScalarType type) {
        Tensor labels = labels(IntStream.range(0, 10).map(i -> i % 3).toArray());
        Tensor scores =
                Knn.scores(rows(type, 96, 3, 4), rows(type, 97, 10, 4), labels, 3, new KnnOptions(4, 0.1, Layer.HEAD));
        double[] expected = {5090.225, 0, 2990.931, 110.1082, 1.488154, 23.28514, 281.4025, 95.49487, 9.204170};
        double[] actual = doubles(scores);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(2e-6 * expected[i]));
        }
        assertThat(scores.scalar_type().intern()).isEqualTo(type);
        Tensor best = scores.argmax(new org.bytedeco.pytorch.LongOptional(1), false);
        assertThat(doubles(best)).containsExactly(0, 0, 0);
    }

    /** Sorts the whole bank for each query, one number at a time. */
    private static double[] slow(
            double[] queries, double[] bank, int[] labels, int width, int classes, int k, double t) {
        int count = queries.length / width;
        double[] scores = new double[count * classes];
        for (int q = 0; q < count; q++) {
            double[] similarity = new double[labels.length];
            for (int n = 0; n < labels.length; n++) {
                for (int d = 0; d < width; d++) {
                    similarity[n] += queries[q * width + d] * bank[n * width + d];
                }
            }
            List<Integer> order = IntStream.range(0, labels.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(n -> -similarity[n]))
                    .toList();
            for (int n : order.subList(0, k)) {
                scores[q * classes + labels[n]] += Math.exp(similarity[n] / t);
            }
        }
        return scores;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void agreesWithASlowOne(long seed) {
        Random random = new Random(seed);
        int width = 1 + random.nextInt(12);
        int classes = 1 + random.nextInt(9);
        int size = 1 + random.nextInt(400);
        int k = 1 + random.nextInt(size);
        double t = 0.05 + random.nextDouble();
        Tensor queries = rows(ScalarType.Double, seed, 1 + random.nextInt(600), width);
        Tensor bank = rows(ScalarType.Double, seed + 100, size, width);
        int[] classOf = random.ints(size, 0, classes).toArray();
        double[] actual =
                doubles(Knn.scores(queries, bank, labels(classOf), classes, new KnnOptions(k, t, Layer.HEAD)));
        double[] expected = slow(doubles(queries), doubles(bank), classOf, width, classes, k, t);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-9 * (1 + expected[i])));
        }
    }

    @Test
    void aBankOfSeveralBlocksIsSearchedWhole() {
        int size = 150_000;
        Tensor bank = rows(ScalarType.Float, 3, size, 4);
        long[] places = {5, 65_535, 65_536, 140_001};
        Tensor queries = bank.index_select(0, Tensor.create(places, places.length));
        Tensor labels =
                Tensor.create(IntStream.range(0, size).mapToLong(i -> i % 11).toArray(), size);
        Tensor own = labels.index_select(0, Tensor.create(places, places.length));
        Accuracy accuracy = Knn.evaluate(queries, own, bank, labels, new KnnOptions(1, 0.1, Layer.HEAD));
        assertThat(accuracy).isEqualTo(new Accuracy(100, 100, 4));
    }

    @Test
    void countsTopOneAndTopFive() {
        Tensor scores = Tensor.create(new float[] {6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 5, 6}, 2, 6);
        assertThat(Accuracy.of(scores, labels(0, 1))).isEqualTo(new Accuracy(50, 100, 2));
        assertThat(Accuracy.of(scores, labels(5, 0))).isEqualTo(new Accuracy(0, 0, 2));
        assertThat(Accuracy.of(scores.narrow(1, 0, 2), labels(1, 1))).isEqualTo(new Accuracy(50, 100, 2));
        assertThat(Accuracy.of(scores, labels(0, 1))).hasToString("top-1 50.00 %, top-5 100.00 % of 2");
    }

    @Test
    void refusesWhatDoesNotFit() {
        Tensor queries = rows(ScalarType.Float, 1, 2, 4);
        Tensor bank = rows(ScalarType.Float, 2, 3, 4);
        KnnOptions two = new KnnOptions(2, 0.1, Layer.HEAD);
        assertThatThrownBy(() -> Knn.scores(queries, bank, labels(0, 1, 1), 2, KnnOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("knn-k 200 is above the 3 features of the bank: choose at most 3");
        assertThatThrownBy(() -> Knn.scores(queries, bank, labels(0, 1), 2, two))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Knn.scores(queries, bank, labels(0, -1, 1), 2, two))
                .hasMessageContaining("from -1 to 1");
        assertThatThrownBy(() -> Knn.scores(queries, bank.narrow(1, 0, 3), labels(0, 0, 1), 2, two))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Knn.evaluate(queries, labels(0, -1), bank, labels(0, 0, 1), two))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Knn.evaluate(queries.narrow(0, 0, 0), labels(), bank, labels(0, 0, 1), two))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isolatedScoresAreUnchangedInputs() {
        Tensor queries = rows(ScalarType.Float, 1, 2, 4);
        Tensor before = queries.clone();
        Knn.scores(queries, queries, labels(0, 1), 2, new KnnOptions(2, 0.1, Layer.HEAD))
                .add_(new Scalar(1));
        assertThat(doubles(queries)).containsExactly(doubles(before));
    }

    @Test
    void optionsComeFromARecipe() {
        assertThat(Recipe.defaults(KnnOptions.class)).isEqualTo(KnnOptions.defaults());
        assertThat(Recipe.parse("knn-k: 20\nknn-layer: backbone", "r").bind(KnnOptions.class))
                .isEqualTo(new KnnOptions(20, 0.1, Layer.BACKBONE));
    }

    @ParameterizedTest
    @CsvSource({"knn-k: 0", "knn-t: 0.01", "knn-t: -1"})
    void badOptionsAreRefused(String line) {
        assertThatThrownBy(() -> Recipe.parse(line, "r").bind(KnnOptions.class))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(line.substring(0, 5));
    }

    /** 200 of 245 images in two classes: nearly everyone votes. */
    @Test
    void aLargeKOfASmallBankIsSaid() {
        assertThat(KnnOptions.defaults().caution(245, 2))
                .contains("knn-k 200 is above the 122 images that a class has in the bank of 245: others vote too,"
                        + " whatever the encoder knows; knn-k 20 asks the nearest alone");
        assertThat(KnnOptions.defaults().caution(50_000, 10)).isEmpty();
        assertThat(new KnnOptions(5, 0.1, Layer.HEAD).caution(16, 4).orElseThrow())
                .endsWith("knn-k 2 asks the nearest alone");
        assertThat(new KnnOptions(4, 0.1, Layer.HEAD).caution(16, 4)).isEmpty();
    }
}
