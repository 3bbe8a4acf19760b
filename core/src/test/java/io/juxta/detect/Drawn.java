package io.juxta.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.LabelledBoxes;
import io.juxta.data.boxes.PictureSize;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the goldens of detection are made with. */
final class Drawn {
    static final List<PictureSize> SIZES = List.of(new PictureSize(96, 64), new PictureSize(64, 80));
    static final Boxes GT0 = Boxes.of(10, 12, 60, 50, 30, 5, 90, 60);
    static final Boxes GT1 = Boxes.of(4, 20, 44, 76, 15.5, 2, 62, 40.25);
    static final List<LabelledBoxes> TRUTHS = List.of(LabelledBoxes.of(GT0, 0, 2), LabelledBoxes.of(GT1, 1, 1));

    /** The first candidates are drawn. */
    static final Chance FIRST = (image, pick, n) -> IntStream.range(0, n).toArray();

    private Drawn() {}

    /** box(t; n; W, H). */
    static Boxes boxes(long tag, int n, double W, double H) {
        double[] xyxy = new double[4 * n];
        for (int i = 0; i < n; i++) {
            double x = (Filler.val(tag, 4L * i) + 1) / 2 * W;
            double y = (Filler.val(tag, 4L * i + 1) + 1) / 2 * H;
            double w = (0.1 + 0.2 * (Filler.val(tag, 4L * i + 2) + 1)) * W;
            double h = (0.1 + 0.2 * (Filler.val(tag, 4L * i + 3) + 1)) * H;
            xyxy[4 * i] = x - w / 2;
            xyxy[4 * i + 1] = y - h / 2;
            xyxy[4 * i + 2] = x + w / 2;
            xyxy[4 * i + 3] = y + h / 2;
        }
        return Boxes.of(xyxy);
    }

    static double[] values(long tag, int n, double scale) {
        return IntStream.range(0, n)
                .mapToDouble(i -> scale * Filler.val(tag, i))
                .toArray();
    }

    /** The filler times a scale, in double: not by way of float32, as the goldens of other methods. */
    static Tensor filled(long tag, double scale, ScalarType type, long... shape) {
        int count = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        return Tensor.create(values(tag, count, scale), shape).to(type);
    }

    static double sum(Boxes boxes) {
        return Arrays.stream(boxes.toArray()).sum();
    }

    static double abs(double... values) {
        return Arrays.stream(values).map(Math::abs).sum();
    }

    static double relative(ScalarType type) {
        return type == ScalarType.Double ? 1e-6 : 1e-5;
    }

    /** A number within a tolerance of its size. */
    static void near(double actual, double expected, double tolerance) {
        assertThat(actual).isCloseTo(expected, within(tolerance * Math.abs(expected)));
    }

    /** Of the fill of whole networks: each tensor with its tag and scale. */
    static void fill(FasterRcnn network, int base, ScalarType type) {
        StateDict.convert(network, type);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            int p = base;
            for (String name : order(network)) {
                refill(network, name, p++, type);
            }
        }
    }

    /** One tensor with its tag, and the scale that its name asks for. */
    static void refill(FasterRcnn network, String name, int tag, ScalarType type) {
        Tensor parameter = parameter(network, name);
        if (parameter.dim() == 1) {
            parameter.fill_(new Scalar(vector(name)));
        } else {
            parameter.copy_(filled(
                    tag, scale(name, parameter), type, parameter.sizes().vec().get()));
        }
    }

    private static double vector(String name) {
        if (name.endsWith("bias")) {
            return 0;
        }
        return name.endsWith("bn3.weight") ? 0.25 : 1;
    }

    private static double scale(String name, Tensor parameter) {
        double fanIn = (double) parameter.numel() / parameter.size(0);
        if (name.endsWith("deltas.weight")) {
            return 0.2 / Math.sqrt(fanIn);
        }
        return (name.startsWith("backbone") ? Math.sqrt(6) : 1) / Math.sqrt(fanIn);
    }

    static Tensor parameter(FasterRcnn network, String name) {
        return Objects.requireNonNull(StateDict.of(network).get(name), name);
    }

    /** The original's order of parameters: a block's shortcut first, the head's last. */
    static List<String> order(FasterRcnn network) {
        Map<String, Tensor> all = StateDict.parameters(network);
        List<String> names = new ArrayList<>();
        names.addAll(List.of("backbone.conv1.weight", "backbone.bn1.weight", "backbone.bn1.bias"));
        for (int layer = 1; layer <= 3; layer++) {
            layer(all, layer, names);
        }
        for (String part : List.of("conv", "logits", "deltas")) {
            names.addAll(List.of("rpn." + part + ".weight", "rpn." + part + ".bias"));
        }
        names.addAll(ofHead(all));
        assertThat(names).hasSameSizeAs(all.keySet());
        return names;
    }

    static List<String> ofHead(Map<String, Tensor> all) {
        List<String> names = new ArrayList<>();
        layer(all, 4, names);
        for (String part : List.of("norm", "scores", "deltas")) {
            names.addAll(List.of("head." + part + ".weight", "head." + part + ".bias"));
        }
        return names;
    }

    private static void layer(Map<String, Tensor> all, int layer, List<String> names) {
        for (int block = 0; all.containsKey("backbone.layer" + layer + "." + block + ".conv1.weight"); block++) {
            String prefix = "backbone.layer" + layer + "." + block + ".";
            if (all.containsKey(prefix + "downsample.0.weight")) {
                names.addAll(List.of(
                        prefix + "downsample.0.weight", prefix + "downsample.1.weight", prefix + "downsample.1.bias"));
            }
            for (int conv = 1; conv <= 3; conv++) {
                names.addAll(List.of(
                        prefix + "conv" + conv + ".weight",
                        prefix + "bn" + conv + ".weight",
                        prefix + "bn" + conv + ".bias"));
            }
        }
    }

    /** A ResNet-50 of width 8, three classes, 16 proposals a picture. */
    static FasterRcnn narrow() {
        return new FasterRcnn(DetectorOptions.c4("resnet50", 8).withProposalsSampled(16), 3);
    }

    /** Image i of a batch of the goldens: MoCo's pixels, before padding. */
    static Tensor image(long tag, PictureSize size, ScalarType type) {
        Tensor pixels = Filler.tensor(tag, ScalarType.Double, 3, size.height(), size.width())
                .add(new Scalar(1))
                .mul(new Scalar(127.5));
        Tensor mean = Tensor.create(new double[] {123.675, 116.28, 103.53}, 3, 1, 1);
        Tensor std = Tensor.create(new double[] {58.395, 57.12, 57.375}, 3, 1, 1);
        return pixels.sub(mean).div(std).to(type);
    }

    /** Some images, padded on the right and below. */
    static Tensor batch(long tag, ScalarType type, int... images) {
        TensorVector padded = new TensorVector();
        int height = Arrays.stream(images).map(i -> SIZES.get(i).height()).max().orElseThrow();
        int width = Arrays.stream(images).map(i -> SIZES.get(i).width()).max().orElseThrow();
        for (int i : images) {
            PictureSize size = SIZES.get(i);
            padded.push_back(torch.constant_pad_nd(
                    image(tag + i, size, type), 0, width - size.width(), 0, height - size.height()));
        }
        return torch.stack(padded);
    }
}
