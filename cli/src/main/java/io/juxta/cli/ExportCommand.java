package io.juxta.cli;

import io.juxta.cut.TrainedGenerator;
import io.juxta.exchange.BatchNorms;
import io.juxta.exchange.OnnxEncoder;
import io.juxta.exchange.OnnxGenerator;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.train.Default;
import io.juxta.train.Recipe;
import io.juxta.weights.Detectron2;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    @Parameters(paramLabel = "RUN|WEIGHTS", description = "A run's folder, or its weights, or one of its checkpoints.")
    private Path source = Path.of("");

    /** What is written. */
    enum Format {
        SAFETENSORS,
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
                    "safetensors (torchvision's names), onnx, or detectron2 (a pickle of a ResNet with the ImageNet"
                            + " stem).")
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
        Path weights = weights();
        requireFree(weights);
        try (PointerScope scope = new PointerScope()) {
            String method = method(weights);
            if (method.equals("cut")) {
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
        TrainedEncoder encoder = TrainedEncoder.read(weights, method);
        Map<String, Tensor> state = StateDict.of(encoder.network());
        switch (format) {
            case ONNX -> {
                OnnxEncoder.Output gives = head ? OnnxEncoder.Output.EMBEDDING : OnnxEncoder.Output.FEATURE;
                OnnxEncoder.write(
                        output,
                        encoder.network(),
                        new OnnxEncoder.Options(gives, norms(), encoder.input(), Version.own()));
            }
            case DETECTRON2 -> {
                refuseHead();
                Detectron2.write(output, state);
            }
            case SAFETENSORS -> {
                Map<String, Tensor> kept = new LinkedHashMap<>(state);
                kept.keySet().removeIf(name -> !head && !isBackbone(name));
                String arch = encoder.network().options().architecture().name();
                Safetensors.write(output, kept, Map.of("arch", arch, "format", "pt"));
            }
        }
    }

    private static boolean isBackbone(String name) {
        return name.startsWith("conv1.") || name.startsWith("bn1.") || name.startsWith("layer");
    }

    private void generator(Path weights) throws IOException {
        refuseHead();
        if (format == Format.DETECTRON2) {
            throw new IllegalArgumentException(weights + " is a generator, and detectron2 takes encoders: give the run"
                    + " of a pretrain, or another --format");
        }
        TrainedGenerator generator = TrainedGenerator.read(weights, Devices.parse("cpu"));
        if (format == Format.ONNX) {
            OnnxGenerator.write(output, generator, new OnnxGenerator.Options(norms(), Version.own()));
        } else {
            Safetensors.write(output, StateDict.of(generator.network()), Map.of("format", "pt"));
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
