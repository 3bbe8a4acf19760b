package io.juxta.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Filler;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A detector learned by several processes is that of one: batch norms, draws, losses and gradients are of all their pictures. */
@Tag("slow")
@Timeout(240)
class DetectorRanksTest {
    private static final int STEPS = 10;
    private static final int BATCH = 4;

    /** The second picture of each process has another size, the last has no object. */
    private static final List<PictureSize> SIZES =
            List.of(new PictureSize(96, 64), new PictureSize(64, 64), new PictureSize(96, 48), new PictureSize(80, 64));

    private static final List<LabelledBoxes> TRUTHS = List.of(
            LabelledBoxes.of(Boxes.of(10, 12, 60, 50, 30, 5, 90, 60), 0, 1),
            LabelledBoxes.of(Boxes.of(4, 2, 44, 60), 1),
            LabelledBoxes.of(Boxes.of(20, 8, 70, 44, 2, 2, 30, 40), 0, 0),
            LabelledBoxes.of(Boxes.NONE));

    @ParameterizedTest
    @CsvSource({"Float, 1e-5, 2", "Double, 1e-10, 4"})
    void theNumberOfProcessesChangesNothing(ScalarType type, double tolerance, int most) throws Exception {
        Ranks.Difference difference = Ranks.compare(most, 5 * STEPS, communicator -> run(type, communicator));
        assertThat(difference.losses()).isLessThanOrEqualTo(tolerance);
        assertThat(difference.rest()).isLessThanOrEqualTo(100 * tolerance);
    }

    /** The losses of all steps, then norms of gradients, then sums over the weights at the end. */
    private static double[] run(ScalarType type, Communicator communicator) {
        FasterRcnn network;
        synchronized (DetectorRanksTest.class) { // libtorch has one generator for all threads
            Torch.seed(2);
            network = new FasterRcnn(new DetectorOptions("resnet18", 8, 16, 32, 16, 200, 40, 100, 20, 0.05, 100), 2);
        }
        network.to(type, false);
        try (DetectorLearner learner =
                        new DetectorLearner(network, new Sgd.Options(0.9, 1e-4, false), 7, communicator);
                PointerScope scope = new PointerScope()) {
            List<Double> losses = new ArrayList<>();
            List<Double> rest = new ArrayList<>();
            int n = BATCH / communicator.size();
            int first = communicator.rank() * n;
            for (int s = 0; s < STEPS; s++) {
                try (PointerScope step = new PointerScope()) {
                    Tensor pictures =
                            Filler.tensor(100L + s, type, BATCH, 3, 64, 96).narrow(0, first, n);
                    Map<String, Double> figures = learner.step(
                            new DetectorLearner.Views(
                                    pictures, SIZES.subList(first, first + n), TRUTHS.subList(first, first + n)),
                            0.002,
                            Chance.of(7, s, first));
                    for (String name : List.of("loss", "loss_class", "loss_box", "loss_objectness", "loss_proposal")) {
                        losses.add(Objects.requireNonNull(figures.get(name)));
                    }
                    rest.add(Objects.requireNonNull(figures.get("grad_norm")));
                }
            }
            losses.addAll(rest);
            StateDict.of(network).forEach((name, tensor) -> {
                if (name.endsWith("weight") || name.endsWith("running_mean")) {
                    losses.add(tensor.to(ScalarType.Double).abs().sum().item_double());
                }
            });
            return losses.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }
}
