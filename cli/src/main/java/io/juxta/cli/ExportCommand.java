package io.juxta.cli;

import io.juxta.cut.TrainedGenerator;
import io.juxta.data.Originals;
import io.juxta.exchange.BatchNorms;
import io.juxta.exchange.OnnxEncoder;
import io.juxta.exchange.OnnxGenerator;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.Devices;
import io.juxta.train.LearningRate;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Detectron2;
import io.juxta.weights.MocoKeys;
import io.juxta.weights.PyTorchWriter;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trained weights for other programs. */
@Command(
        name = "export",
        description = "Write a trained encoder or generator for other programs.",
        footer = {
            "",
            "  juxta export runs/photos --format onnx --fold-bn --output encoder.onnx",
            "  juxta export runs/photos/checkpoints/best.safetensors --format detectron2 --output encoder.pkl"
        })
final class ExportCommand implements Callable<Integer> {
    /** What a run needs and keeps. */
    private static final List<String> OF_A_RUN = List.of(
            "recipe.yaml",
            "metrics.csv",
            "events.jsonl",
            "report.html",
            "encoder.safetensors",
            "generator.safetensors",
            "checkpoints",
            "snapshots");

    /** What stands before the names of SGD's momentum in a checkpoint. */
    private static final String MOMENTUM = "sgd.";

    @Parameters(paramLabel = "RUN|WEIGHTS", description = "A run's folder, or its weights, or one of its checkpoints.")
    private Path source = Path.of("");

    /** What is written. */
    enum Format {
        SAFETENSORS,
        TORCHVISION,
        TIMM,
        MOCO,
        SWAV,
        CUT,
        ONNX,
        DETECTRON2;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            description =
                    "safetensors, torchvision or timm (a backbone under torchvision's names, which are timm's; the"
                            + " latter two as PyTorch's files), moco or swav (a run's last checkpoint as the original's),"
                            + " cut (a generator as latest_net_G.pth), onnx, or detectron2 (a pickle of a ResNet with the"
                            + " ImageNet stem).")
    private Format format = Format.SAFETENSORS;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The file to be written.")
    private Path output = Path.of("");

    @Option(
            names = "--head",
            description = "Of an encoder: onnx gives embeddings instead of features, safetensors keeps the head.")
    private boolean head;

    @Option(names = "--fold-bn", description = "Of onnx: batch norms become part of the layers in front of them.")
    private boolean fold;

    @Option(names = "--overwrite", description = "Replace the file if it is there already.")
    private boolean overwrite;

    /** @param method of the run that delivered the weights */
    private record Trained(@Default("moco") String method) {}

    @Override
    public Integer call() throws IOException {
        if (fold && format != Format.ONNX) {
            throw new IllegalArgumentException("--fold-bn is for --format onnx alone: leave it out for " + format);
        }
        Path weights = format == Format.MOCO || format == Format.SWAV ? checkpoint() : weights();
        requireFree(weights);
        try (PointerScope scope = new PointerScope()) {
            String method = method(weights);
            if (format == Format.MOCO || format == Format.SWAV) {
                original(weights, method);
            } else if (method.equals("cut")) {
                generator(weights);
            } else {
                encoder(weights, method);
            }
        }
        System.out.printf(Locale.ROOT, "%s as %s: %s, %,d bytes%n", weights, format, output, Files.size(output));
        return ExitStatus.DONE;
    }

    private Path weights() throws IOException {
        if (!Files.isDirectory(source)) {
            return source;
        }
        for (String name : List.of("encoder.safetensors", "generator.safetensors")) {
            if (Files.isRegularFile(source.resolve(name))) {
                return source.resolve(name);
            }
        }
        throw new IOException(
                source + " holds neither encoder.safetensors nor generator.safetensors: give the folder of a"
                        + " run that has finished an epoch, or a file of weights");
    }

    private void requireFree(Path weights) throws IOException {
        Optional<Path> run = RunFolders.of(weights);
        if (run.isPresent()) {
            // what the run goes on from and is judged by; --overwrite is meant for what was exported before
            Path of = run.get();
            Originals.of(OF_A_RUN.stream().map(of::resolve).toArray(Path[]::new)).requireNoneAt(output);
        }
        if (!Files.exists(output)) {
            return;
        }
        if (Files.exists(weights) && Files.isSameFile(output, weights)) {
            throw new IOException(output + " is what would be exported: choose another --output");
        }
        if (!overwrite) {
            throw new IOException(output + " is there already: give --overwrite, or another --output");
        }
    }

    private static String method(Path weights) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            String recipe = Safetensors.read(weights).metadata().get("recipe");
            if (recipe == null) {
                throw new IOException(weights + " does not say what network it is for: give a run's folder, its"
                        + " weights or one of its checkpoints");
            }
            return Recipe.parse(recipe, weights.toString()).bind(Trained.class).method();
        }
    }

    private void encoder(Path weights, String method) throws IOException {
        TrainedEncoder encoder = TrainedEncoder.read(weights, Devices.parse("cpu"));
        Map<String, Tensor> state = encoder.state();
        switch (format) {
            case ONNX -> {
                OnnxEncoder.Output gives = head ? OnnxEncoder.Output.EMBEDDING : OnnxEncoder.Output.FEATURE;
                OnnxEncoder.write(
                        output,
                        encoder.resnet(),
                        new OnnxEncoder.Options(gives, norms(), encoder.input(), Version.own()));
            }
            case DETECTRON2 -> {
                refuseHead();
                Detectron2.write(output, state);
            }
            case SAFETENSORS -> {
                String arch = encoder.resnet().options().architecture().name();
                Safetensors.write(output, kept(state), Map.of("arch", arch, "format", "pt"));
            }
            case TORCHVISION, TIMM -> PyTorchWriter.write(output, kept(state));
            default ->
                throw new IllegalArgumentException(weights + " is an encoder of " + method + ", which has no format "
                        + format + ": use one of safetensors, torchvision, timm, onnx, detectron2");
        }
    }

    private Map<String, Tensor> kept(Map<String, Tensor> state) {
        Map<String, Tensor> kept = new LinkedHashMap<>(state);
        kept.keySet().removeIf(name -> !head && !isBackbone(name));
        return kept;
    }

    /** What only a checkpoint has: both encoders and the queue, or prototypes under the names of a distributed run. */
    private void original(Path checkpoint, String method) throws IOException {
        refuseHead();
        boolean moco = format == Format.MOCO;
        if (moco != method.equals("moco") || method.equals("cut")) {
            throw new IllegalArgumentException(
                    checkpoint + " is of " + method + ", and not to be had as " + format + ": use another --format");
        }
        Safetensors.Loaded loaded = Safetensors.read(checkpoint);
        Map<String, Tensor> tensors = loaded.tensors();
        Map<String, Tensor> state = moco
                ? MocoKeys.join(
                        MocoKeys.encoder(tensors, MocoKeys.Side.QUERY),
                        MocoKeys.encoder(tensors, MocoKeys.Side.KEY),
                        MocoKeys.queue(tensors),
                        MocoKeys.pointer(tensors))
                : distributed(tensors);
        String arch = TrainedEncoder.read(checkpoint, Devices.parse("cpu"))
                .resnet()
                .options()
                .architecture()
                .name();
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("epoch", Long.parseLong(loaded.metadata().getOrDefault("epoch", "0")));
        root.put("arch", arch);
        root.put("state_dict", state);
        if (moco) {
            root.put("optimizer", optimizer(checkpoint, loaded));
        }
        PyTorchWriter.write(output, root);
    }

    /** What {@code main_moco.py --resume} needs beside the model. */
    private static Map<String, Object> optimizer(Path checkpoint, Safetensors.Loaded loaded) {
        List<Tensor> momentum = new ArrayList<>();
        for (Map.Entry<String, Tensor> named : loaded.tensors().entrySet()) {
            if (named.getKey().startsWith(MOMENTUM)) {
                momentum.add(named.getValue());
            }
        }
        Recipe recipe = Recipe.parse(loaded.metadata().getOrDefault("recipe", ""), checkpoint.toString());
        Sgd.Options sgd = recipe.bind(Sgd.Options.class);
        return MocoKeys.optimizer(momentum, recipe.bind(LearningRate.class).lr(), sgd.momentum(), sgd.weightDecay());
    }

    /** SwAV's and DeepCluster's encoder under the names of a model within DistributedDataParallel. */
    private static Map<String, Tensor> distributed(Map<String, Tensor> tensors) {
        String own = "encoder.";
        Map<String, Tensor> state = new LinkedHashMap<>();
        // no lambda with a tensor: --help looks at a command's methods, and would load libtorch's classes
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            if (named.getKey().startsWith(own)) {
                state.put("module." + named.getKey().substring(own.length()), named.getValue());
            }
        }
        return state;
    }

    private Path checkpoint() throws IOException {
        Path checkpoint = Files.isDirectory(source) ? source.resolve("checkpoints/last.safetensors") : source;
        if (!Files.isRegularFile(checkpoint)) {
            throw new IOException(checkpoint + " is missing: " + format + " needs a run's checkpoint");
        }
        return checkpoint;
    }

    private static boolean isBackbone(String name) {
        return name.startsWith("conv1.") || name.startsWith("bn1.") || name.startsWith("layer");
    }

    private void generator(Path weights) throws IOException {
        refuseHead();
        TrainedGenerator generator = TrainedGenerator.read(weights, Devices.parse("cpu"));
        Map<String, Tensor> state = generator.state();
        switch (format) {
            case ONNX -> OnnxGenerator.write(output, generator, new OnnxGenerator.Options(norms(), Version.own()));
            case SAFETENSORS -> Safetensors.write(output, state, Map.of("format", "pt"));
            case CUT -> PyTorchWriter.write(output, state);
            default ->
                throw new IllegalArgumentException(weights + " is a generator, which has no format " + format
                        + ": use one of safetensors, cut, onnx");
        }
    }

    private void refuseHead() {
        if (head) {
            throw new IllegalArgumentException(
                    "--head is for encoders as onnx or safetensors alone: leave it out here");
        }
    }

    private BatchNorms norms() {
        return fold ? BatchNorms.FOLDED : BatchNorms.KEPT;
    }
}
