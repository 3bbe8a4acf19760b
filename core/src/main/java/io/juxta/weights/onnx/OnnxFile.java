package io.juxta.weights.onnx;

import com.google.protobuf.CodedOutputStream;
import io.juxta.weights.Beside;
import io.juxta.weights.RawTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes ONNX files ({@code ModelProto} of onnx.proto), tensors straight from memory: nothing of their size is made.
 *
 * <p>Operators are those of opset 17 in IR version 8: the first opset in which all that we write has its present form,
 * and old enough for every runtime since onnxruntime 1.12 (2022).
 */
@API(status = API.Status.INTERNAL)
public final class OnnxFile {
    /** The set of operators that nodes are taken from. */
    public static final int OPSET = 17;

    private static final int IR_VERSION = 8;
    private static final int GRAPH = 7;
    private static final int INITIALIZER = 5;
    private static final int RAW_DATA = 9;

    private OnnxFile() {}

    /**
     * Writes a file, or leaves what was there: the bytes go beside it, are read back and then take its name.
     *
     * @param producer version of this library
     * @param metadata free text by name
     * @throws IllegalArgumentException when the model is above protobuf's limit of 2 GiB
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, OnnxGraph graph, String producer, Map<String, String> metadata)
            throws IOException {
        Message before = out -> {
            out.writeInt64(1, IR_VERSION);
            out.writeString(2, "juxta");
            out.writeString(3, producer);
        };
        Message after = out -> {
            Message operators = fields -> fields.writeInt64(2, OPSET);
            out.writeByteArray(8, operators.bytes());
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                Message property = fields -> {
                    fields.writeString(1, entry.getKey());
                    fields.writeString(2, entry.getValue());
                };
                out.writeByteArray(14, property.bytes());
            }
        };
        Map<String, byte[]> heads = new LinkedHashMap<>();
        graph.tensors().forEach((name, tensor) -> heads.put(name, head(name, tensor)));
        long size = size(graph, heads);
        byte[] first = before.bytes();
        byte[] last = after.bytes();
        long whole = size + first.length + last.length + 16;
        if (whole > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the model would have " + (whole >> 20)
                    + " MiB, an ONNX file has at most 2047: export a smaller one, or safetensors");
        }
        Beside.file(file, beside -> {
            Beside.write(beside, stream -> {
                stream.write(first);
                write(stream, graph, heads, size);
                stream.write(last);
            });
            OnnxContents.read(beside).requireWhole(graph);
        });
    }

    private static void write(OutputStream stream, OnnxGraph graph, Map<String, byte[]> heads, long size)
            throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(stream);
        out.writeTag(GRAPH, 2);
        out.writeUInt32NoTag((int) size);
        for (byte[] node : graph.nodes()) {
            out.writeByteArray(1, node);
        }
        out.writeString(2, graph.name());
        for (Map.Entry<String, Tensor> named : graph.tensors().entrySet()) {
            Tensor tensor = named.getValue();
            byte[] head = heads.getOrDefault(named.getKey(), new byte[0]);
            out.writeTag(INITIALIZER, 2);
            out.writeUInt32NoTag((int) tensorSize(head, tensor));
            out.writeRawBytes(head);
            out.writeTag(RAW_DATA, 2);
            out.writeUInt32NoTag((int) tensor.nbytes());
            out.flush();
            RawTensor.write(stream, tensor);
        }
        for (byte[] input : graph.inputs()) {
            out.writeByteArray(11, input);
        }
        for (byte[] output : graph.outputs()) {
            out.writeByteArray(12, output);
        }
        out.flush();
    }

    /** {@code TensorProto} up to its values: shape, type and name. */
    private static byte[] head(String name, Tensor tensor) {
        Message message = out -> {
            for (int i = 0; i < tensor.dim(); i++) {
                out.writeInt64(1, tensor.size(i));
            }
            out.writeInt32(2, OnnxGraph.type(tensor));
            out.writeString(8, name);
        };
        return message.bytes();
    }

    private static long size(OnnxGraph graph, Map<String, byte[]> heads) {
        long size = CodedOutputStream.computeStringSize(2, graph.name());
        for (byte[] node : graph.nodes()) {
            size += CodedOutputStream.computeByteArraySize(1, node);
        }
        for (Map.Entry<String, Tensor> named : graph.tensors().entrySet()) {
            size += delimited(
                    INITIALIZER, tensorSize(heads.getOrDefault(named.getKey(), new byte[0]), named.getValue()));
        }
        for (byte[] input : graph.inputs()) {
            size += CodedOutputStream.computeByteArraySize(11, input);
        }
        for (byte[] output : graph.outputs()) {
            size += CodedOutputStream.computeByteArraySize(12, output);
        }
        return size;
    }

    private static long tensorSize(byte[] head, Tensor tensor) {
        return head.length + delimited(RAW_DATA, tensor.nbytes());
    }

    /** Bytes of a field of so many: its tag, its length, and they. */
    private static long delimited(int field, long bytes) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt64SizeNoTag(bytes) + bytes;
    }
}
