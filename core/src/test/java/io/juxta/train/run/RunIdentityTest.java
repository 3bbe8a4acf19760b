package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.data.DrawnShapes;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a resumed run must share with its checkpoint. */
class RunIdentityTest {
    record Options(
            @Default("0.9") double momentum,
            @Default("false") boolean nesterov,
            Optional<Integer> most,
            @MayChange @Default("3") int epochs) {}

    private static RunIdentity of(Options options) {
        return RunIdentity.of("any", List.of(options), new DrawnShapes(1, 2, 32));
    }

    @Test
    void aKeyThatACheckpointDoesNotKnowIsNoChangeAtItsDefault() {
        RunIdentity.Changes none =
                of(new Options(0.9, false, Optional.empty(), 3)).since("momentum: 0.9\n");
        assertThat(none.refused()).isEmpty();
        assertThat(none.allowed()).isEmpty();
        assertThat(of(new Options(0.9, true, Optional.of(4), 3))
                        .since("momentum: 0.9\n")
                        .refused())
                .containsExactly("nesterov (nothing) -> true", "most (nothing) -> 4");
        assertThat(of(new Options(0.9, false, Optional.empty(), 5))
                        .since("momentum: 0.9\n")
                        .allowed())
                .containsExactly("epochs (nothing) -> 5");
    }

    @Test
    void aDefaultThatTheCheckpointContradictsIsAChange() {
        assertThat(of(new Options(0.9, false, Optional.empty(), 3))
                        .since("momentum: 0.5\nnesterov: true\n")
                        .refused())
                .containsExactly("momentum 0.5 -> 0.9", "nesterov true -> false");
    }
}
