package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.eval.Drawn.Colours;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.eval.Features;
import io.juxta.eval.LabelledImages;
import io.juxta.eval.probe.LinearProbeOptions.Mode;
import io.juxta.image.Draws;
import io.juxta.torch.Torch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A whole probe beside one that is written out: which images make which steps, and what a step of SGD does. */
@Tag("slow")
class LinearProbeReplayTest {
    private static final int CLASSES = 3;
    private static final int EPOCHS = 3;
    private static final int BATCH = 16;
    private static final double LR = 0.5;
    private static final double MOMENTUM = 0.9;
    private static final double WEIGHT_DECAY = 0.1;

    private final Colours train = new Colours(40, CLASSES, BATCH, 1);
    private final List<Integer> passes = new ArrayList<>();

    /** The training images, which remember what they were asked for. */
    private final LabelledImages watched = new LabelledImages() {
        @Override
        public int size() {
            return train.size();
        }

        @Override
        public int classes() {
            return CLASSES;
        }

        @Override
        public void read(int pass, Consumer consumer) throws IOException {
            passes.add(pass);
            train.read(pass, consumer);
        }
    };

    private record Row(double[] features, int label) {}

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyStepIsTheOneThatIsWrittenOut(Mode mode) throws IOException {
        LinearProbeOptions options = LinearProbeOptions.of(List.of(
                "probe-epochs=" + EPOCHS,
                "probe-lr=" + LR,
                "probe-schedule=[1]",
                "probe-weight-decay=" + WEIGHT_DECAY,
                "probe-batch-size=" + BATCH,
                "probe-mode=" + mode.name().toLowerCase(Locale.ROOT),
                "seed=3"));
        try (PointerScope scope = new PointerScope()) {
            Torch.seed(4);
            TinyEncoder encoder = new TinyEncoder();
            Colours validation = new Colours(6, CLASSES, 6, 50_000);
            LinearProbeResult result = LinearProbe.run(encoder, watched, validation, options, epoch -> {});
            assertThat(passes)
                    .containsExactlyElementsOf(
                            mode == Mode.CACHED
                                    ? List.of(0)
                                    : IntStream.range(0, EPOCHS).boxed().toList());

            encoder.eval();
            Map<String, Tensor> initial = LinearClassifier.probe(
                            Features.like(encoder).orElseThrow(), encoder.features(), CLASSES, options)
                    .state();
            double[][] w = weights(initial);
            double[][] velocity = new double[CLASSES][encoder.features() + 1];
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                for (List<Row> batch : batches(encoder, mode, epoch)) {
                    step(w, velocity, batch, epoch == 0 ? LR : LR / 10);
                }
            }
            double[][] trained = weights(result.classifier());
            for (int c = 0; c < CLASSES; c++) {
                assertThat(trained[c]).containsExactly(w[c], within(1e-4));
            }
        }
    }

    /** A row for each class; its bias stands last. */
    private static double[][] weights(Map<String, Tensor> state) {
        Tensor weight = state.getOrDefault("fc.weight", new Tensor());
        Tensor bias = state.getOrDefault("fc.bias", new Tensor());
        double[][] rows = new double[CLASSES][(int) weight.size(1) + 1];
        for (int c = 0; c < CLASSES; c++) {
            double[] of = values(weight.select(0, c));
            System.arraycopy(of, 0, rows[c], 0, of.length);
            rows[c][of.length] = bias.select(0, c).item_double();
        }
        return rows;
    }

    private static double[] values(Tensor row) {
        return IntStream.range(0, (int) row.size(0))
                .mapToDouble(i -> row.select(0, i).item_double())
                .toArray();
    }

    private List<List<Row>> batches(TinyEncoder encoder, Mode mode, int epoch) throws IOException {
        List<Row> rows = new ArrayList<>();
        train.read(mode == Mode.CACHED ? 0 : epoch, (images, labels) -> {
            Tensor features = encoder.pooled(images);
            for (int n = 0; n < labels.length; n++) {
                rows.add(new Row(values(features.select(0, n)), labels[n]));
            }
        });
        List<Row> ordered = mode == Mode.CACHED
                ? Arrays.stream(Draws.of(3, epoch, -1, 0).permutation(rows.size()))
                        .mapToObj(rows::get)
                        .toList()
                : rows;
        return Stream.iterate(0, from -> from < ordered.size(), from -> from + BATCH)
                .map(from -> ordered.subList(from, Math.min(ordered.size(), from + BATCH)))
                .toList();
    }

    private static void step(double[][] w, double[][] velocity, List<Row> batch, double lr) {
        double[][] gradient = new double[CLASSES][w[0].length];
        for (Row row : batch) {
            double[] x = Arrays.copyOf(row.features, row.features.length + 1);
            x[row.features.length] = 1;
            double[] e = new double[CLASSES];
            for (int c = 0; c < CLASSES; c++) {
                double z = 0;
                for (int d = 0; d < x.length; d++) {
                    z += w[c][d] * x[d];
                }
                e[c] = Math.exp(z);
            }
            double sum = Arrays.stream(e).sum();
            for (int c = 0; c < CLASSES; c++) {
                double error = e[c] / sum - (c == row.label ? 1 : 0);
                for (int d = 0; d < x.length; d++) {
                    gradient[c][d] += error * x[d] / batch.size();
                }
            }
        }
        for (int c = 0; c < CLASSES; c++) {
            for (int d = 0; d < gradient[c].length; d++) {
                velocity[c][d] = MOMENTUM * velocity[c][d] + gradient[c][d] + WEIGHT_DECAY * w[c][d];
                w[c][d] -= lr * velocity[c][d];
            }
        }
    }
}
