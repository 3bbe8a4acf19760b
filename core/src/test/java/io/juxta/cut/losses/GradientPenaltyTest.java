package io.juxta.cut.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.strips.Chain;
import io.juxta.cut.stylegan2.StyleGan2Discriminator;
import io.juxta.torch.StateDict;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Penalties where they are known on paper, and their gradients against differences of them. */
class GradientPenaltyTest {
    /** Half the squared norm of an image, times a factor: the gradient is the image times the factor. */
    private static final class Squares extends Discriminator {
        private final Tensor factor = torch.ones(1).to(ScalarType.Double);

        Squares(double value) {
            super("Squares");
            factor.mul_(new Scalar(value));
            register_parameter("factor", factor);
        }

        @Override
        public Chain chain() {
            return new Chain(1, java.util.List.of());
        }

        @Override
        public Tensor forward(Tensor x) {
            return x.square().mul(factor).mul(new Scalar(0.5)).sum(1, 2, 3);
        }
    }

    @Test
    void r1IsTheMeanOfSquaredNorms() {
        try (PointerScope scope = new PointerScope()) {
            Squares D = new Squares(3);
            Tensor real = Filler.tensor(1, ScalarType.Double, 4, 2, 3, 5);
            double squared = real.square().sum().item_double() / 4;
            Tensor penalty = R1.penalty(D, real);
            assertThat(penalty.item_double()).isCloseTo(9 * squared, within(1e-10));
            penalty.backward();
            assertThat(D.factor.grad().item_double()).isCloseTo(6 * squared, within(1e-10));
            assertThat(real.grad().defined()).isFalse();

            Tensor seen = real.detach().set_requires_grad(true);
            assertThat(R1.penalty(D.forward(seen), seen).item_double()).isEqualTo(penalty.item_double());
        }
    }

    @Test
    void wassersteinComparesNormsBetweenTheImagesWithOne() {
        try (PointerScope scope = new PointerScope()) {
            Squares D = new Squares(2);
            Tensor real = Filler.tensor(2, ScalarType.Double, 3, 2, 3, 5);
            Tensor fake = Filler.tensor(3, ScalarType.Double, 3, 2, 3, 5).set_requires_grad(true);
            double[] shares = {0, 1, 0.25};
            double expected = 0;
            double slope = 0;
            for (int i = 0; i < 3; i++) {
                Tensor between = real.select(0, i)
                        .mul(new Scalar(shares[i]))
                        .add(fake.select(0, i).mul(new Scalar(1 - shares[i])));
                double norm = between.norm().item_double();
                expected += Math.pow(2 * norm - 1, 2) / 3;
                slope += 2 * (2 * norm - 1) * norm / 3;
            }
            Tensor penalty = WassersteinPenalty.penalty(D, real, fake, Tensor.create(shares));
            assertThat(penalty.item_double()).isCloseTo(expected, within(1e-10));
            penalty.backward();
            assertThat(D.factor.grad().item_double()).isCloseTo(slope, within(1e-10));
            assertThat(fake.grad().defined()).isFalse();
        }
    }

    @Test
    void aFlatDiscriminatorPaysOneWithoutDividingByZero() {
        try (PointerScope scope = new PointerScope()) {
            Squares D = new Squares(0);
            Tensor x = Filler.tensor(4, ScalarType.Double, 2, 1, 2, 2);
            Tensor penalty = WassersteinPenalty.penalty(D, x, x, Tensor.create(new double[] {0.5, 0.5}));
            assertThat(penalty.item_double()).isCloseTo(1, within(1e-7));
            penalty.backward();
            assertThat(D.factor.grad().item_double()).isFinite();
        }
    }

    /** Through blurs, strides and rectifiers that work in place. */
    @Test
    void gradientsOfPenaltiesAreTheirDifferences() {
        try (PointerScope scope = new PointerScope()) {
            StyleGan2Discriminator D = new StyleGan2Discriminator(new StyleGan2Discriminator.Options(2, 1, 8));
            StateDict.convert(D, ScalarType.Double);
            long tag = 10;
            try (NoGradGuard guard = new NoGradGuard()) {
                for (Tensor parameter : StateDict.parameters(D).values()) {
                    parameter.copy_(Filler.tensor(
                            tag++, 1, ScalarType.Double, parameter.sizes().vec().get()));
                }
            }
            Tensor real = Filler.tensor(5, ScalarType.Double, 2, 2, 8, 8);
            Tensor fake = Filler.tensor(6, ScalarType.Double, 2, 2, 8, 8);
            Tensor shares = Tensor.create(new double[] {0.3, 0.8});
            R1.penalty(D, real)
                    .add(WassersteinPenalty.penalty(D, real, fake, shares))
                    .backward();
            StateDict.parameters(D).forEach((name, parameter) -> {
                if (!name.endsWith("weight")) {
                    return; // a bias has a say only by which side of its kink a rectifier is on
                }
                double step = 1e-6;
                double[] penalties = new double[2];
                for (int side = 0; side < 2; side++) {
                    move(parameter, side == 0 ? step : -2 * step);
                    penalties[side] = R1.penalty(D, real).item_double()
                            + WassersteinPenalty.penalty(D, real, fake, shares).item_double();
                }
                move(parameter, step);
                double difference = (penalties[0] - penalties[1]) / (2 * step);
                double slope = parameter.grad().flatten().select(0, 0).item_double();
                assertThat(slope).as(name).isCloseTo(difference, within(1e-6 + 1e-5 * Math.abs(difference)));
            });
        }
    }

    /** Moves the first value of a tensor. */
    private static void move(Tensor tensor, double step) {
        try (NoGradGuard guard = new NoGradGuard()) {
            tensor.view(-1).narrow(0, 0, 1).add_(new Scalar(step));
        }
    }
}
