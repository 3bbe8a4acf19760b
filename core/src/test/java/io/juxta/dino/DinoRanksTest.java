package io.juxta.dino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.backbone.PathDrop;
import io.juxta.backbone.VisionTransformer;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import io.juxta.train.embedding.PathDraws;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DINO over several processes is what it is in one. */
@Tag("slow")
@Timeout(240)
class DinoRanksTest {
    private static final int STEPS = 20;
    private static final int IMAGES = 8;

    /** DINO-1 in two processes: each one's losses, and one centre. */
    @Test
    void theLossOfTwoRanks() throws Exception {
        double[][] losses = {{10.17734669, 9.34671192}, {7.444029098, 8.849865646}};
        double[] temperatures = {0.04, 0.04 + 0.03 * 5 / 29};
        double[] sums = {0.030452745, 0.15018028};
        Ranks.run(2, communicator -> {
            try (PointerScope scope = new PointerScope();
                    Centre centre = new Centre(7, 0.9, new Device("cpu"), ScalarType.Double)) {
                for (int call = 0; call < 2; call++) {
                    Tensor s = mine(2051 + call, 4, communicator);
                    Tensor t = mine(2061 + call, 2, communicator);
                    Tensor q = SelfDistillation.targets(t, centre.mean(), temperatures[call]);
                    double loss =
                            SelfDistillation.loss(s, q, List.of(0, 1), 0.1).item_double();
                    double expected = losses[communicator.rank()][call];
                    assertThat(loss).isCloseTo(expected, within(1e-6 * expected));
                    centre.add(t, communicator);
                    assertThat(centre.mean().sum().item_double()).isCloseTo(sums[call], within(2e-6));
                }
                return null;
            }
        });
    }

    /** Crops of four images, of which this process has two. */
    private static Tensor mine(int tag, int crops, Communicator communicator) {
        return Filler.tensor(tag, ScalarType.Double, crops, 4, 7)
                .narrow(1, 2L * communicator.rank(), 2)
                .reshape(2L * crops, 7);
    }

    /** With branches left out and with batch norm in the projector, which both look at the whole batch. */
    @ParameterizedTest
    @CsvSource({"Float, 1e-5", "Double, 1e-10"})
    void theNumberOfProcessesChangesNothing(ScalarType type, double tolerance) throws Exception {
        Ranks.Difference difference = Ranks.compare(4, STEPS, communicator -> run(type, communicator));
        assertThat(difference.losses()).isLessThanOrEqualTo(tolerance);
        assertThat(difference.rest()).isLessThanOrEqualTo(100 * tolerance);
    }

    private static double[] run(ScalarType type, Communicator communicator) {
        DinoOptions options = TinyDino.options(true);
        PathDraws drawn = new PathDraws(3);
        DinoNetwork student = TinyDino.network(options, type);
        ((VisionTransformer) student.encoder()).dropPaths(new PathDrop(0.3, 2, drawn));
        try (PointerScope scope = new PointerScope();
                Dino dino = TinyDino.dino(options, 3, type, drawn, student, communicator)) {
            List<Double> figures = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                figures.add(Objects.requireNonNull(TinyDino.step(
                                dino,
                                i,
                                IMAGES,
                                TinyDino.step(i / 10, i, STEPS, 0.0005, IMAGES, communicator),
                                type,
                                communicator)
                        .get("loss")));
            }
            dino.state().forEach((name, tensor) -> {
                // biases in front of a norm and of keys have no gradient but rounding, by which AdamW moves them
                boolean tells = name.endsWith("weight") || name.contains("weight_v") || name.contains("running_var");
                if (tells && !name.startsWith("optimizer.") || name.equals("centre")) {
                    figures.add(tensor.abs().sum().item_double());
                }
            });
            return figures.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }
}
