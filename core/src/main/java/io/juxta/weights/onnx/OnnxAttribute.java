package io.juxta.weights.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.List;
import org.apiguardian.api.API;

/** A constant of an operator ({@code AttributeProto} of onnx.proto). */
@API(status = API.Status.INTERNAL)
public sealed interface OnnxAttribute {
    /** As the operator's definition calls it. */
    String name();

    /** A whole number. */
    record Whole(String name, long value) implements OnnxAttribute {}

    /** A real number. */
    record Real(String name, float value) implements OnnxAttribute {}

    /** A word. */
    record Word(String name, String value) implements OnnxAttribute {}

    /** Several whole numbers. */
    record Wholes(String name, List<Long> values) implements OnnxAttribute {
        public Wholes {
            values = List.copyOf(values);
        }
    }

    static OnnxAttribute of(String name, long value) {
        return new Whole(name, value);
    }

    static OnnxAttribute of(String name, float value) {
        return new Real(name, value);
    }

    static OnnxAttribute of(String name, String value) {
        return new Word(name, value);
    }

    static OnnxAttribute of(String name, List<Long> values) {
        return new Wholes(name, values);
    }

    /** The message of an attribute. */
    static byte[] encode(OnnxAttribute attribute) {
        Message message = out -> {
            out.writeString(1, attribute.name());
            if (attribute instanceof Real real) {
                out.writeFloat(2, real.value());
                type(out, 1);
            } else if (attribute instanceof Whole whole) {
                out.writeInt64(3, whole.value());
                type(out, 2);
            } else if (attribute instanceof Word word) {
                out.writeString(4, word.value());
                type(out, 3);
            } else if (attribute instanceof Wholes wholes) {
                for (long value : wholes.values()) {
                    out.writeInt64(8, value);
                }
                type(out, 7);
            }
        };
        return message.bytes();
    }

    private static void type(CodedOutputStream out, int type) throws IOException {
        out.writeEnum(20, type);
    }
}
