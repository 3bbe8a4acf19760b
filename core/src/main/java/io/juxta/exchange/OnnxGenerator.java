package io.juxta.exchange;

import io.juxta.cut.TrainedGenerator;
import io.juxta.cut.networks.Norm;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.torch.StateDict;
import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/**
 * CUT's ResNet generator as an ONNX file. Its input is {@code image}, float32 (batch, channels, height, width) from -1 to
 * 1 (mean and deviation 0.5), both sides multiples of 4 and at least 8; its output {@code translation} likewise. Nothing
 * is dropped out. Tensors have the names of the state dict.
 */
@API(status = API.Status.INTERNAL)
public final class OnnxGenerator {
    private static final int HALVINGS = 2;

    /**
     * How a file is written.
     *
     * @param version of this library, which the file names as its producer's
     */
    public record Options(BatchNorms norms, String version) {}

    private final NetworkOptions network;
    private final OnnxGraph graph = new OnnxGraph("generator");
    private final OnnxLayers layers;
    /** The layer's number in the row of layers, which its key has. */
    private int at;

    private OnnxGenerator(TrainedGenerator generator, BatchNorms norms) {
        network = generator.networks();
        layers = new OnnxLayers(graph, StateDict.of(generator.network()), norms);
    }

    /**
     * Writes a file, or leaves what was there.
     *
     * @throws IllegalArgumentException when the generator is StyleGAN2's, or the file would be above 2 GiB
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, TrainedGenerator generator, Options options) throws IOException {
        NetworkOptions network = generator.networks();
        int blocks =
                switch (network.netG()) {
                    case RESNET_9BLOCKS -> 9;
                    case RESNET_6BLOCKS -> 6;
                    case STYLEGAN2, SMALLSTYLEGAN2 ->
                        throw new IllegalArgumentException("netG "
                                + name(network.netG())
                                + " draws noise for every image, which an ONNX file would fix: export safetensors, or a"
                                + " ResNet generator");
                };
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            OnnxGenerator export = new OnnxGenerator(generator, options.norms());
            export.build(blocks);
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("arch", name(network.netG()));
            metadata.put("ngf", Integer.toString(network.ngf()));
            metadata.put("mean", "0.5");
            metadata.put("std", "0.5");
            metadata.put("juxta", options.version());
            OnnxFile.write(file, export.graph, options.version(), metadata);
        }
    }

    private static String name(NetworkOptions.NetG netG) {
        return netG.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void build(int blocks) {
        String x = graph.input("image", sides(network.inputNc()));
        x = layers.pad(x, next(), 3, "reflect");
        x = relu(convNorm(x, "model.", 1, 0));
        for (int halving = 0; halving < HALVINGS; halving++) {
            x = relu(convNorm(x, "model.", network.antialias() ? 1 : 2, 1));
            x = network.antialias() ? layers.blurredHalf(x, next()) : x;
        }
        for (int i = 0; i < blocks; i++) {
            x = block(x, next());
        }
        for (int doubling = 0; doubling < HALVINGS; doubling++) {
            if (network.antialiasUp()) {
                x = layers.blurredDouble(x, next());
                x = convNorm(x, "model.", 1, 1);
            } else {
                String key = next();
                String norm = next();
                x = layers.doubling(x, key, batchNorm(norm));
                x = instanceNorm(x, norm, layers.tensor(key + ".weight").size(1));
            }
            x = relu(x);
        }
        x = layers.pad(x, next(), 3, "reflect");
        x = layers.conv(x, new OnnxLayers.Conv(next(), 1, 0, 1));
        graph.node("translation", "Tanh", List.of(x));
        graph.output("translation", sides(network.outputNc()));
    }

    private String block(String x, String key) {
        int outer = at;
        at = 0;
        String row = key + ".conv_block.";
        String y = layers.pad(x, row + at++, 1, "reflect");
        y = layers.relu(convNorm(y, row, 1, 0));
        at += network.dropout() ? 2 : 1;
        y = layers.pad(y, row + at++, 1, "reflect");
        y = convNorm(y, row, 1, 0);
        at = outer;
        return graph.node(key, "Add", List.of(x, y));
    }

    /** A convolution and what follows it, which take two places in the row. */
    private String convNorm(String x, String row, int stride, int padding) {
        OnnxLayers.Conv conv = new OnnxLayers.Conv(row + at++, stride, padding, 1);
        String norm = row + at++;
        Optional<String> batch = batchNorm(norm);
        String y = batch.isPresent() ? layers.convNorm(x, conv, norm) : layers.conv(x, conv);
        return instanceNorm(y, norm, layers.tensor(conv.key() + ".weight").size(0));
    }

    private Optional<String> batchNorm(String key) {
        return network.normG() == Norm.BATCH ? Optional.of(key) : Optional.empty();
    }

    private String instanceNorm(String x, String key, long channels) {
        return network.normG() == Norm.INSTANCE ? layers.instanceNorm(x, key, channels) : x;
    }

    private String relu(String x) {
        at++;
        return layers.relu(x);
    }

    private String next() {
        return "model." + at++;
    }

    private static List<String> sides(int channels) {
        return List.of("batch", Integer.toString(channels), "height", "width");
    }
}
