package io.juxta.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Filler;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** A file as the format's description has it, put together by hand. */
    private static byte[] file(String json, byte... data) {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }

    private Path put(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("w.safetensors"), bytes);
    }

    private static final String GOLDEN_HEADER = "{\"__metadata__\":{\"arch\":\"tiny\"},"
            + "\"b\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[8,10]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";

    private static byte[] golden() {
        String padded = GOLDEN_HEADER + " ".repeat(-GOLDEN_HEADER.length() & 7);
        return file(padded, new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, (byte) 0xc0, (byte) 0xfe, (byte) 0xff});
    }

    private static Map<String, Tensor> goldenTensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", Tensor.create(new short[] {-2}, 1));
        tensors.put("a", Tensor.create(new float[] {1, -2}, 2, 1));
        return tensors;
    }

    @Test
    void writesTheBytesThatTheFormatDescribes() throws IOException {
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, goldenTensors(), Map.of("arch", "tiny"));
        assertThat(Files.readAllBytes(file)).isEqualTo(golden());
    }

    @Test
    void readsTheBytesThatTheFormatDescribes() throws IOException {
        Safetensors.Loaded loaded = Safetensors.read(put(golden()));
        assertThat(loaded.metadata()).isEqualTo(Map.of("arch", "tiny"));
        assertSame(loaded.tensors(), goldenTensors());
    }

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void everyTypeAndShapeComesBack(ElementType type) throws IOException {
        Random random = new Random(type.ordinal());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 30; i++) {
            long[] shape = random.longs(random.nextInt(5), 0, 4).toArray();
            Tensor values = Filler.tensor(i, ScalarType.Float, shape)
                    .mul(new Scalar(100))
                    .to(type.scalar);
            if (random.nextBoolean() && shape.length > 1) {
                values = values.transpose(0, shape.length - 1);
            } else if (random.nextBoolean() && shape.length > 0 && values.size(0) > 1) {
                values = values.narrow(0, 1, values.size(0) - 1);
            } else if (shape.length == 4) {
                values = values.contiguous(MemoryFormat.ChannelsLast);
            }
            tensors.put("t" + random.nextInt(1000) + "." + i, values);
        }
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, tensors, Map.of());
        assertSame(Safetensors.read(file).tensors(), tensors);
    }

    @Test
    void everyTensorIsAlignedToItsElementAndNamesKeepTheirOrder() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("flags", Tensor.create(new boolean[] {true, false, true}, 3));
        tensors.put("pointer", Tensor.create(new long[] {7}, 1));
        tensors.put("half", Filler.tensor(1, ScalarType.Float, 3).to(ScalarType.Half));
        tensors.put("weight \"é\"\n", Filler.tensor(2, ScalarType.Float, 3));
        Header header = Header.of(tensors, Map.of());
        assertThat(header.entries().keySet()).containsExactlyElementsOf(tensors.keySet());
        assertThat(header.entries().values()).allMatch(entry -> entry.begin() % entry.type().bytes == 0);
        assertThat(header.encode().limit() % 8).isZero();
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, tensors, Map.of("a\u0000b", "line\nline", "é", "\ud83d\ude00"));
        Safetensors.Loaded loaded = Safetensors.read(file);
        assertSame(loaded.tensors(), tensors);
        assertThat(loaded.metadata()).isEqualTo(Map.of("a\u0000b", "line\nline", "é", "\ud83d\ude00"));
    }

    @Test
    void anEmptyFileOfWeightsIsPossible() throws IOException {
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, Map.of(), Map.of());
        assertThat(Safetensors.read(file).tensors()).isEmpty();
    }

    @Test
    void parametersAreWrittenWithoutTheirGradients() throws IOException {
        Tensor parameter = Filler.tensor(3, ScalarType.Float, 2, 2).set_requires_grad(true);
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, Map.of("p", parameter), Map.of());
        Tensor read = Safetensors.read(file).tensors().values().iterator().next();
        assertThat(read.requires_grad()).isFalse();
        assertThat(torch.equal(read, parameter)).isTrue();
    }

    @Test
    void whatCannotBeStoredIsRefusedAndTheOldFileStays() throws IOException {
        Path file = put(golden());
        Tensor complex = Filler.tensor(1, ScalarType.Float, 2).to(ScalarType.ComplexFloat);
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("c", complex), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tensor c");
        assertThatThrownBy(() -> Safetensors.write(
                        file, Map.of("__metadata__", Filler.tensor(1, ScalarType.Float, 2)), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(golden());
    }

    @Test
    void aFailedWriteLeavesNothingBeside() throws IOException {
        Path missing = folder.resolve("no").resolve("w.safetensors");
        assertThatThrownBy(() -> Safetensors.write(missing, goldenTensors(), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot write " + missing + ": there is no such folder");
        assertThatThrownBy(() -> Safetensors.write(folder, goldenTensors(), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aWrittenFileReplacesTheOldOneAndNothingElseIsLeft() throws IOException {
        Path file = put(new byte[] {1, 2, 3});
        Safetensors.write(file, goldenTensors(), Map.of());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
        assertSame(Safetensors.read(file).tensors(), goldenTensors());
    }

    @Test
    void aFileCutShortAnywhereIsRefused() throws IOException {
        byte[] whole = golden();
        for (int length = 0; length < whole.length; length++) {
            Path file = put(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Safetensors.read(file))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(WeightsException.class)
                    .hasMessageStartingWith(file.toString())
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void aFlippedBitInTheHeaderIsRefusedOrHarmless() throws IOException {
        byte[] whole = golden();
        int headerEnd = whole.length - 10;
        int refused = 0;
        for (int at = 0; at < headerEnd; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) (1 << bit);
                Path file = put(flipped);
                try {
                    assertThat(Safetensors.read(file).tensors().size()).isBetween(1, 2);
                } catch (WeightsException e) {
                    refused++;
                    assertThat(e).hasMessageStartingWith(file.toString());
                    assertThat(e.getMessage()).doesNotContain("\n");
                }
            }
        }
        assertThat(refused).isGreaterThan(headerEnd * 4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|no JSON object",
                "{}|0",
                "{\"a\":3}|no object for a",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} x|not JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} {}|no end",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}|lacks",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}|lacks",
                "{\"a\":{\"dtype\":\"F4\",\"shape\":[4],\"data_offsets\":[0,4]}}|unknown dtype F4",
                "{\"a\":{\"dtype\":5,\"shape\":[4],\"data_offsets\":[0,4]}}|no text as dtype",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}|whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":{\"x\":1},\"data_offsets\":[0,4]}}|no list",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}|whole numbers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}|2^63",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4,0],\"data_offsets\":[0,0]}}|2^63",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|needs 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|cut short",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}|lies at bytes 4 to 0",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]}}|hole",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}|its tensors 3",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}|within another",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}|Duplicate field 'a'",
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|Duplicate field",
                "{\"__metadata__\":{\"x\":1}}|no text for the metadata x",
                "{\"__metadata__\":[]}|no object",
                "{\"a\\nb\":7}|no object for a b",
            })
    void aHostileHeaderIsRefusedInOneLine(String json, String cause) throws IOException {
        Path file = put(file(json, new byte[4]));
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(cause)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void impossibleHeaderLengthsAreRefusedBeforeAnythingIsAllocated() throws IOException {
        for (long length : List.of(0L, 1L, 100L, (long) Header.MAX_BYTES + 1, Long.MAX_VALUE, -1L, Long.MIN_VALUE)) {
            byte[] bytes = golden();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length == 100 ? bytes.length : length);
            Path file = put(bytes);
            assertThatThrownBy(() -> Safetensors.read(file))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("header");
        }
    }

    @Test
    void deepNestingAndForeignTextAreRefused() throws IOException {
        Path deep = put(file("{\"a\":{\"x\":" + "[".repeat(100_000)));
        assertThatThrownBy(() -> Safetensors.read(deep)).isInstanceOf(WeightsException.class);
        byte[] latin = file("{\"a\":7}");
        latin[10] = (byte) 0xe9;
        Path file = put(latin);
        assertThatThrownBy(() -> Safetensors.read(file)).hasMessageContaining("UTF-8");
    }

    @Test
    void whatIsNotAFileIsNamed() {
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> Safetensors.read(none))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot read " + none + ": there is no such file or folder");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(WeightsException.class)
                .hasMessage(folder + ": is a folder, not a safetensors file");
    }

    static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> {
            Tensor read = actual.getOrDefault(name, tensor);
            assertThat(StateDict.shape(read)).as(name).isEqualTo(StateDict.shape(tensor));
            assertThat(read.scalar_type().intern())
                    .isEqualTo(tensor.scalar_type().intern());
            assertThat(torch.equal(read, tensor)).as(name).isTrue();
        });
    }
}
