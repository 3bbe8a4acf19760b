package io.juxta.backbone;

import io.juxta.torch.BatchNorm;
import io.juxta.torch.Container;
import io.juxta.torch.Precision;
import io.juxta.torch.Scoped;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A residual network with torchvision's key names and initial weights: convolutions normal with variance 2 / fan-out,
 * batch-norm weights 1 and biases 0, the last batch norm of a block not zeroed.
 */
@API(status = API.Status.INTERNAL)
public final class ResNet extends EncoderNetwork {
    /** Layers behind the stem. */
    public static final int STAGES = 4;

    private static final long[] POOL_KERNEL = {3, 3};
    private static final long[] POOL_STRIDE = {2, 2};
    private static final long[] ONE = {1, 1};

    /** 8 GiB of them, before anything is built; the largest published, of width 256, have an eighth. */
    private static final long MOST_PARAMETERS = 1L << 31;

    private final Options options;
    private final NormedConvolution stem;
    private final List<ResidualBlock> blocks = new ArrayList<>();
    private final int features;
    private final @Nullable ProjectionHead head;
    private int frozen;

    /**
     * What to build.
     *
     * @param architecture from {@link Architecture#named}
     * @param stem what the image meets first
     * @param width channels of the stem, a multiple of 8; 64 is the paper's, 16 a sixteenth of the work for small
     *     machines
     * @param normGroups G, batch-norm groups; 1 for plain batch normalisation
     */
    public record Options(Architecture architecture, Architecture.Stem stem, int width, int normGroups) {
        public Options {
            // oneDNN's AVX2 kernels work on blocks of 8 channels; below 8 a backward pass writes past the end of its
            // buffers (libtorch 2.10: a strided 1x1 convolution, channels last), which ends in a crash of the JVM
            if (width < 8 || width > 1024 || width % 8 != 0) {
                throw new IllegalArgumentException(
                        "width " + width + " must be a multiple of 8 from 8 to 1024 (64 is the paper's)");
            }
            if (architecture.groups() > 1 && width % 64 != 0) {
                throw new IllegalArgumentException("width " + width + " must be a multiple of 64 for "
                        + architecture.name() + ", whose convolutions have " + architecture.groups() + " groups");
            }
            if (normGroups < 1) {
                throw new IllegalArgumentException("bn-groups " + normGroups + " must be at least 1");
            }
            long parameters = parameters(architecture, stem, width);
            if (parameters > MOST_PARAMETERS) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "%s of width %d would have %,d parameters, the limit is %,d: lower width",
                        architecture.name(),
                        width,
                        parameters,
                        MOST_PARAMETERS));
            }
        }

        /** The number of weights and biases, without a head; nothing is built for it. */
        public long parameters() {
            return parameters(architecture, stem, width);
        }

        private static long parameters(Architecture architecture, Architecture.Stem stem, int width) {
            long kernel = stem == Architecture.Stem.IMAGENET ? 7 : 3;
            long values = 3 * width * kernel * kernel + 2L * width;
            long in = width;
            for (int layer = 0; layer < 4; layer++) {
                long planes = (long) width << layer;
                long out = planes * architecture.expansion();
                for (int i = 0; i < architecture.blocks().get(layer); i++) {
                    values += block(architecture, in, planes) + 2 * out;
                    if (i == 0 && (layer > 0 || in != out)) {
                        values += in * out + 2 * out;
                    }
                    in = out;
                }
            }
            return values;
        }

        /** The convolutions of a block and all norms but the last. */
        private static long block(Architecture architecture, long in, long planes) {
            if (!architecture.bottleneck()) {
                return 9 * (in + planes) * planes + 2 * planes;
            }
            long inner = planes * architecture.widthPerGroup() / 64 * architecture.groups();
            return inner * (in + 9 * inner / architecture.groups() + planes * architecture.expansion()) + 4 * inner;
        }

        /**
         * About how many values are kept for the backward pass of one image: each convolution's output, and what batch
         * norm makes of it.
         *
         * @param side of the image in pixels
         */
        public long activations(long side) {
            boolean photos = stem == Architecture.Stem.IMAGENET;
            long edge = photos ? side / 2 : side;
            long values = 2 * width * edge * edge;
            edge = photos ? edge / 2 : edge;
            for (int layer = 0; layer < 4; layer++) {
                edge = layer == 0 ? edge : (edge + 1) / 2;
                long planes = (long) width << layer;
                long inner = planes * architecture.widthPerGroup() / 64 * architecture.groups();
                long block = architecture.bottleneck() ? 2 * inner + planes * architecture.expansion() : 2 * planes;
                boolean shortcut = layer > 0 || architecture.bottleneck();
                long joined = shortcut ? planes * architecture.expansion() : 0;
                values += 2 * (architecture.blocks().get(layer) * block + joined) * edge * edge;
            }
            // the groups of a batch norm are joined again, which is one more copy of each
            return normGroups == 1 ? values : values * 3 / 2;
        }
    }

    /** A backbone without head: {@link #forward} gives the pooled features. */
    public ResNet(Options options) {
        this(options, (IntFunction<ProjectionHead>) null);
    }

    /** An encoder: a backbone with a projection head to {@code dim} values as its {@code fc}. */
    public ResNet(Options options, ProjectionHead.Kind kind, int dim) {
        this(options, in -> ProjectionHead.of(kind, in, dim));
    }

    /**
     * A backbone with a head of one's own.
     *
     * @param toHead makes the head for the width of the pooled feature; null for none
     */
    public ResNet(Options options, @Nullable IntFunction<ProjectionHead> toHead) {
        super("ResNet");
        this.options = options;
        Architecture architecture = options.architecture();
        boolean photos = options.stem() == Architecture.Stem.IMAGENET;
        stem = new NormedConvolution(3, options.width(), photos ? 7 : 3, photos ? 2 : 1, 1, options.normGroups());
        register_module("conv1", stem.conv());
        register_module("bn1", stem.norm());
        int in = options.width();
        for (int layer = 0; layer < 4; layer++) {
            int planes = options.width() << layer;
            int inner = planes * architecture.widthPerGroup() / 64 * architecture.groups();
            Container container = new Container("layer");
            for (int i = 0; i < architecture.blocks().get(layer); i++) {
                int stride = layer > 0 && i == 0 ? 2 : 1;
                blocks.add(container.register_module(
                        Integer.toString(i),
                        new ResidualBlock(architecture, in, planes, inner, stride, options.normGroups())));
                in = planes * architecture.expansion();
            }
            register_module("layer" + (layer + 1), container);
        }
        features = in;
        head = toHead == null ? null : toHead.apply(in);
        if (head != null) {
            register_module(head.key(), head.module());
        }
        initialise();
    }

    private void initialise() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (Tensor weight : StateDict.parameters(this).values()) {
                if (weight.dim() == 4) {
                    double fanOut = weight.size(0) * weight.size(2) * weight.size(3);
                    weight.normal_(0, Math.sqrt(2 / fanOut), new GeneratorOptional());
                }
            }
        }
    }

    /** Batch norm of what is frozen stays in evaluation. */
    @Override
    public void train(boolean on) {
        super.train(on);
        if (on) {
            BatchNorm.in(this).subList(0, frozenNorms()).forEach(norm -> norm.train(false));
        }
    }

    /** Norms are found in the order of their registration: stem first, then layer by layer. */
    private int frozenNorms() {
        return frozen == 0
                ? 0
                : 1
                        + blocks.subList(0, firstOf(frozen + 1)).stream()
                                .mapToInt(block -> BatchNorm.in(block).size())
                                .sum();
    }

    @Override
    public int place(String name) {
        if (name.startsWith("layer")) {
            return Character.digit(name.charAt("layer".length()), 10);
        }
        return name.startsWith("conv1.") || name.startsWith("bn1.") ? 0 : STAGES + 1;
    }

    @Override
    public int stages() {
        return STAGES;
    }

    @Override
    public void freeze(int count) {
        super.freeze(count);
        frozen = count;
        StateDict.parameters(this).forEach((name, parameter) -> {
            if (isFrozen(name)) {
                parameter.set_requires_grad(false);
            }
        });
        train(is_training());
    }

    @Override
    public boolean isFrozen(String name) {
        if (frozen == 0) {
            return false;
        }
        return name.startsWith("conv1.")
                || name.startsWith("bn1.")
                || IntStream.rangeClosed(1, frozen).anyMatch(layer -> name.startsWith("layer" + layer + "."));
    }

    @Override
    public boolean isOfBackbone(String name) {
        return name.startsWith("conv1.") || name.startsWith("bn1.") || name.startsWith("layer");
    }

    /**
     * Lets every block begin as one that passes on its input: the weight of its last batch norm is 0 (Goyal et al., 2017,
     * section 5.1).
     */
    public void zeroLastNorms() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (ResidualBlock block : blocks) {
                StateDict.parameters(block.lastNorm())
                        .values()
                        .iterator()
                        .next()
                        .zero_();
            }
        }
    }

    @Override
    public void fold(Precision precision) {
        convolutions().forEach(conv -> conv.fold(precision));
    }

    private Stream<NormedConvolution> convolutions() {
        return Stream.concat(Stream.of(stem), blocks.stream().flatMap(ResidualBlock::convolutions));
    }

    @Override
    public void close() {
        convolutions().forEach(NormedConvolution::unfold);
        super.close();
    }

    /** What this network was built from. */
    public Options options() {
        return options;
    }

    /** 512 for ResNet-18 and -34, 2048 with bottlenecks, at width 64. */
    @Override
    public int features() {
        return features;
    }

    @Override
    public Tensor head(Tensor pooled) {
        return head == null ? pooled : head.forward(pooled);
    }

    /** The feature averaged over the whole picture. */
    @Override
    public Tensor pooled(Tensor x) {
        return torch.flatten(torch.adaptive_avg_pool2d(map(x), 1, 1), 1, -1);
    }

    @Override
    public Tensor map(Tensor x) {
        return layer(4, upTo(3, x));
    }

    /**
     * Images to the map of features that a layer gives, of stride 2<sup>layer + 1</sup> behind the stem for photos.
     *
     * @param layer from 0, the stem alone, to 4
     */
    public Tensor upTo(int layer, Tensor x) {
        Tensor y = Scoped.of(() -> stem(x));
        for (int next = 1; next <= layer; next++) {
            y = layer(next, y);
        }
        return y;
    }

    private Tensor stem(Tensor x) {
        Tensor y = torch.relu_(stem.forward(x));
        if (options.stem() == Architecture.Stem.IMAGENET) {
            y = torch.max_pool2d(y, POOL_KERNEL, POOL_STRIDE, ONE, ONE, false);
        }
        return y;
    }

    /**
     * What a layer makes of the features of the one before it.
     *
     * @param layer from 1 to 4
     */
    public Tensor layer(int layer, Tensor x) {
        List<Integer> sizes = options.architecture().blocks();
        int first = firstOf(layer);
        Tensor y = x;
        for (ResidualBlock block : blocks.subList(first, first + sizes.get(layer - 1))) {
            Tensor in = y;
            y = Scoped.of(() -> block.forward(in));
            if (in != x) {
                in.close(); // a block's output is nobody's but the next one's, and the graph's
            }
        }
        return y;
    }

    /** The place of a layer's first block among all. */
    private int firstOf(int layer) {
        return options.architecture().blocks().subList(0, layer - 1).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /** Channels of the map that a layer gives. */
    public int channels(int layer) {
        return layer == 0
                ? options.width()
                : (options.width() << (layer - 1)) * options.architecture().expansion();
    }
}
