package io.juxta.weights;

import java.io.IOException;
import java.io.OutputStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A tensor's values in a row, the last index fastest, as this machine (little-endian) holds them. */
@API(status = API.Status.INTERNAL)
public final class RawTensor {
    private static final int CHUNK = 1 << 20;

    private RawTensor() {}

    /** @param tensor of any type, strides and device */
    public static void write(OutputStream out, Tensor tensor) throws IOException {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor plain =
                    tensor.detach().to(new Device("cpu"), tensor.scalar_type()).contiguous();
            long bytes = plain.nbytes();
            if (bytes == 0) {
                return;
            }
            BytePointer memory = new BytePointer(plain.data_ptr());
            byte[] part = new byte[(int) Math.min(CHUNK, bytes)];
            for (long from = 0; from < bytes; from += part.length) {
                int length = (int) Math.min(part.length, bytes - from);
                memory.position(from).get(part, 0, length);
                out.write(part, 0, length);
            }
        }
    }

    /** The tensor that these bytes are of, on the CPU; {@code bytes} are as many as it has. */
    static Tensor read(byte[] bytes, ScalarType type, long[] shape) {
        Tensor tensor;
        try (TensorOptions options = new TensorOptions(type)) {
            tensor = torch.empty(shape, options, new MemoryFormatOptional());
        }
        if (bytes.length > 0) {
            try (PointerScope scope = new PointerScope()) {
                new BytePointer(tensor.data_ptr()).put(bytes, 0, bytes.length);
            }
        }
        return tensor;
    }
}
