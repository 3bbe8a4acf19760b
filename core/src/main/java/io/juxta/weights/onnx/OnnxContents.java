package io.juxta.weights.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * What an ONNX file of ours holds, read back: what its operators take and give, and its tensors.
 *
 * @param tensors by name: shape, and a sum over the bytes
 */
record OnnxContents(List<String> inputs, List<String> outputs, List<Node> nodes, Map<String, Stored> tensors) {
    private static final int GRAPH = 7;

    record Node(List<String> arguments, List<String> results) {}

    /** @param hash of all bytes, in their order */
    record Stored(List<Long> shape, int type, long bytes, int hash) {}

    /** @throws IOException when it cannot be read as such a file */
    static OnnxContents read(Path file) throws IOException {
        OnnxContents contents =
                new OnnxContents(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            CodedInputStream in = CodedInputStream.newInstance(stream);
            in.setSizeLimit(Integer.MAX_VALUE);
            fields(in, (number, message) -> {
                if (number != GRAPH) {
                    return false;
                }
                contents.graph(message);
                return true;
            });
        }
        return contents;
    }

    /** Takes a field that is a message, a text or bytes; says whether it did. */
    private interface Field {
        boolean take(int number, CodedInputStream in) throws IOException;
    }

    private static void fields(CodedInputStream in, Field field) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                if (!field.take(-number, in)) {
                    in.skipField(tag);
                }
                continue;
            }
            int limit = in.pushLimit(in.readRawVarint32());
            if (!field.take(number, in)) {
                in.skipRawBytes(in.getBytesUntilLimit());
            }
            in.popLimit(limit);
        }
    }

    private static String text(CodedInputStream in) throws IOException {
        return new String(in.readRawBytes(in.getBytesUntilLimit()), java.nio.charset.StandardCharsets.UTF_8);
    }

    private void graph(CodedInputStream graph) throws IOException {
        fields(graph, (number, in) -> {
            switch (number) {
                case 1 -> nodes.add(node(in));
                case 5 -> tensor(in);
                case 11 -> inputs.add(name(in));
                case 12 -> outputs.add(name(in));
                default -> {
                    return false;
                }
            }
            return true;
        });
    }

    private static Node node(CodedInputStream node) throws IOException {
        Node read = new Node(new ArrayList<>(), new ArrayList<>());
        fields(node, (number, in) -> {
            if (number == 1) {
                read.arguments.add(text(in));
            } else if (number == 2) {
                read.results.add(text(in));
            }
            return number == 1 || number == 2;
        });
        return read;
    }

    private static String name(CodedInputStream info) throws IOException {
        List<String> names = new ArrayList<>();
        fields(info, (number, in) -> number == 1 && names.add(text(in)));
        return names.isEmpty() ? "" : names.get(0);
    }

    private void tensor(CodedInputStream tensor) throws IOException {
        List<Long> shape = new ArrayList<>();
        List<String> name = new ArrayList<>();
        int[] type = new int[1];
        List<byte[]> raw = new ArrayList<>();
        fields(tensor, (number, in) -> {
            switch (number) {
                case -1 -> shape.add(in.readInt64());
                case -2 -> type[0] = in.readInt32();
                case 8 -> name.add(text(in));
                case 9 -> raw.add(in.readRawBytes(in.getBytesUntilLimit()));
                default -> {
                    return false;
                }
            }
            return true;
        });
        byte[] bytes = raw.isEmpty() ? new byte[0] : raw.get(0);
        tensors.put(
                name.isEmpty() ? "" : name.get(0), new Stored(shape, type[0], bytes.length, Arrays.hashCode(bytes)));
    }

    /**
     * What a runtime demands: every operator's arguments are inputs, tensors or results of operators before it, and so are the
     * outputs; and the tensors are the graph's, in name, shape, type and value.
     *
     * @throws IOException when the file does not hold it, in one line
     */
    void requireWhole(OnnxGraph graph) throws IOException {
        Set<String> known = new HashSet<>(inputs);
        known.addAll(tensors.keySet());
        for (Node node : nodes) {
            require(known.containsAll(node.arguments), "an operator takes what is not there: " + node.arguments);
            known.addAll(node.results);
        }
        require(!inputs.isEmpty() && !outputs.isEmpty() && known.containsAll(outputs), "its outputs are not computed");
        require(nodes.size() == graph.nodes().size(), "operators are missing");
        require(tensors.keySet().equals(graph.tensors().keySet()), "tensors are missing");
        for (Map.Entry<String, Tensor> named : graph.tensors().entrySet()) {
            require(stored(named.getValue()).equals(tensors.get(named.getKey())), named.getKey() + " is not the same");
        }
    }

    private static Stored stored(Tensor tensor) throws IOException {
        List<Long> shape = new ArrayList<>();
        for (long i = 0; i < tensor.dim(); i++) {
            shape.add(tensor.size(i));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(tensor.nbytes()));
        io.juxta.weights.RawTensor.write(bytes, tensor);
        return new Stored(shape, OnnxGraph.type(tensor), tensor.nbytes(), Arrays.hashCode(bytes.toByteArray()));
    }

    private static void require(boolean holds, String what) throws IOException {
        if (!holds) {
            throw new IOException("what was written could not be read back: " + what);
        }
    }
}
