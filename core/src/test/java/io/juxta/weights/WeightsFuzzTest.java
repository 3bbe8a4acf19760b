package io.juxta.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changed files give tensors or the one exception: no other, no crash, no end of memory. */
@Tag("slow")
class WeightsFuzzTest {
    private static final int MUTATIONS = Integer.getInteger("juxta.mutations", 4_000);
    private static final byte[] OPCODES =
            "(.012NJKMGX}])tlaesudqrhjcQRbTUBC\u0080\u0081\u0085\u0086\u0087\u0088\u008a\u008b\u008c\u008e\u0094"
                    .getBytes(StandardCharsets.ISO_8859_1);
    private static final String[] TOKENS = {
        "-1",
        "0",
        "64",
        "4611686018427387904",
        "9223372036854775807",
        "1e9",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "\"F64\"",
        "\"BOOL\"",
        "\"dtype\"",
        "\"shape\"",
        "\"data_offsets\"",
        "\"__metadata__\"",
        "\\ud800",
        " "
    };

    @TempDir
    Path folder;

    /** Bytes anywhere, steps of the pickle, lengths of the archive's directory, and parts gone or twice there. */
    @ParameterizedTest
    @ValueSource(strings = {"dtypes.zip.pt", "dtypes.legacy.pt", "checkpoint.zip.pt", "checkpoint.legacy.pt"})
    void pytorchsFiles(String name) throws IOException {
        byte[] whole = fixture(name);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = random.nextInt(8) == 0 ? moved(whole, random) : whole.clone();
            boolean directory = name.contains("zip") && random.nextInt(3) == 0;
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int from = directory ? Math.max(2, bytes.length * 2 / 3) : 2;
                bytes[random.nextInt(from, bytes.length)] = switch (random.nextInt(3)) {
                    case 0 -> (byte) random.nextInt();
                    case 1 -> new byte[] {0, -1, 127, 1}[random.nextInt(4)];
                    default -> OPCODES[random.nextInt(OPCODES.length)];
                };
            }
            read += readOrRefused(bytes);
        }
        assertThat(read).isBetween(1, MUTATIONS - 1);
    }

    /**
     * Pickles put together of what they remember: lists, dictionaries, texts, tensors and calls, again and again. What is read
     * is bounded by the bytes of the file.
     */
    @Test
    void picklesThatRemember() throws IOException {
        SplittableRandom random = new SplittableRandom(23);
        int read = 0;
        for (int i = 0; i < MUTATIONS / 4; i++) {
            StringBuilder pickle = new StringBuilder("\u0080\2" + SEED);
            int remembered = 6;
            for (int step = random.nextInt(4, 120); step > 0; step--) {
                pickle.append(remembering(random, remembered));
                if (remembered < 200) {
                    pickle.append('q').append((char) remembered++);
                }
                pickle.append('0');
            }
            pickle.append('h').append((char) (remembered - 1)).append('.');
            read += readOrRefused(archive(pickle.toString()));
        }
        assertThat(read).isBetween(1, MUTATIONS / 4 - 1);
    }

    /** Remembered from 0: a text of 900 characters, a storage, a side, a tensor, the class of dictionaries and that of tensors. */
    private static final String SEED = "X\u0084\3\0\0" + "n".repeat(900) + "q\0" + "0"
            + "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuM\0\2tQq\1" + "0(K\2tq\2"
            + "0ctorch._utils\n_rebuild_tensor_v2\nq\5(h\1K\0h\2h\2tRq\3" + "0ccollections\nOrderedDict\nq\4" + "0";

    private static String remembering(SplittableRandom random, int remembered) {
        String any = "h" + (char) random.nextInt(remembered);
        String other = "h" + (char) random.nextInt(Math.max(3, remembered - 4), remembered);
        String number = "K" + (char) random.nextInt(256);
        return switch (random.nextInt(7)) {
            case 0 -> "](" + other.repeat(random.nextInt(1, 40)) + "e";
            case 1 -> "}h\0" + other + "s";
            case 2 -> "}(" + number + other + "h\0" + any + "u";
            case 3 -> "}(K\1" + any + number + other + "X\1\0\0\0" + "1" + "h\3u";
            case 4 -> "h\5(h\1" + number + "(" + number + "t(K" + (char) random.nextInt(3) + "ttR";
            case 5 -> "h\4](" + ("(h\0" + other + "t").repeat(random.nextInt(1, 3)) + "e\u0085R";
            default -> "(" + other.repeat(random.nextInt(1, 9)) + "t";
        };
    }

    private static byte[] archive(String pickle) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.setLevel(0);
            for (Map.Entry<String, byte[]> part : Map.of(
                            "x/data.pkl", pickle.getBytes(StandardCharsets.ISO_8859_1), "x/data/0", new byte[2048])
                    .entrySet()) {
                ZipEntry entry = new ZipEntry(part.getKey());
                CRC32 sum = new CRC32();
                sum.update(part.getValue());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(part.getValue().length);
                entry.setCrc(sum.getValue());
                out.putNextEntry(entry);
                out.write(part.getValue());
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void safetensors() throws IOException {
        String json = "{\"__metadata__\":{\"arch\":\"tiny\"},"
                + "\"b\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[8,10]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                + "\"e\":{\"dtype\":\"U8\",\"shape\":[0,3],\"data_offsets\":[10,10]}}";
        SplittableRandom random = new SplittableRandom(11);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            StringBuilder header = new StringBuilder(json);
            for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
                int at = random.nextInt(header.length());
                int until = Math.min(header.length(), at + random.nextInt(3));
                header.replace(at, until, TOKENS[random.nextInt(TOKENS.length)]);
            }
            byte[] bytes = safetensors(header.toString(), 10);
            if (random.nextInt(4) == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            read += readOrRefused(bytes);
        }
        assertThat(read).isBetween(1, MUTATIONS - 1);
    }

    /** No values, but sizes whose product is beyond 2^63: libtorch refuses them, so the header is refused before. */
    @ParameterizedTest
    @ValueSource(strings = {"[0,4611686018427387904,4]", "[4611686018427387904,0,4]"})
    void hugeSizesOfAnEmptyTensor(String shape) throws IOException {
        byte[] bytes = safetensors("{\"a\":{\"dtype\":\"U8\",\"shape\":" + shape + ",\"data_offsets\":[0,0]}}", 0);
        Path file = Files.write(folder.resolve("huge.safetensors"), bytes);
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> WeightsFile.read(file))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("2^63");
        }
    }

    private int readOrRefused(byte[] bytes) throws IOException {
        Path mutant = Files.write(folder.resolve("mutant"), bytes);
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors = WeightsFile.read(mutant).tensors();
            long values = tensors.values().stream().mapToLong(Tensor::nbytes).sum();
            long names = tensors.keySet().stream().mapToLong(String::length).sum();
            assertThat(values).isLessThanOrEqualTo(4L * bytes.length + (1 << 20));
            assertThat(names).isLessThanOrEqualTo(16L * bytes.length + (1 << 20));
            assertThat(tensors.size()).isLessThanOrEqualTo(1000 + 2 * bytes.length);
            return 1;
        } catch (WeightsException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
            return 0;
        }
    }

    /** A part of the file written over another. */
    private static byte[] moved(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        int length = random.nextInt(1, 64);
        int from = random.nextInt(2, bytes.length - length);
        System.arraycopy(whole, from, bytes, random.nextInt(2, bytes.length - length), length);
        return bytes;
    }

    private static byte[] safetensors(String json, int data) {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    private static byte[] fixture(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(WeightsFuzzTest.class.getResourceAsStream("pytorch/" + name))) {
            return in.readAllBytes();
        }
    }
}
