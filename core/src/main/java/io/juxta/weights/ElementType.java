package io.juxta.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types that safetensors and libtorch share, under the names the format gives them. */
enum ElementType {
    F64(ScalarType.Double, 8),
    F32(ScalarType.Float, 4),
    F16(ScalarType.Half, 2),
    BF16(ScalarType.BFloat16, 2),
    I64(ScalarType.Long, 8),
    I32(ScalarType.Int, 4),
    I16(ScalarType.Short, 2),
    I8(ScalarType.Char, 1),
    U64(ScalarType.UInt64, 8),
    U32(ScalarType.UInt32, 4),
    U16(ScalarType.UInt16, 2),
    U8(ScalarType.Byte, 1),
    BOOL(ScalarType.Bool, 1),
    F8_E5M2(ScalarType.Float8_e5m2, 1),
    F8_E4M3(ScalarType.Float8_e4m3fn, 1);

    final ScalarType scalar;
    final int bytes;

    ElementType(ScalarType scalar, int bytes) {
        this.scalar = scalar;
        this.bytes = bytes;
    }

    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    static Optional<ElementType> of(ScalarType scalar) {
        return Arrays.stream(values()).filter(type -> type.scalar == scalar).findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
