package io.juxta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.data.DrawnShapes;
import io.juxta.eval.Accuracy;
import io.juxta.eval.Drawn.Colours;
import io.juxta.eval.Drawn.TinyEncoder;
import io.juxta.image.Augmentation;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class SemiSupervisedTest {
    private static final int[] LABELS = {0, 1, 2, 1, 0};

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

    private static SemiSupervisedOptions options(String... lines) {
        return Recipe.parse(String.join("\n", lines), "r").bind(SemiSupervisedOptions.class);
    }

    /** The same one every time, in double precision. */
    private static TinyEncoder encoder() {
        Torch.seed(4);
        TinyEncoder encoder = new TinyEncoder();
        StateDict.convert(encoder, ScalarType.Double);
        return encoder;
    }

    private static Map<String, Tensor> copy(Map<String, Tensor> tensors) {
        Map<String, Tensor> copy = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> copy.put(name, tensor.detach().clone()));
        return copy;
    }

    /** By how much steps at these rates move each parameter; the head's are called {@code fc.*}, the encoder's own not. */
    private static Map<String, Tensor> moves(int steps, double lr, double headLr) {
        return moves(encoder(), steps, lr, headLr, "seed: 7");
    }

    private static Map<String, Tensor> moves(
            EncoderNetwork encoder, int steps, double lr, double headLr, String... said) {
        SemiSupervised tuning = new SemiSupervised(encoder, 3, options(said));
        encoder.train(true);
        Map<String, Tensor> now = new LinkedHashMap<>();
        StateDict.parameters(encoder).forEach((name, tensor) -> now.put("encoder." + name, tensor));
        now.putAll(tuning.state());
        Map<String, Tensor> before = copy(now);
        for (int step = 0; step < steps; step++) {
            tuning.step(Filler.tensor(step, 1, ScalarType.Double, LABELS.length, 3, 6, 6), LABELS, lr, headLr);
        }
        Map<String, Tensor> moves = new LinkedHashMap<>();
        now.forEach((name, tensor) -> moves.put(name, tensor.detach().sub(before.get(name))));
        return moves;
    }

    private static boolean isStill(Tensor move) {
        return move.abs().max().item_double() == 0;
    }

    @Test
    void eachPartMovesAtItsOwnRate() {
        moves(3, 0.1, 0)
                .forEach((name, move) ->
                        assertThat(isStill(move)).as(name).isEqualTo(!name.matches("encoder\\.(conv|norm)\\..*")));
        moves(3, 0, 0.1)
                .forEach((name, move) -> assertThat(isStill(move)).as(name).isEqualTo(name.startsWith("encoder.")));
    }

    /** Each stage moves by half of what it would, and each below by half of that; the head as it would. */
    @Test
    void deeperStagesMayMoveLess() {
        Map<String, Tensor> alike = moves(residual(), 1, 0.1, 0.2, "seed: 7");
        Map<String, Tensor> halved = moves(residual(), 1, 0.1, 0.2, "seed: 7", "semi-layer-decay: 0.5");
        Map<String, Double> factors = Map.of(
                "encoder.conv1.weight",
                1 / 32.0,
                "encoder.bn1.bias",
                1 / 32.0,
                "encoder.layer1.0.conv1.weight",
                1 / 16.0,
                "encoder.layer2.0.downsample.0.weight",
                1 / 8.0,
                "encoder.layer4.1.bn2.weight",
                0.5,
                "fc.weight",
                1.0);
        factors.forEach((name, factor) -> {
            Tensor expected = alike.get(name).mul(new Scalar(factor));
            assertThat(isStill(expected)).as(name).isFalse();
            assertThat(halved.get(name).sub(expected).abs().max().item_double())
                    .as(name)
                    .isLessThan(1e-12 * expected.abs().max().item_double());
        });
    }

    private static EncoderNetwork residual() {
        Torch.seed(4);
        EncoderNetwork encoder = new ResNet(
                new ResNet.Options(Architecture.named("resnet18"), Architecture.Stem.CIFAR, 8, 1),
                ProjectionHead.Kind.LINEAR,
                4);
        StateDict.convert(encoder, ScalarType.Double);
        return encoder;
    }

    /** The gradients of a step are those of the weights before it: neither part sees the other's move. */
    @Test
    void aStepIsInProportionToBothRates() {
        Map<String, Tensor> both = moves(1, 0.3, 0.7);
        Map<String, Tensor> trunk = moves(1, 0.1, 0);
        Map<String, Tensor> head = moves(1, 0, 0.1);
        both.forEach((name, move) -> {
            Tensor expected =
                    trunk.get(name).mul(new Scalar(3)).add(head.get(name).mul(new Scalar(7)));
            assertThat(move.sub(expected).abs().max().item_double()).as(name).isLessThan(1e-14);
        });
    }

    @Test
    void theHeadStartsAsLibtorchsOwn() {
        Tensor like = torch.zeros(1);
        Map<String, Tensor> head =
                LinearClassifier.head(like, 400, 50, options()).state();
        Tensor weight = head.get("fc.weight");
        assertThat(weight.abs().max().item_double()).isBetween(0.0499, 0.05);
        assertThat(weight.std().item_double()).isCloseTo(0.05 / Math.sqrt(3), within(5e-4));
        assertThat(head.get("fc.bias").abs().max().item_double()).isBetween(0.03, 0.05);
        Map<String, Tensor> other =
                LinearClassifier.head(like, 400, 50, options("seed: 1")).state();
        assertThat(torch.equal(other.get("fc.weight"), weight)).isFalse();
    }

    private static SemiSupervisedResult run(TinyEncoder encoder, int images) throws IOException {
        SemiSupervisedOptions options = options(
                "semi-epochs: 6",
                "semi-schedule: [4, 5]",
                "semi-lr: 0.05",
                "semi-head-lr: 1",
                "semi-batch-size: 16",
                "seed: 3");
        return SemiSupervised.run(
                encoder, new Colours(images, 3, 16, 1), new Colours(60, 3, 25, 50_000), options, epoch -> {});
    }

    @Test
    void learnsWhatIsSeparable() throws IOException {
        TinyEncoder encoder = encoder();
        Map<String, Tensor> before = copy(StateDict.of(encoder));
        encoder.eval();
        SemiSupervisedResult result = run(encoder, 49);
        assertThat(result.epochs()).hasSize(6);
        assertThat(result.last().validation()).isEqualTo(new Accuracy(100, 100, 60));
        assertThat(result.best().validation().top1()).isEqualTo(100);
        assertThat(result.epochs().stream().map(JudgedEpoch::lr))
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-15 ? 0 : 1)
                .containsExactly(0.05, 0.05, 0.05, 0.05, 0.01, 0.002);
        assertThat(result)
                .asString()
                .startsWith("semi-supervised: best top-1 100.00 %, top-5 100.00 % of 60 (epoch ")
                .contains("(epoch 6), calibration error 0.0 %, 0.0 % at temperature ")
                .endsWith("; fine-tuned on 49 labels, lr 0.05, head lr 1.0");
        // the batch of one image at the end of each epoch is no step, and judging moves no statistic
        assertThat(result.last().train().count()).isEqualTo(48);
        Map<String, Tensor> after = StateDict.of(encoder);
        assertThat(after.get("norm.num_batches_tracked").item_long()).isEqualTo(6 * 3);
        assertThat(torch.equal(after.get("norm.running_mean"), before.get("norm.running_mean")))
                .isFalse();
        assertThat(torch.equal(after.get("fc.weight"), before.get("fc.weight"))).isTrue();
        assertThat(encoder.is_training()).isFalse();
    }

    @Test
    void twoRunsAgreeToTheLastBit() throws IOException {
        TinyEncoder one = encoder();
        SemiSupervisedResult first = run(one, 40);
        TinyEncoder two = encoder();
        torch.rand(17);
        SemiSupervisedResult second = run(two, 40);
        assertThat(second.epochs()).isEqualTo(first.epochs());
        Map<String, Tensor> state = StateDict.of(two);
        StateDict.of(one)
                .forEach((name, tensor) -> assertThat(torch.equal(state.get(name), tensor))
                        .as(name)
                        .isTrue());
        second.classifier()
                .forEach((name, tensor) -> assertThat(
                                torch.equal(first.classifier().get(name), tensor))
                        .as(name)
                        .isTrue());
    }

    @Test
    void runsOnDataSets() throws IOException {
        Normalization n = Normalization.CIFAR10;
        DrawnShapes all = new DrawnShapes(1, 80, 16);
        List<String> said = new ArrayList<>();
        LabelSplit split = LabelSplit.balanced(all, 0.5, 1);
        SemiSupervisedOptions options =
                options("semi-epochs: 2", "semi-share: 0.5").fitTo(split, said::add);
        assertThat(said)
                .containsExactly(
                        "no rates are known for 50.00 % of the labels; for the nearest, 10 %, they are semi-lr 0.01 and"
                                + " semi-head-lr 0.2",
                        "semi-batch-size 256 becomes 40, the number of labelled images");
        List<JudgedEpoch> told = new ArrayList<>();
        SemiSupervisedResult result = SemiSupervised.run(
                new TinyEncoder(),
                split.images(),
                Augmentation.linearTrain(16, n),
                new DrawnShapes(2, 20, 16),
                Augmentation.plain(16, n),
                options,
                told::add);
        assertThat(told).isEqualTo(result.epochs());
        assertThat(result.last().train().count()).isEqualTo(40);
        assertThat(result.last().validation().count()).isEqualTo(20);
        assertThat(StateDict.shape(result.classifier().get("fc.weight"))).isEqualTo("(10, 6)");
    }

    @Test
    void theRatesAreAFifthFromEachMilestone() {
        SemiSupervisedOptions options = options("semi-share: 0.01");
        for (int epoch = 0; epoch < 20; epoch++) {
            double decay = 1;
            for (int milestone : new int[] {12, 16}) {
                decay /= epoch >= milestone ? 5 : 1;
            }
            assertThat(options.lr(epoch)).isCloseTo(0.02 * decay, within(1e-15));
            assertThat(options.headLr(epoch)).isCloseTo(5 * decay, within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0.01, 0.2",
        "semi-share: 0.1, 0.01, 0.2",
        "semi-share: 0.01, 0.02, 5",
        "semi-share: 0.031, 0.02, 5",
        "semi-share: 0.032, 0.01, 0.2",
        "semi-share: 1, 0.01, 0.2",
        "semi-lr: 0.3, 0.3, 0.2",
        "semi-head-lr: 3, 0.01, 3"
    })
    void theRatesAreThoseOfTheNearestShare(String line, double lr, double headLr) {
        assertThat(options(line).lr(0)).isEqualTo(lr);
        assertThat(options(line).headLr(11)).isEqualTo(headLr);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, semi-share: 0.1, 0",
        "0.01, semi-share: 0.01, 0",
        "0.1, '', 0",
        "0.03, '', 1",
        "0.03, semi-lr: 1, 1",
        "0.03, 'semi-lr: 1\nsemi-head-lr: 1', 0",
    })
    void aShareWithoutRatesIsAnnounced(double share, String lines, int announcements) {
        LabelSplit split = LabelSplit.balanced(new DrawnShapes(1, 5000, 16), share, 0);
        List<String> said = new ArrayList<>();
        SemiSupervisedOptions fitted = options("semi-batch-size: 16", lines).fitTo(split, said::add);
        assertThat(said).hasSize(announcements);
        assertThat(fitted.batchSize()).isEqualTo(16);
        assertThat(fitted.share()).hasValueSatisfying(s -> assertThat(s).isCloseTo(share, within(1e-3)));
        assertThat(fitted.fitTo(split, said::add)).isEqualTo(fitted);
        assertThat(said).hasSize(announcements);
    }

    @Test
    void aLossThatIsNoNumberEndsTheRun() {
        TinyEncoder encoder = encoder();
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.of(encoder).get("conv.weight").fill_(new Scalar(Double.NaN));
        }
        assertThatThrownBy(() -> run(encoder, 40))
                .isInstanceOf(IOException.class)
                .hasMessage("the loss is no number in epoch 1: semi-lr 0.05 or semi-head-lr 1.0 is too high for these"
                        + " images, lower it");
    }

    @Test
    void tooFewImagesAreRefused() {
        assertThatThrownBy(() -> run(encoder(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fine-tuning needs 2 images to learn from and 1 to judge: there are 1 and 60");
        LabelSplit one = LabelSplit.balanced(new DrawnShapes(1, 10, 16), 1, 0);
        assertThat(options().fitTo(one, line -> {}).batchSize()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "semi-share: 0",
                "semi-share: 1.5",
                "semi-lr: 0",
                "semi-lr: -1",
                "semi-head-lr: 0",
                "semi-head-lr: 1000",
                "semi-epochs: 0",
                "semi-schedule: [4, 3]",
                "semi-momentum: 1",
                "semi-weight-decay: -1",
                "semi-batch-size: 1"
            })
    void badOptionsAreRefused(String line) {
        assertThatThrownBy(() -> options(line))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith("r line 1: " + line.substring(0, line.indexOf(':')) + " ")
                .hasMessageContaining("must");
    }
}
