package io.juxta.cut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.Ranks;
import io.juxta.torch.Torch;
import io.juxta.train.Step;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CUT over several processes is CUT in one. */
@Tag("slow")
@Timeout(240)
class CutRanksTest {
    private static final int STEPS = 20;
    private static final int BATCH = 4;
    private static final int SIDE = 32;

    /** What SinCUT and WGAN-GP add: noise, negatives of all images, penalties of gradients; and batch norm. */
    private static final Map<String, String> VARIANTS = Map.of(
            "cut", "netG: resnet-6blocks\nngf: 4\nndf: 4\nn-layers-D: 2\nnetD: n-layers\n",
            "fastcut", """
                    netG: resnet-6blocks
                    ngf: 4
                    ndf: 4
                    netD: n-layers
                    n-layers-D: 2
                    lambda-nce: 10
                    nce-idt: false
                    flip-equivariance: true
                    """,
            "sincut", """
                    netG: smallstylegan2
                    netD: stylegan2
                    ngf: 1
                    ndf: 1
                    gan-mode: nonsaturating
                    lambda-nce: 4
                    nce-layers: [0, 2]
                    num-patches: 3
                    nce-negatives: batch
                    lambda-r1: 1
                    lambda-identity: 1
                    """,
            "pool", """
                    netG: resnet-6blocks
                    ngf: 4
                    ndf: 4
                    netD: n-layers
                    n-layers-D: 2
                    pool-size: 5
                    """,
            "wgangp", """
                    netG: resnet-6blocks
                    ngf: 4
                    ndf: 4
                    netD: n-layers
                    n-layers-D: 2
                    normG: batch
                    normD: none
                    gan-mode: wgangp
                    nce-negatives: batch
                    """);

    /** In float32 what rounding begins, Adam's steps of lr by the sign multiply: hence a tenth of the paper's lr. */
    @ParameterizedTest
    @CsvSource({
        "cut, Float, 2e-5, 1e-5, 4",
        "cut, Double, 2e-4, 1e-10, 4",
        "fastcut, Double, 2e-4, 1e-10, 2",
        "sincut, Double, 2e-4, 1e-10, 2",
        "pool, Double, 2e-4, 1e-10, 2",
        "wgangp, Double, 2e-4, 1e-10, 2"
    })
    void theNumberOfProcessesChangesNothing(String variant, ScalarType type, double lr, double tolerance, int most)
            throws Exception {
        Ranks.Difference difference =
                Ranks.compare(most, STEPS, communicator -> run(variant, "float32", type, lr, communicator));
        assertThat(difference.losses()).isLessThanOrEqualTo(tolerance);
        // norms, the discriminator's figures and weights are less well conditioned
        assertThat(difference.rest()).isLessThanOrEqualTo(1000 * tolerance);
    }

    /** In bfloat16 the first loss is the same to eight bits, four in a thousand, and the mean of twenty to a hundredth, as SwAV's. */
    @Test
    void inBfloat16ProcessesAgreeAsFarAsTheTypeGoes() throws Exception {
        Ranks.Roughly difference = Ranks.compareRoughly(
                STEPS, communicator -> run("cut", "bfloat16", ScalarType.Float, 2e-4, communicator));
        assertThat(difference.first()).isLessThanOrEqualTo(4e-3);
        assertThat(difference.mean()).isLessThanOrEqualTo(1e-2);
    }

    /** The losses, then all other figures of all steps, then sums over the weights at the end. */
    private static double[] run(
            String variant, String precision, ScalarType type, double lr, Communicator communicator) {
        Cut cut;
        synchronized (CutRanksTest.class) { // libtorch has one generator for all threads
            CutRecipe recipe = recipe(Objects.requireNonNull(VARIANTS.get(variant)) + "precision: " + precision + "\n");
            Torch.seed(2);
            cut = Cut.create(recipe, new Device("cpu"), type, communicator);
        }
        try (cut;
                PointerScope scope = new PointerScope()) {
            List<Double> figures = new ArrayList<>();
            List<Double> rest = new ArrayList<>();
            long n = BATCH / communicator.size();
            for (int s = 0; s < STEPS; s++) {
                try (PointerScope step = new PointerScope()) {
                    List<Tensor> domains = new ArrayList<>();
                    for (int domain = 0; domain < 2; domain++) {
                        domains.add(Filler.tensor(100L * domain + s, type, BATCH, 3, SIDE, SIDE)
                                .narrow(0, communicator.rank() * n, n));
                    }
                    Map<String, Double> metrics = cut.step(domains, new Step(s, STEPS, lr));
                    figures.add(Objects.requireNonNull(metrics.get("loss")));
                    rest.addAll(metrics.values());
                }
            }
            figures.addAll(rest);
            for (Module network : cut.networks()) {
                // not biases: instance norm undoes them, so that their gradients are rounding alone
                figures.add(
                        Arrays.stream(CutTest.matrices(network)).map(Math::abs).sum());
            }
            return figures.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private static CutRecipe recipe(String variant) {
        String common =
                "method: cut\nnce-layers: [0, 4, 8]\nnum-patches: 16\nnetF-nc: 8\nload-size: 32\ncrop-size: 32\n"
                        + "batch-size: " + BATCH + "\n";
        String text = variant.contains("nce-layers") ? common.replace("nce-layers: [0, 4, 8]\n", "") : common;
        text = variant.contains("num-patches") ? text.replace("num-patches: 16\n", "") : text;
        return CutRecipe.bind(Recipe.parse(text + variant, "test"));
    }

    @Test
    void whatProcessesWouldDoOtherwiseIsRefused() throws Exception {
        assertThatThrownBy(() -> Ranks.run(2, communicator -> {
                    Cut.create(recipe("netG: resnet-6blocks\ndropout: true\n"), new Device("cpu"), communicator);
                    return null;
                }))
                .hasMessageContaining("dropout true cannot be shared by 2 processes");
        assertThatThrownBy(() -> Ranks.run(2, communicator -> {
                    Cut.create(recipe("normD: batch\nlambda-r1: 1\n"), new Device("cpu"), communicator);
                    return null;
                }))
                .hasMessageContaining("normD batch cannot be shared by 2 processes where gradients are penalised");
    }
}
