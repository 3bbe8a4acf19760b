package io.juxta.backbone;

import static io.juxta.backbone.FilledTransformer.filled;
import static io.juxta.backbone.FilledTransformer.input;
import static io.juxta.backbone.FilledTransformer.tiny;
import static io.juxta.backbone.FilledTransformer.values;
import static io.juxta.backbone.TransformerOptions.FeedForward.MLP;
import static org.assertj.core.api.Assertions.assertThat;

import io.juxta.torch.StateDict;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Positions for images of another size than the table is of, as DINO, DINOv2 and timm interpolate them. */
class PositionsGoldenTest {
    private final PointerScope scope = new PointerScope();

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({
        "2120, 20, 28, DINO, 4.1719285, 183.722, -0.15837792, -0.67832258, 37.636633, -0.83917939",
        "2120, 20, 28, DINO_ANTIALIASED, 4.5487005, 175.28922, -0.16750226, -0.67115294, 37.624564,",
        "2120, 20, 28, PLAIN, 4.8027826, 184.55082, -0.15987211, -0.68321605, 37.599445,",
        "2120, 20, 28, ANTIALIASED, 5.2006977, 175.7452, -0.16867898, -0.67720388, 37.530856, -0.80155448",
        "2121, 12, 12, DINO, 0.9337583, 36.56421, -0.22948755, -0.25274834, 40.80616,",
        "2121, 12, 12, DINO_ANTIALIASED, 0.78239926, 32.513134, -0.25216232, -0.2546031, 40.885421,",
        "2121, 12, 12, PLAIN, 1.3890537, 39.082384, -0.23408427, -0.26893108, 40.65474,",
        "2121, 12, 12, ANTIALIASED, 1.1189517, 33.211964, -0.25235613, -0.26326398, 40.866229,"
    })
    void otherSizes(
            int tag,
            int height,
            int width,
            Positions positions,
            double sum,
            double abs,
            double first,
            double classSum,
            double classAbs,
            Double classFirst) {
        for (GoldenDigits digits : GoldenDigits.values()) {
            VisionTransformer network = filled(tiny(positions, 0, false, MLP), digits.type);
            Tensor whole = Objects.requireNonNull(StateDict.of(network).get("pos_embed"));
            Tensor table = positions.table(whole, 4, height / 4, width / 4);
            digits.check(5e-7, table.narrow(1, 1, table.size(1) - 1), sum, abs, first);
            assertThat(table.narrow(1, 0, 1).equal(whole.narrow(1, 0, 1))).isTrue();
            Tensor x = input(tag, digits.type, 2, 3, height, width);
            Tensor cls = network.tokens(x).cls();
            if (classFirst == null) {
                digits.tokens(cls, classSum, classAbs);
            } else {
                digits.tokens(cls, classSum, classAbs, classFirst);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"DINO, 236.66865", "ANTIALIASED, 226.50691"})
    void gradientOfTheTable(Positions positions, double abs) {
        for (GoldenDigits digits : GoldenDigits.values()) {
            VisionTransformer network = filled(tiny(positions, 0, false, MLP), digits.type);
            Tensor whole = Objects.requireNonNull(StateDict.of(network).get("pos_embed"));
            Tensor upstream = input(2123, digits.type, 1, 36, 24).narrow(1, 1, 35);
            positions.table(whole, 4, 5, 7).narrow(1, 1, 35).mul(upstream).sum().backward();
            digits.gradient(whole.grad().narrow(1, 1, 16), 2.5035518, abs);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "37, 16, DINO, -1.1380278, 213.01185",
        "37, 16, ANTIALIASED, -5.2858606, 82.859233",
        "14, 6, DINO, 0.27307721, 30.870237"
    })
    void largeTables(int grid, int side, Positions positions, double sum, double abs) {
        for (GoldenDigits digits : GoldenDigits.values()) {
            Tensor whole = values(2130, 0, 0.5, digits.type, 1, 1 + grid * grid, 4);
            Tensor table = positions.table(whole, grid, side, side);
            digits.check(5e-7, table.narrow(1, 1, side * side), sum, abs);
        }
    }

    /** As many patches in another shape are interpolated too. */
    @Test
    void anotherShapeOfAsManyPatches() {
        VisionTransformer network = filled(tiny(Positions.DINO, 0, false, MLP), ScalarType.Double);
        Tensor whole = Objects.requireNonNull(StateDict.of(network).get("pos_embed"));
        assertThat(Positions.DINO.table(whole, 4, 2, 8).equal(whole)).isFalse();
        assertThat(Positions.DINO.table(whole, 4, 4, 4).equal(whole)).isTrue();
    }
}
