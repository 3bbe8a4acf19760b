package io.juxta.weights;

import io.juxta.weights.pickle.NumpyArray;
import io.juxta.weights.pickle.PickleBytes;
import io.juxta.weights.pickle.PickleException;
import io.juxta.weights.pickle.Unpickler;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A ResNet's weights for detectron2, as MoCo's detection/convert-pretrain-to-detectron2.py names them: {@code stem.conv1},
 * {@code res2} to {@code res5} for the layers, {@code conv1.norm} for {@code bn1}, {@code shortcut} for {@code downsample}.
 * The file is a pickle of {@code {model, __author__, matching_heuristics}}, whose model holds numpy arrays.
 */
@API(status = API.Status.INTERNAL)
public final class Detectron2 {
    private Detectron2() {}

    /**
     * Writes a file, or leaves what was there.
     *
     * @param backbone under torchvision's names; heads ({@code fc}, {@code projection_head}, {@code prototypes}) are left
     *     out
     * @throws IllegalArgumentException when there is no ImageNet stem, which detectron2's ResNets begin with
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, Map<String, Tensor> backbone) throws IOException {
        Tensor first = backbone.get("conv1.weight");
        if (first == null || first.dim() != 4 || first.size(2) != 7) {
            throw new IllegalArgumentException(
                    "detectron2's ResNets begin with a 7x7 convolution, which this network has"
                            + " not: it takes encoders of stem imagenet");
        }
        Map<String, Tensor> model = new LinkedHashMap<>();
        backbone.forEach((name, tensor) -> {
            if (name.startsWith("layer") || name.startsWith("conv1.") || name.startsWith("bn1.")) {
                model.put(name(name), tensor);
            }
        });
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("model", model);
        whole.put("__author__", "Juxta");
        whole.put("matching_heuristics", true);
        NumpyPickle.write(file, whole);
    }

    /**
     * Reads a file back: the arrays of its model, by detectron2's names.
     *
     * @throws IOException when it is none, in one line that names the file
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        Map<String, Tensor> model = new LinkedHashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            // an array leaves the heap at once, as a row of bytes
            Object root = Unpickler.read(
                    new PickleBytes(in, Files.size(file)),
                    bytes -> RawTensor.read(bytes, ScalarType.Byte, new long[] {bytes.length}));
            if (!(root instanceof Map<?, ?> whole) || !(whole.get("model") instanceof Map<?, ?> arrays)) {
                throw new PickleException("holds no model for detectron2");
            }
            for (Map.Entry<?, ?> named : arrays.entrySet()) {
                model.put(String.valueOf(named.getKey()), array(named.getValue()));
            }
        } catch (PickleException | EOFException e) {
            throw new WeightsException(file + ": " + HeaderParser.show(e.getMessage()), e);
        }
        return model;
    }

    private static Tensor array(Object value) throws PickleException {
        if (value instanceof NumpyArray array && array.data() instanceof Tensor bytes) {
            long[] shape = array.shape().stream().mapToLong(Long::longValue).toArray();
            ScalarType type =
                    switch (array.type()) {
                        case "f4" -> ScalarType.Float;
                        case "f8" -> ScalarType.Double;
                        case "i8" -> ScalarType.Long;
                        default -> throw new PickleException("has an array of type " + array.type());
                    };
            return shape.length == 0
                    ? bytes.view(type).squeeze()
                    : bytes.view(type).view(shape);
        }
        throw new PickleException("has something else than an array in its model");
    }

    /** detectron2's name for one of torchvision's. */
    public static String name(String torchvision) {
        String name = torchvision.startsWith("layer")
                ? "res" + (torchvision.charAt(5) - '0' + 1) + torchvision.substring(6)
                : "stem." + torchvision;
        return name.replaceAll("\\bbn(\\d)\\.", "conv$1.norm.")
                .replace("downsample.0.", "shortcut.")
                .replace("downsample.1.", "shortcut.norm.");
    }
}
