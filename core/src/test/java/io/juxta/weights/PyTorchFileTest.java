package io.juxta.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Goldens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that real PyTorch wrote, and files that mean harm. */
class PyTorchFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"dtypes.zip.pt", "dtypes.legacy.pt", "checkpoint.zip.pt", "checkpoint.legacy.pt"})
    void everyValueIsPyTorchs(String name) throws Exception {
        List<String[]> expected = Files.readAllLines(copied("values.txt")).stream()
                .map(line -> line.split("\\|", -1))
                .filter(parts -> parts[0].equals(name))
                .toList();
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors = WeightsFile.read(copied(name)).tensors();
            assertThat(tensors.keySet())
                    .containsExactlyElementsOf(
                            expected.stream().map(parts -> parts[1]).toList());
            for (String[] parts : expected) {
                Tensor tensor = Objects.requireNonNull(tensors.get(parts[1]));
                String type = ElementType.of(tensor.scalar_type().intern())
                        .orElseThrow()
                        .name();
                assertThat(type).as(parts[1]).isEqualTo(shortName(parts[2]));
                String shape = String.join(
                        "x",
                        Arrays.stream(tensor.sizes().vec().get())
                                .mapToObj(Long::toString)
                                .toList());
                assertThat(shape.isEmpty() ? "-" : shape).as(parts[1]).isEqualTo(parts[3]);
                double[] values = parts[4].isEmpty()
                        ? new double[0]
                        : Arrays.stream(parts[4].split(" "))
                                .mapToDouble(PyTorchFileTest::python)
                                .toArray();
                if (tensor.numel() > 0) {
                    assertThat(Goldens.values(tensor.to(ScalarType.Double)))
                            .as(parts[1])
                            .containsExactly(values);
                }
            }
        }
    }

    private static double python(String value) {
        return switch (value) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(value);
        };
    }

    private static String shortName(String type) {
        return switch (type) {
            case "bfloat16" -> "BF16";
            case "uint8" -> "U8";
            case "bool" -> "BOOL";
            default -> type.replace("float", "F").replace("int", "I");
        };
    }

    @Test
    void plainValuesBesideTensorsAreMetadata() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            assertThat(WeightsFile.read(copied("checkpoint.zip.pt")).metadata())
                    .containsEntry("epoch", "3")
                    .containsEntry("arch", "resnet50")
                    .containsEntry("best", "12.5")
                    .containsEntry("args", "collections.Counter");
        }
    }

    /** What PyTorch wrote, written here and read again, is the same to the bit and in the same order. */
    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors =
                    WeightsFile.read(copied("dtypes.zip.pt")).tensors();
            Map<String, Object> root = new LinkedHashMap<>();
            root.put("epoch", 3);
            root.put("arch", "resnet50");
            root.put("loss", 0.5);
            root.put("many", 1L << 40);
            root.put("best", true);
            root.put("state_dict", tensors);
            Path file = folder.resolve("written.pt");
            PyTorchWriter.write(file, root);
            WeightsFile again = WeightsFile.read(file);
            assertThat(again.metadata().toString())
                    .isEqualTo("{epoch=3, arch=resnet50, loss=0.5, many=1099511627776, best=true}");
            assertThat(again.tensors().keySet())
                    .containsExactlyElementsOf(tensors.keySet().stream()
                            .map(name -> "state_dict/" + name)
                            .toList());
            again.tensors().forEach((name, tensor) -> {
                Tensor own = Objects.requireNonNull(tensors.get(name.substring("state_dict/".length())));
                assertThat(tensor.scalar_type().intern())
                        .isEqualTo(own.scalar_type().intern());
                assertThat(torch.allclose(tensor, own, 0, 0, true)).as(name).isTrue();
            });
            byte[] first = Files.readAllBytes(file);
            PyTorchWriter.write(file, root);
            assertThat(Files.readAllBytes(file)).isEqualTo(first);
        }
    }

    /** Views of one storage share it here as well. */
    @Test
    void storagesAreShared() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors =
                    WeightsFile.read(copied("dtypes.zip.pt")).tensors();
            Tensor base = Objects.requireNonNull(tensors.get("base"));
            base.fill_(new org.bytedeco.pytorch.Scalar(5));
            assertThat(Goldens.values(Objects.requireNonNull(tensors.get("row")).to(ScalarType.Double)))
                    .containsOnly(5);
        }
    }

    /** What calls os.system and eval when Python trusts it is two names here. */
    @Test
    void nothingIsExecuted() throws Exception {
        try (PointerScope scope = new PointerScope()) {
            WeightsFile file = WeightsFile.read(copied("evil.pt"));
            assertThat(file.tensors()).containsOnlyKeys("weight");
            assertThat(file.metadata()).hasSize(2);
            assertThat(String.join(" ", file.metadata().values()))
                    .contains("system")
                    .contains("eval");
            assertThat(Path.of("juxta-was-fooled")).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dtypes.zip.pt", "dtypes.legacy.pt", "checkpoint.legacy.pt"})
    void aFileCutShortAnywhereIsRefused(String name) throws Exception {
        byte[] whole = Files.readAllBytes(copied(name));
        Path cut = folder.resolve("cut.pt");
        for (int length = 2; length < whole.length; length += name.contains("zip") ? 41 : 7) {
            Files.write(cut, Arrays.copyOf(whole, length));
            try (PointerScope scope = new PointerScope()) {
                assertThatThrownBy(() -> WeightsFile.read(cut))
                        .as(name + " of " + length)
                        .isInstanceOf(WeightsException.class)
                        .hasMessageStartingWith(cut.toString());
            }
        }
    }

    @Test
    void harmfulPickles() throws Exception {
        refused("nested deeper", pickle("]".repeat(100_000) + "a".repeat(99_999)));
        refused("more than twice as many values", pickle(laughs()));
        refused("nested deeper", pickle("]q\0h\0a")); // a list that holds itself
        refused("2147483647 bytes follow", pickle("X\u00ff\u00ff\u00ff\u007f"));
        refused("never saw", pickle("h\7"));
        refused("what is not there", pickle("a"));
        refused("0x69", pickle("ios\nsystem\n"));
        refused("more than the file", pickle(tensor("999999999999", "(K\2t", "(K\1t", "K\0")));
        refused("does not lie in it", pickle(tensor("4", "(K\5t", "(K\1t", "K\0")));
        refused(
                "shape [0, 2147483647, ",
                pickle(tensor("4", "(K\0" + "J\u00ff\u00ff\u00ff\u007f".repeat(3) + "t", "(K\1K\1K\1K\1t", "K\0")));
        refused("does not lie in it", pickle(tensor("4", "(K\2t", "(K\4t", "K\0")));
        refused("does not lie in it", pickle(tensor("4", "(K\2t", "(K\1t", "J\u00ff\u00ff\u00ff\u00ff")));
        refused("does not lie in it", pickle(tensor("4", "(K\2t", "(J\u00ff\u00ff\u00ff\u00fft", "K\1")));
        refused("does not lie in it", pickle(tensor("4", "(J\u00ff\u00ff\u00ff\u007ft", "(K\0t", "K\0")));
        refused(
                "lacks the storage",
                pickle(tensor("4", "(K\2t", "(K\1t", "K\0").replace("X\1\0\0\0" + "0", "X\3\0\0\0" + "../")));
    }

    /** What is remembered costs two bytes each time it is used again: what comes of it must not. */
    @Test
    void sharingIsBounded() throws Exception {
        String tensor = tensor("4", "(K\2t", "(K\1t", "K\0") + "q\7";
        // a name of 9,000 characters, and below it the same tensor 12,000 times under short names
        StringBuilder names = new StringBuilder("}X\u0028\u0023\0\0" + "n".repeat(9000) + "}(");
        for (int i = 0; i < 12_000; i++) {
            names.append("J")
                    .append((char) (i & 255))
                    .append((char) (i >> 8))
                    .append("\0\0")
                    .append(i == 0 ? tensor : "h\7");
        }
        refused("names of tensors that are longer", pickle(names + "us"));
        // one long name, again and again on the way down
        StringBuilder path = new StringBuilder("}" + "X\u0084\3\0\0" + "n".repeat(900) + "q\1");
        path.append("}h\1".repeat(20)).append(tensor).append("s".repeat(21));
        refused("more than 10,000 characters", pickle(path.toString()));
        // the same dictionary of 64 tensors from 64 names, from 64 names, from 64 names
        StringBuilder tree = new StringBuilder("}(");
        for (int i = 0; i < 64; i++) {
            tree.append('K').append((char) i).append(i == 0 ? tensor : "h\7");
        }
        tree.append("uq\1");
        for (int level = 0; level < 3; level++) {
            tree.append("0}(");
            for (int i = 0; i < 64; i++) {
                tree.append('K').append((char) i).append('h').append((char) (level + 1));
            }
            tree.append("uq").append((char) (level + 2));
        }
        refused("more than twice as many values", pickle(tree.toString()));
        // a list of 2,000 pairs, of which 2,000 dictionaries are made
        StringBuilder pairs = new StringBuilder("](");
        for (int i = 0; i < 2000; i++) {
            String key = Integer.toString(10_000 + i);
            pairs.append("X\5\0\0\0").append(key).append("N\u0086");
        }
        pairs.append("e\u0085q\1")
                .append("0ccollections\nOrderedDict\nq\2" + "0](")
                .append("h\2h\1R".repeat(2000))
                .append('e');
        refused("copies the same lists over and over", pickle(pairs.toString()));
        // sides without number, of tensor after tensor
        refused("of 200 dimensions", pickle(tensor("4", "(" + "K\1".repeat(200) + "t", "(K\1t", "K\0")));
    }

    /** Each of 3,000 tensors lies in the storage, and is all of it. */
    @Test
    void viewsOfOneStorageAreBounded() throws Exception {
        int side = 100_000;
        String size = "(J\u00a0\u0086\1\0t";
        StringBuilder pickle =
                new StringBuilder("\u0080\2}(K\0" + tensor(Integer.toString(side), size, "(K\1t", "K\0") + "q\7");
        for (int i = 1; i < 3000; i++) {
            pickle.append("J").append((char) (i & 255)).append((char) (i >> 8)).append("\0\0h\7");
        }
        byte[] bytes = (pickle + "u.").getBytes(StandardCharsets.ISO_8859_1);
        refused(
                "more than 4 times the file",
                zip(ZipEntry.STORED, Map.of("x/data.pkl", bytes, "x/data/0", new byte[4 * side])));
    }

    /** Which of two Python would take is not what somebody meant. */
    @Test
    void aNameThatIsThereTwiceIsRefused() throws Exception {
        String a = tensor("4", "(K\2t", "(K\1t", "K\0");
        String key = "X\6\0\0\0weight";
        refused("the key weight twice", pickle("}(" + key + a + key + a + "u"));
        refused("the key weight twice", pickle("}" + key + "Ns" + key + "Ns"));
        refused("the key weight twice", pickle("ccollections\nOrderedDict\n]((" + key + "Nt(" + key + "Nte\u0085R"));
        refused("two tensors that are called 1", pickle("}(K\1" + a + "X\1\0\0\0" + "1" + a + "u"));
        refused("two tensors that are called a/b", pickle("}(X\3\0\0\0a/b" + a + "X\1\0\0\0a}X\1\0\0\0b" + a + "su"));
        byte[] empty = "\u0080\2}.".getBytes(StandardCharsets.ISO_8859_1);
        byte[] twice =
                zip(ZipEntry.STORED, Map.of("x/data.pkl", empty, "x/data/0", new byte[4], "x/data/1", new byte[8]));
        String renamed = new String(twice, StandardCharsets.ISO_8859_1).replace("x/data/1", "x/data/0");
        refused("the part x/data/0 twice", renamed.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Lists of lists: 2^40 values when they are walked. */
    private static String laughs() {
        StringBuilder laughs = new StringBuilder("]q\0");
        for (int level = 0; level < 28; level++) {
            laughs.append("](h")
                    .append((char) level)
                    .append('h')
                    .append((char) level)
                    .append('e');
            laughs.append('q').append((char) (level + 1));
        }
        return laughs.toString();
    }

    private static String tensor(String length, String size, String stride, String offset) {
        long values = Long.parseLong(length);
        StringBuilder number = new StringBuilder("\u008a\6");
        for (int i = 0; i < 6; i++) {
            number.append((char) (values >> 8 * i & 0xff));
        }
        return "ctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpu"
                + number + "tQ" + offset + size + stride + "tR";
    }

    private byte[] pickle(String body) throws IOException {
        byte[] pickle = ("\u0080\2" + body + ".").getBytes(StandardCharsets.ISO_8859_1);
        return zip(ZipEntry.STORED, Map.of("x/data.pkl", pickle, "x/data/0", new byte[16]));
    }

    @Test
    void harmfulArchives() throws Exception {
        byte[] empty = "\u0080\2}.".getBytes(StandardCharsets.ISO_8859_1);
        refused("compressed", zip(ZipEntry.DEFLATED, Map.of("x/data.pkl", new byte[1 << 20])));
        refused("without data.pkl", zip(ZipEntry.STORED, Map.of("a", empty)));
        refused("several", zip(ZipEntry.STORED, Map.of("x/data.pkl", empty, "../data.pkl", empty)));
        refused("big-endian", zip(ZipEntry.STORED, Map.of("x/data.pkl", empty, "x/byteorder", new byte[] {'b'})));
        refused("of 17000000 bytes", zip(ZipEntry.STORED, Map.of("x/data.pkl", new byte[17_000_000])));
    }

    private void refused(String part, byte[] bytes) throws Exception {
        Path file = folder.resolve("harm.pt");
        Files.write(file, bytes);
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> WeightsFile.read(file))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining(part)
                    .hasMessageNotContaining("\n");
        }
    }

    private static byte[] zip(int method, Map<String, byte[]> parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> part : new LinkedHashMap<>(parts).entrySet()) {
                ZipEntry entry = new ZipEntry(part.getKey());
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    CRC32 sum = new CRC32();
                    sum.update(part.getValue());
                    entry.setCrc(sum.getValue());
                    entry.setSize(part.getValue().length);
                }
                out.putNextEntry(entry);
                out.write(part.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private Path copied(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = Objects.requireNonNull(PyTorchFileTest.class.getResourceAsStream("pytorch/" + name))) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
