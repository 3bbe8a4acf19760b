package io.juxta.detect;

import io.juxta.Filler;
import io.juxta.Goldens;
import io.juxta.data.boxes.Boxes;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ROIAlign against numbers of detectron2's, in both floating-point types. */
class RoiAlignGoldenTest {
    /** DET-6. */
    @ParameterizedTest
    @EnumSource(names = {"Float", "Double"})
    void roiAlign(ScalarType type) {
        double[][] boxes = {
            {20, 17, 70, 60}, {-20, -10, 40, 50.5}, {30, 30, 30, 60}, {50, 40, 53, 42.5}, {-200, -150, 400, 300}
        };
        double[][] out = {
            {43.043667, 176.79826, 0.30696757, 0.29502008},
            {-21.197467, 126.62183, 0, 0, 0, -0.24163842},
            {0, 0, 0},
            {-307.80009, 307.80009, -0.34142452, -0.35165105},
            {-1.4685315, 11.059548}
        };
        double[][] back = {
            {36.346367, 56.959383}, {12.640524, 42.559468}, {0, 0}, {5.1797874, 16.200664}, {3.5087287, 14.882745}
        };
        RoiAlign align = new RoiAlign(14, 1.0 / 16);
        Tensor upstream = Filler.tensor(1241, type, 5, 3, 14, 14);
        for (int r = 0; r < 5; r++) {
            Tensor features = features(type);
            Boxes box = Boxes.of(boxes[r]);
            Tensor pooled = align.forward(features, r < 2 ? List.of(box, Boxes.NONE) : List.of(Boxes.NONE, box));
            Goldens.checksum(
                    tolerance(type), pooled, out[r][0], out[r][1], Arrays.copyOfRange(out[r], 2, out[r].length));
            pooled.mul(upstream.narrow(0, r, 1)).sum().backward();
            Goldens.checksum(features.grad(), back[r][0], back[r][1]);
        }
        Tensor features = features(type);
        List<Boxes> both = List.of(
                Boxes.join(List.of(Boxes.of(boxes[0]), Boxes.of(boxes[1]))),
                Boxes.join(List.of(Boxes.of(boxes[2]), Boxes.of(boxes[3]), Boxes.of(boxes[4]))));
        align.forward(features, both).mul(upstream).sum().backward();
        Goldens.checksum(features.grad(), 57.675407, 123.11358, -2.0025284, 1.8463734, 3.7630047, 0.52745596);
    }

    private static Tensor features(ScalarType type) {
        return Filler.tensor(1240, type, 2, 3, 6, 8).set_requires_grad(true);
    }

    private static double tolerance(ScalarType type) {
        return type == ScalarType.Double ? 1e-8 : 2e-6;
    }
}
