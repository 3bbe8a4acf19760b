package io.juxta.exchange;

import io.juxta.backbone.ResNet;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerSize;
import io.juxta.backbone.VisionTransformer;
import io.juxta.cut.TrainedGenerator;
import io.juxta.detect.DetectionName;
import io.juxta.detect.TrainedDetector;
import io.juxta.eval.probe.GivenClassifier;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.train.LearningRate;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Beside;
import io.juxta.weights.Detectron2;
import io.juxta.weights.MocoKeys;
import io.juxta.weights.PyTorchWriter;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsException;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Writes trained networks for other programs. What is written lies beside its place, is read back from there and compared, and
 * gets its name when it has all that {@link ExportFormat#demands} says. It is in float32, also where the weights were held in a
 * shorter type: few readers take those.
 *
 * <pre>{@code
 * Export.write(Path.of("runs/photos"), ExportFormat.TORCHVISION, Export.Options.plain("1.0"), Path.of("encoder.pth"));
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class Export {
    /** What stands before the names of SGD's momentum in a checkpoint. */
    private static final String MOMENTUM = "sgd.";

    /**
     * How a file is written.
     *
     * @param head whether onnx gives embeddings instead of features, and safetensors keeps the head
     * @param norms of onnx
     * @param version of this library, which an onnx file names as its producer's
     */
    public record Options(boolean head, BatchNorms norms, String version) {
        /** Without a head, and with batch norms as they are. */
        public static Options plain(String version) {
            return new Options(false, BatchNorms.KEPT, version);
        }
    }

    private final KnownWeights known;
    private final ExportFormat format;
    private final Options options;
    private final Path output;
    /** Of checkpoints all that they hold; of what another program has written nothing but the network. */
    private final Map<String, Tensor> tensors;
    /** A classifier that stands behind an encoder. */
    private @Nullable OnnxClassifier behind;

    private Export(KnownWeights known, ExportFormat format, Options options, Path output) {
        this.known = known;
        this.format = format;
        this.options = options;
        this.output = output;
        tensors = known.weights().whole().tensors();
    }

    /** The file that would be exported of a run's folder: of formats that are checkpoints its last, else what it delivers. */
    public static Path source(Path given, ExportFormat format) throws IOException {
        Path last = given.resolve("checkpoints/last.safetensors");
        return format.isCheckpoint() && Files.isRegularFile(last) ? last : KnownWeights.file(given);
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @param given whatever {@link KnownWeights} takes
     * @return the shorter type that the weights were held in; empty where they were in float32
     * @throws IllegalArgumentException when the network is not to be had in this format, in one line
     * @throws IOException when it lacks what the format's reader demands, or cannot be read or written, in one line that names
     *     the file
     */
    public static Optional<String> write(Path given, ExportFormat format, Options options, Path output)
            throws IOException {
        if (options.norms() == BatchNorms.FOLDED && format != ExportFormat.ONNX) {
            throw new IllegalArgumentException("--fold-bn is for --format onnx alone: leave it out for " + format);
        }
        try (PointerScope scope = new PointerScope();
                KnownWeights known = KnownWeights.read(source(given, format))) {
            Export export = new Export(known, format, options, output);
            if (known.method().equals(DetectionName.METHOD)) {
                export.detector();
            } else if (known.method().equals("cut")) {
                export.generator();
            } else {
                export.encoder(export.trained());
            }
            return known.heldIn();
        }
    }

    /** What becomes of the file; of a classifier as onnx all of it. */
    private TrainedEncoder trained() throws IOException {
        boolean classifies = tensors.keySet().stream().anyMatch(name -> name.startsWith(GivenClassifier.PREFIX));
        if (format != ExportFormat.ONNX || !classifies) {
            return TrainedEncoder.of(known, Devices.parse("cpu"));
        }
        if (options.head()) {
            throw new IllegalArgumentException(
                    known.file() + " is a classifier, whose onnx gives probabilities: leave out --head");
        }
        TrainedClassifier classifier = TrainedClassifier.read(known.file(), Devices.parse("cpu"));
        behind = OnnxClassifier.of(classifier);
        return classifier.encoder();
    }

    private OnnxEncoder.Options onnx(TrainedEncoder encoder) {
        OnnxEncoder.Output gives = options.head() ? OnnxEncoder.Output.EMBEDDING : OnnxEncoder.Output.FEATURE;
        return new OnnxEncoder.Options(gives, options.norms(), encoder.input(), options.version(), behind);
    }

    private void encoder(TrainedEncoder encoder) throws IOException {
        Map<String, Tensor> state = encoder.state();
        if (encoder.network() instanceof VisionTransformer transformer) {
            transformer(encoder, transformer);
            return;
        }
        Map<String, Tensor> backbone = new LinkedHashMap<>(state);
        backbone.keySet().removeIf(name -> !isBackbone(name));
        ResNet resnet = encoder.resnet();
        String arch = resnet.options().architecture().name();
        if (format != ExportFormat.ONNX && format != ExportFormat.SAFETENSORS) {
            refuseHead();
        }
        switch (format) {
            case ONNX -> OnnxEncoder.write(output, resnet, onnx(encoder));
            case DETECTRON2 -> detectron2(backbone);
            case SAFETENSORS ->
                safetensors(
                        options.head() ? state : backbone,
                        Map.of("arch", arch, "format", "pt"),
                        EnumSet.of(Foreign.Kind.RESNET, Foreign.Kind.SWAV, Foreign.Kind.DEEPCLUSTER));
            case TORCHVISION, TIMM -> pytorch(backbone, EnumSet.of(Foreign.Kind.RESNET));
            case HUGGINGFACE ->
                safetensors(
                        HuggingFaceWriting.resnet(backbone, resnet.options()),
                        Map.of("format", "pt"),
                        EnumSet.of(Foreign.Kind.RESNET));
            case MOCO -> {
                requireMethod("moco");
                pytorch(moco(resnet, arch), EnumSet.of(Foreign.Kind.MOCO_V1, Foreign.Kind.MOCO_V2));
            }
            case SWAV -> {
                requireMethod("swav");
                pytorch(distributed(state, arch), EnumSet.of(Foreign.Kind.SWAV));
            }
            case DEEPCLUSTER -> {
                requireMethod("deepcluster");
                pytorch(distributed(state, arch), EnumSet.of(Foreign.Kind.DEEPCLUSTER));
            }
            default ->
                throw new IllegalArgumentException(known.file() + " is an encoder of " + known.method()
                        + ", which has no format " + format
                        + ": use one of safetensors, torchvision, timm, huggingface, onnx, detectron2");
        }
    }

    private void transformer(TrainedEncoder encoder, VisionTransformer network) throws IOException {
        Map<String, Tensor> state = encoder.state();
        Map<String, Tensor> backbone = new LinkedHashMap<>(state);
        backbone.keySet().removeIf(name -> !network.isOfBackbone(name));
        if (format != ExportFormat.ONNX && format != ExportFormat.SAFETENSORS) {
            refuseHead();
        }
        Set<Foreign.Kind> kinds = EnumSet.of(Foreign.Kind.VIT);
        if (format != ExportFormat.ONNX && format != ExportFormat.SAFETENSORS) {
            requireUsualHeads(network.options());
        }
        switch (format) {
            case ONNX ->
                OnnxTransformer.write(output, network, encoder.evaluation().size(), onnx(encoder));
            case SAFETENSORS ->
                safetensors(
                        options.head() ? state : backbone,
                        Map.of(
                                "arch",
                                "vit",
                                "heads",
                                Integer.toString(network.options().heads()),
                                "format",
                                "pt"),
                        kinds);
            case TIMM -> pytorch(TransformerNames.timm(backbone), kinds);
            case DINO -> pytorch(TransformerNames.dino(backbone, network.options()), kinds);
            case DINOV2 -> pytorch(TransformerNames.dinov2(backbone, network.options()), kinds);
            case HUGGINGFACE ->
                safetensors(HuggingFaceWriting.transformer(backbone, network.options()), Map.of("format", "pt"), kinds);
            default ->
                throw new IllegalArgumentException(known.file() + " is a vision transformer, which has no format "
                        + format + ": use one of safetensors, timm, dino, dinov2, huggingface, onnx");
        }
    }

    /** No tensor tells how many there are: their readers take what is usual for the width. */
    private void requireUsualHeads(TransformerOptions options) {
        int usual =
                TransformerSize.ofDim(options.dim()).map(TransformerSize::heads).orElse(options.heads());
        if (options.heads() != usual) {
            throw new IllegalArgumentException(
                    known.file() + " has " + options.heads() + " heads, as MoCo v3's ViT-S, and readers of " + format
                            + " take " + usual + " for its width: use safetensors and tell them, or onnx");
        }
    }

    private static boolean isBackbone(String name) {
        return name.startsWith("conv1.") || name.startsWith("bn1.") || name.startsWith("layer");
    }

    private void requireMethod(String wanted) {
        if (!known.method().equals(wanted)) {
            throw new IllegalArgumentException(known.file() + " is of " + known.method() + ", and not to be had as "
                    + format + ": use another --format");
        }
    }

    private void generator() throws IOException {
        refuseHead();
        TrainedGenerator generator = known.generator(Devices.parse("cpu"));
        Map<String, Tensor> state = generator.state();
        Set<Foreign.Kind> kinds = generator.networks().netG().isResNet()
                ? EnumSet.of(Foreign.Kind.CUT_G)
                : EnumSet.noneOf(Foreign.Kind.class);
        switch (format) {
            case ONNX ->
                OnnxGenerator.write(output, generator, new OnnxGenerator.Options(options.norms(), options.version()));
            case SAFETENSORS -> safetensors(state, Map.of("format", "pt"), kinds);
            case CUT -> pytorch(state, kinds);
            default ->
                throw new IllegalArgumentException(known.file() + " is a generator, which has no format " + format
                        + ": use one of safetensors, cut, onnx");
        }
    }

    private void detector() throws IOException {
        refuseHead();
        switch (format) {
            case ONNX ->
                OnnxDetector.write(
                        output,
                        TrainedDetector.read(known.file(), Devices.parse("cpu")),
                        new OnnxDetector.Options(options.norms(), options.version()));
            case SAFETENSORS -> {
                Map<String, Tensor> state = new LinkedHashMap<>(StateDict.of(
                        TrainedDetector.read(known.file(), Devices.parse("cpu")).network()));
                safetensors(state, Map.of("format", "pt"), EnumSet.noneOf(Foreign.Kind.class));
            }
            default ->
                throw new IllegalArgumentException(known.file() + " is a detector, which has no format " + format
                        + ": use one of safetensors, onnx");
        }
    }

    private void refuseHead() {
        if (options.head()) {
            throw new IllegalArgumentException(
                    "--head is for encoders as onnx or safetensors alone: leave it out here");
        }
    }

    /** Both encoders, the queue, and what {@code main_moco.py --resume} needs beside the model. */
    private Map<String, Object> moco(ResNet network, String arch) throws IOException {
        List<Tensor> momentum = new ArrayList<>();
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            if (named.getKey().startsWith(MOMENTUM)) {
                momentum.add(named.getValue());
            }
        }
        List<String> missing = new ArrayList<>();
        if (tensors.keySet().stream().noneMatch(name -> name.startsWith("encoder_k."))) {
            missing.add("the key encoder");
        }
        if (!tensors.containsKey("queue") || !tensors.containsKey("queue_ptr")) {
            missing.add("the queue");
        }
        if (momentum.size() != StateDict.parameters(network).size()) {
            missing.add("the optimizer's momentum");
        }
        if (!missing.isEmpty()) {
            throw new WeightsException(known.file() + " lacks " + String.join(", ", missing) + ", which main_moco.py"
                    + " --resume needs: give the run's folder or one of its checkpoints, which have them");
        }
        Recipe recipe = known.recipe();
        Sgd.Options sgd = recipe.bind(Sgd.Options.class);
        Map<String, Object> root = root(
                arch,
                MocoKeys.join(
                        MocoKeys.encoder(tensors, MocoKeys.Side.QUERY),
                        MocoKeys.encoder(tensors, MocoKeys.Side.KEY),
                        MocoKeys.queue(tensors),
                        MocoKeys.pointer(tensors)));
        double lr = recipe.bind(LearningRate.class).lr();
        root.put("optimizer", MocoKeys.optimizer(momentum, lr, sgd.momentum(), sgd.weightDecay()));
        return root;
    }

    /** SwAV's and DeepCluster's encoder under the names of a model within DistributedDataParallel. */
    private Map<String, Object> distributed(Map<String, Tensor> state, String arch) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        state.forEach((name, tensor) -> named.put("module." + name, tensor));
        return root(arch, named);
    }

    private Map<String, Object> root(String arch, Map<String, Tensor> state) {
        Map<String, Object> root = new LinkedHashMap<>();
        String epoch = known.weights().metadata().getOrDefault("epoch", "");
        root.put("epoch", epoch.matches("\\d{1,9}") ? Long.parseLong(epoch) : 0L);
        root.put("arch", arch);
        root.put("state_dict", state);
        return root;
    }

    private void pytorch(Map<String, ?> root, Set<Foreign.Kind> kinds) throws IOException {
        Beside.file(output, beside -> {
            PyTorchWriter.write(beside, root);
            compare(beside, ReadBack.named(root), kinds);
        });
    }

    private void safetensors(Map<String, Tensor> state, Map<String, String> metadata, Set<Foreign.Kind> kinds)
            throws IOException {
        Beside.file(output, beside -> {
            Safetensors.write(beside, state, metadata);
            compare(beside, state, kinds);
        });
    }

    private static void compare(Path beside, Map<String, Tensor> meant, Set<Foreign.Kind> kinds) throws IOException {
        Map<String, Tensor> written = WeightsFile.read(beside).tensors();
        ReadBack.requireSame(written, meant);
        if (!kinds.isEmpty()) {
            ReadBack.requireKnown(written, kinds);
        }
    }

    private void detectron2(Map<String, Tensor> backbone) throws IOException {
        Map<String, Tensor> meant = new LinkedHashMap<>();
        backbone.forEach((name, tensor) -> meant.put(Detectron2.name(name), tensor));
        Beside.file(output, beside -> {
            Detectron2.write(beside, backbone);
            ReadBack.requireSame(Detectron2.read(beside), meant);
        });
    }
}
