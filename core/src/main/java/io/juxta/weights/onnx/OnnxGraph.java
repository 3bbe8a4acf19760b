package io.juxta.weights.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Operators in the order in which they are computed, and the tensors that they need ({@code GraphProto} of onnx.proto).
 * A value, be it an input, a tensor or what an operator gives, is known by its name, which nothing else may have.
 *
 * <pre>{@code
 * OnnxGraph graph = new OnnxGraph("line");
 * String x = graph.input("x", List.of("batch", "3"));
 * String y = graph.node("y", "Gemm", List.of(x, graph.tensor("weight", w)), OnnxAttribute.of("transB", 1));
 * graph.output(y, List.of("batch", "8"));
 * OnnxFile.write(Path.of("line.onnx"), graph, "1.0", Map.of());
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class OnnxGraph {
    /** {@code TensorProto.DataType}. */
    private static final int REAL = 1;

    private static final int WHOLE = 7;

    private final String name;
    private final List<byte[]> nodes = new ArrayList<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();
    private final Map<String, String> values = new LinkedHashMap<>();

    /** @param name of the graph */
    public OnnxGraph(String name) {
        this.name = name;
    }

    /**
     * An input of float32.
     *
     * @param shape a number for each side that is fixed, a name for each that is not
     * @return its name
     */
    public String input(String input, List<String> shape) {
        inputs.add(described(know(input, "an input"), shape));
        return input;
    }

    /**
     * Makes a value of float32 a result of the graph.
     *
     * @param value that is known already
     * @param shape as of {@link #input}
     */
    public void output(String value, List<String> shape) {
        requireKnown(value);
        outputs.add(described(value, shape));
    }

    /** Makes a value of int64 a result of the graph. */
    public void wholeOutput(String value, List<String> shape) {
        requireKnown(value);
        outputs.add(described(value, shape, WHOLE));
    }

    /**
     * A tensor that the file holds ({@code initializer}).
     *
     * @param tensor float32 or int64, of any strides and device; must live until the graph is written
     * @return its name
     * @throws IllegalArgumentException when it is of another type, or the name is taken
     */
    public String tensor(String tensorName, Tensor tensor) {
        if (type(tensor) == 0) {
            throw new IllegalArgumentException(tensorName + " is " + tensor.scalar_type()
                    + ": an ONNX file is written of float32 and int64 alone");
        }
        tensors.put(know(tensorName, "a tensor"), tensor);
        return tensorName;
    }

    /** Whether a tensor or another value of this name is there. */
    public boolean knows(String value) {
        return values.containsKey(value);
    }

    /**
     * An operator with one result.
     *
     * @param result what the operator and its result are called
     * @param operator as ONNX calls it: {@code Conv}
     * @param arguments names of values that are known already
     * @return the result's name
     * @throws IllegalArgumentException when an argument is not known, or the name is taken
     */
    public String node(String result, String operator, List<String> arguments, OnnxAttribute... attributes) {
        return nodes(List.of(result), operator, arguments, attributes).get(0);
    }

    /**
     * An operator with several results.
     *
     * @param results what they are called; the operator as the first
     * @return their names
     * @throws IllegalArgumentException when an argument is not known, or a name is taken
     */
    public List<String> nodes(
            List<String> results, String operator, List<String> arguments, OnnxAttribute... attributes) {
        arguments.forEach(this::requireKnown);
        results.forEach(result -> know(result, operator));
        Message message = out -> {
            for (String argument : arguments) {
                out.writeString(1, argument);
            }
            for (String result : results) {
                out.writeString(2, result);
            }
            out.writeString(3, results.get(0));
            out.writeString(4, operator);
            for (OnnxAttribute attribute : attributes) {
                out.writeByteArray(5, OnnxAttribute.encode(attribute));
            }
        };
        nodes.add(message.bytes());
        return results;
    }

    private void requireKnown(String value) {
        if (!knows(value)) {
            throw new IllegalArgumentException("nothing is called " + value + " in the graph " + name);
        }
    }

    private String know(String value, String as) {
        String before = values.putIfAbsent(value, as);
        if (before != null) {
            throw new IllegalArgumentException(value + " is already " + before + " of the graph " + name);
        }
        return value;
    }

    /** {@code ValueInfoProto}: a name, and a tensor type of elements and the shape. */
    private static byte[] described(String value, List<String> shape) {
        return described(value, shape, REAL);
    }

    private static byte[] described(String value, List<String> shape, int elements) {
        Message dimensions = out -> {
            for (String side : shape) {
                Message dimension = side.chars().allMatch(Character::isDigit)
                        ? fields -> fields.writeInt64(1, Long.parseLong(side))
                        : fields -> fields.writeString(2, side);
                out.writeByteArray(1, dimension.bytes());
            }
        };
        Message tensor = out -> {
            out.writeInt32(1, elements);
            out.writeByteArray(2, dimensions.bytes());
        };
        Message type = out -> out.writeByteArray(1, tensor.bytes());
        Message info = out -> {
            out.writeString(1, value);
            out.writeByteArray(2, type.bytes());
        };
        return info.bytes();
    }

    /** {@code TensorProto.DataType}; 0 for what is not written. */
    static int type(Tensor tensor) {
        ScalarType type = tensor.scalar_type().intern();
        return type == ScalarType.Float ? REAL : type == ScalarType.Long ? WHOLE : 0;
    }

    String name() {
        return name;
    }

    List<byte[]> nodes() {
        return nodes;
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    List<byte[]> inputs() {
        return inputs;
    }

    List<byte[]> outputs() {
        return outputs;
    }
}
