package io.juxta.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Detectron2Test {
    private static final Object MARK = new Object();

    @TempDir
    private Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "conv1.weight, stem.conv1.weight",
        "bn1.running_mean, stem.conv1.norm.running_mean",
        "layer1.0.conv1.weight, res2.0.conv1.weight",
        "layer1.0.bn3.bias, res2.0.conv3.norm.bias",
        "layer4.2.bn2.weight, res5.2.conv2.norm.weight",
        "layer3.0.downsample.0.weight, res4.0.shortcut.weight",
        "layer3.0.downsample.1.running_var, res4.0.shortcut.norm.running_var"
    })
    void namesAreDetectron2s(String torchvision, String detectron2) {
        assertThat(Detectron2.name(torchvision)).isEqualTo(detectron2);
    }

    @Test
    void theFileHoldsNumpysArrays() throws IOException {
        Path file = folder.resolve("encoder.pkl");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> state = new LinkedHashMap<>();
            state.put(
                    "conv1.weight",
                    torch.arange(new Scalar(294)).to(ScalarType.Float).reshape(2, 3, 7, 7));
            state.put("bn1.weight", Tensor.create(1.5f, -2f));
            state.put(
                    "bn1.num_batches_tracked",
                    torch.scalar_tensor(new Scalar(9L)).to(ScalarType.Long));
            state.put(
                    "layer1.0.conv1.weight",
                    Tensor.create(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).t());
            state.put("fc.weight", Tensor.create(1f));
            Detectron2.write(file, state);
        }
        Map<?, ?> read = (Map<?, ?>) unpickled(Files.readAllBytes(file));
        assertThat(read.get("matching_heuristics")).isEqualTo(true);
        assertThat(read.get("__author__")).isEqualTo("Juxta");
        Map<?, ?> model = (Map<?, ?>) read.get("model");
        assertThat(List.copyOf(model.keySet()).toString())
                .isEqualTo("[stem.conv1.weight, stem.conv1.norm.weight, stem.conv1.norm.num_batches_tracked,"
                        + " res2.0.conv1.weight]");
        assertArray(model.get("stem.conv1.norm.weight"), "[2]", "f4", "[1.5, -2.0]");
        assertArray(model.get("stem.conv1.norm.num_batches_tracked"), "[]", "i8", "[9]");
        assertArray(model.get("res2.0.conv1.weight"), "[3, 2]", "f4", "[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]");
    }

    @Test
    void aNetworkWithoutItsStemIsRefused() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> state = Map.of("conv1.weight", torch.zeros(8, 3, 3, 3));
            assertThatThrownBy(() -> Detectron2.write(folder.resolve("x.pkl"), state))
                    .hasMessageContaining("it takes encoders of stem imagenet");
        }
    }

    private static void assertArray(Object array, String shape, String type, String values) {
        // [reconstruct, its arguments, state], the state [1, shape, [dtype, arguments, state], false, bytes]
        List<?> made = (List<?>) array;
        assertThat(made.get(0).toString()).isEqualTo("numpy.core.multiarray._reconstruct");
        List<?> state = (List<?>) made.get(2);
        assertThat(state.get(0)).isEqualTo(1);
        assertThat(state.get(1).toString()).isEqualTo(shape);
        assertThat(state.get(2).toString())
                .isEqualTo("[numpy.dtype, [" + type + ", false, true], [3, <, null, null, null, -1, -1, 0]]");
        assertThat(state.get(3)).isEqualTo(false);
        ByteBuffer bytes = ByteBuffer.wrap((byte[]) state.get(4)).order(ByteOrder.LITTLE_ENDIAN);
        List<Object> read = new ArrayList<>();
        while (bytes.hasRemaining()) {
            read.add(type.equals("f4") ? (Object) bytes.getFloat() : (Object) bytes.getLong());
        }
        assertThat(read.toString()).isEqualTo(values);
    }

    /** Pickle as its documentation says, tuples and lists as lists, a call as [callable, arguments, state]. */
    private static Object unpickled(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        Deque<Object> stack = new ArrayDeque<>();
        while (true) {
            int opcode = in.get() & 255;
            switch (opcode) {
                case 0x80 -> assertThat(in.get()).isEqualTo((byte) 3);
                case '}' -> stack.push(new LinkedHashMap<>());
                case '(' -> stack.push(MARK);
                case 'X' -> stack.push(new String(bytes(in), StandardCharsets.UTF_8));
                case 'B' -> stack.push(bytes(in));
                case 'J' -> stack.push(in.getInt());
                case 0x88 -> stack.push(true);
                case 0x89 -> stack.push(false);
                case 'N' -> stack.push("null");
                case 'c' -> stack.push(line(in) + "." + line(in));
                case 0x85 -> stack.push(popped(stack, 1));
                case 0x87 -> stack.push(popped(stack, 3));
                case 't' -> stack.push(marked(stack));
                case 'R' -> stack.push(popped(stack, 2));
                case 'b' -> {
                    Object state = stack.pop();
                    list(stack.peek()).add(state);
                }
                case 'u' -> {
                    List<Object> items = marked(stack);
                    @SuppressWarnings("unchecked")
                    Map<Object, Object> map = (Map<Object, Object>) stack.peek();
                    for (int i = 0; i < items.size(); i += 2) {
                        map.put(items.get(i), items.get(i + 1));
                    }
                }
                case '.' -> {
                    assertThat(in.hasRemaining()).isFalse();
                    assertThat(stack).hasSize(1);
                    return stack.pop();
                }
                default -> throw new AssertionError("opcode " + opcode);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    private static List<Object> popped(Deque<Object> stack, int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(0, stack.pop());
        }
        return items;
    }

    private static List<Object> marked(Deque<Object> stack) {
        List<Object> items = new ArrayList<>();
        for (Object item = stack.pop(); item != MARK; item = stack.pop()) {
            items.add(0, item);
        }
        return items;
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return bytes;
    }

    private static String line(ByteBuffer in) {
        StringBuilder text = new StringBuilder();
        for (char c = (char) in.get(); c != '\n'; c = (char) in.get()) {
            text.append(c);
        }
        return text.toString();
    }
}
