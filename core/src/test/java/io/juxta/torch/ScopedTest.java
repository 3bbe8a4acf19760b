package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.Goldens;
import io.juxta.natives.Natives;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ScopedTest {
    @BeforeAll
    static void load() {
        Natives.torch();
    }

    @Test
    void onlyResultsOutliveTheScopeUntilTheCallersEnds() {
        List<Tensor> made = new ArrayList<>();
        List<Tensor> results;
        try (PointerScope scope = new PointerScope()) {
            results = Scoped.all(() -> {
                Tensor ones = torch.ones(3);
                made.add(ones);
                return List.of(ones.add(ones), ones.mul(new Scalar(3)));
            });
            assertThat(made.get(0).isNull()).isTrue();
            assertThat(Goldens.values(results.get(0))).containsExactly(2, 2, 2);
            assertThat(Goldens.values(results.get(1))).containsExactly(3, 3, 3);
        }
        assertThat(results).allMatch(tensor -> tensor.isNull());
    }

    @Test
    void whatWorksInPlaceLeavesItsInputToTheCaller() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = torch.ones(2).neg_();
            Tensor y = Scoped.of(() -> torch.relu_(x));
            assertThat(Goldens.values(y)).containsExactly(0, 0);
            assertThat(Goldens.values(x)).containsExactly(0, 0);
        }
    }

    @Test
    void withoutAScopeAroundTheResultIsTheCallersToClose() {
        Tensor y = Scoped.of(() -> torch.ones(2).add(torch.ones(2)));
        assertThat(Goldens.values(y)).containsExactly(2, 2);
        y.close();
        assertThat(y.isNull()).isTrue();
    }

    @Test
    void gradientsNeedNothingThatTheScopeHeld() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = torch.ones(2).mul(new Scalar(0.5)).set_requires_grad(true);
            Tensor y = Scoped.of(() -> {
                Tensor square = x.mul(x);
                return torch.relu_(square.mul(square));
            });
            y.sum().backward();
            assertThat(Goldens.values(x.grad())).containsExactly(0.5, 0.5); // 4 x³
        }
    }
}
