package io.juxta.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AxisTest {
    /** From epoch 1 on. */
    private static List<Metrics.Value> from(int epoch, double... values) {
        List<Metrics.Value> list = new ArrayList<>();
        for (double value : values) {
            list.add(new Metrics.Value(epoch + list.size(), value));
        }
        return list;
    }

    private static Axis of(double... values) {
        return Axis.of(from(1, values), 0, Optional.empty());
    }

    @Test
    void anAxisHoldsAllThatIsNotFarOut() {
        Axis axis = of(5, 4, 3.5, 3, 2.9);
        assertThat(axis).isEqualTo(new Axis(2.9, 5, List.of()));
        assertThat(axis.isFlat()).isFalse();
        assertThat(of(3, 3.01, 3.02, 3).isFlat()).isTrue();
        assertThat(of(0, 0).isFlat()).isTrue();
    }

    @Test
    void aRareValueFarOutIsCutOffAndNamed() {
        Axis axis = of(3, 3.5, 400, 3.2, 2.5);
        assertThat(axis).isEqualTo(new Axis(2.5, 3.5, List.of(new Metrics.Value(3, 400))));
        assertThat(of(3, 400, 390, 3.2, 2.5).cut())
                .as("two of five are not rare")
                .isEmpty();
        assertThat(of(0.6, 0.54, 0.53, 0.535, 0.53).cut())
                .as("near by its size")
                .isEmpty();
        assertThat(of(3, 400, 3).cut()).as("of so few none is").isEmpty();
    }

    /** What a run began with is what it is compared with. */
    @Test
    void whatWasBeforeTrainingStays() {
        List<Metrics.Value> values = from(0, -0.06, 0.044, 0.036, 0.04, 0.035, 0.042, 0.033);
        assertThat(Axis.of(values, 0, Optional.empty()).low()).isEqualTo(-0.06);
    }

    @Test
    void allEpochsOfAnEasierTaskMayBeCutOff() {
        List<Metrics.Value> values = from(1, 0.5, 2, 5.4, 5.3, 5.2, 5.25);
        Axis axis = Axis.of(values, 2, Optional.empty());
        assertThat(axis.low()).isEqualTo(5.2);
        assertThat(axis.cut()).extracting(Metrics.Value::epoch).containsExactly(1, 2);
        assertThat(Axis.of(values.subList(0, 3), 2, Optional.empty()).cut())
                .as("one later epoch is no curve")
                .isEmpty();
    }

    @Test
    void aLineToCompareWithIsShownWhereItLeavesRoom() {
        List<Metrics.Value> values = from(1, 5.95, 5.7, 5.45, 5.1, 5.4);
        assertThat(Axis.of(values, 0, Optional.of(8.32)).high()).isEqualTo(8.32);
        assertThat(Axis.of(values, 0, Optional.of(50.0)).high()).isEqualTo(5.95);
        assertThat(Axis.of(from(1, 5.9), 0, Optional.of(50.0)).high())
                .as("with so few values it is what there is to see")
                .isEqualTo(50);
    }
}
