package io.juxta.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.weights.onnx.OnnxFile;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that hold no weights as they are read here are told apart by their content, whatever they are called. */
class FileKindTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "894844460d0a1a0a0000|is an HDF5 file",
                "934e554d505901007600|is a numpy array",
                "1f8b0808aaaaaaaa0203|is packed by gzip: unpack it first",
                "fd377a585a0000000000|is packed by xz",
                "425a6839314159265359|is packed by bzip2",
                "28b52ffd040000000000|is packed by zstd",
                "377abcaf271c00040000|is a 7-Zip archive",
                "526172211a0700cf9073|is a RAR archive",
                "89504e470d0a1a0a0000|is a picture (PNG)",
                "ffd8ffe000104a464946|is a picture (JPEG)",
                "474946383961aaaaaaaa|is a picture (GIF)",
                "52494646000000005745425056|is a picture (WebP)",
                "49492a0008000000aaaa|is a picture (TIFF)",
                "255044462d312e340a25|is a PDF document",
                "4747554603000000aaaa|is a GGUF file",
                "1c00000054464c330000|is a TensorFlow Lite model",
                "08011298a1060a960402|is a SavedModel of TensorFlow",
                "0807120770797463000100|begin with the length of a header",
                "deadbeefdeadbeefdead|begin with the length of a header"
            })
    void byTheirFirstBytes(String bytes, String said) throws IOException {
        refused(HexFormat.of().parseHex(bytes), said);
    }

    @Test
    void emptyFilesTextsAndPages() throws IOException {
        refused(new byte[0], "is empty: copy or download it again");
        refused("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull");
        refused("\n<!DOCTYPE html>\n<html lang=en>", "is a web page (HTML)");
        refused("{\"weight_map\": {}}", "is JSON, no weights");
        refused("dear reader", "is text, no weights");
    }

    /** What this library writes as ONNX, it knows again. */
    @Test
    void onnx() throws IOException {
        OnnxGraph graph = new OnnxGraph("line");
        Path file = folder.resolve("line.onnx");
        try (PointerScope scope = new PointerScope()) {
            String x = graph.input("x", List.of("1", "2"));
            graph.output(graph.node("y", "Add", List.of(x, graph.tensor("b", torch.ones(2)))), List.of("1", "2"));
            OnnxFile.write(file, graph, "1.0", Map.of());
        }
        assertThatThrownBy(() -> WeightsFile.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": is an ONNX model")
                .hasMessageContaining("onnx.load('line.onnx').graph.initializer");
    }

    @Test
    void archives() throws IOException {
        refused(
                zip("m/data.pkl", "m/constants.pkl", "m/code/__torch__.py"),
                "torch.jit.load('file', map_location='cpu')");
        refused(zip("config.json", "metadata.json", "model.weights.h5"), "is a model of Keras");
        refused(zip("a.npy", "b.npy"), "numpy.load('file').items()");
        refused(zip("photo.txt"), "is a zip archive without data.pkl");
    }

    /** An object of Python's is not taken apart: what to type in Python is said instead. */
    @Test
    void wholeObjectsAndOtherPickles() throws IOException {
        String object = "\u0080\2ctorchvision.models.resnet\nResNet\n)\u0081}X\1\0\0\0aNsb.";
        Path file = Files.write(folder.resolve("file"), stored(object));
        assertThatThrownBy(() -> WeightsFile.read(file))
                .hasMessage(
                        file + ": is a whole pickled object (torchvision.models.resnet.ResNet), not a state dict; where"
                                + " you trust it, in Python: torch.save(torch.load('file', weights_only=False).state_dict(),"
                                + " 'weights.pth')");
        String within = "\u0080\2}X\5\0\0\0modelctorchvision.models.resnet\nResNet\n)\u0081}X\1\0\0\0aNsbs.";
        Path dictionary = Files.write(folder.resolve("file"), stored(within));
        assertThatThrownBy(() -> WeightsFile.read(dictionary))
                .hasMessageContaining("holds a whole pickled object (torchvision.models.resnet.ResNet) as model")
                .hasMessageContaining("torch.load('file', weights_only=False)['model'].state_dict()");
        refused("\u0080\3}(X\5\0\0\0modelcnumpy.core.multiarray\n_reconstruct\nu.", "is a pickle of numpy arrays");
        refused("\u0080\3}.", "is a pickle, but not of PyTorch");
    }

    @Test
    void aFolderOfTensorFlow() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.write(model.resolve("saved_model.pb"), new byte[] {8, 1});
        assertThatThrownBy(() -> WeightsFile.read(model)).hasMessageContaining("is a SavedModel of TensorFlow");
    }

    /** A header of 0x4b50 bytes begins with the letters of a zip archive, one of 0x8b1f bytes as gzip does. */
    @ParameterizedTest
    @CsvSource({"19280", "35615", "640"})
    void aHeaderOfAnyLengthIsAHeader(int length) throws IOException {
        String json = "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}";
        byte[] header = (json + " ".repeat(length - json.length())).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(8 + length + 12).order(ByteOrder.LITTLE_ENDIAN);
        Path file = Files.write(
                folder.resolve("model.safetensors"),
                bytes.putLong(length).put(header).array());
        try (PointerScope scope = new PointerScope()) {
            assertThat(WeightsFile.read(file).tensors()).containsOnlyKeys("a");
        }
    }

    private void refused(String text, String said) throws IOException {
        refused(text.getBytes(StandardCharsets.ISO_8859_1), said);
    }

    private void refused(byte[] bytes, String said) throws IOException {
        Path file = Files.write(folder.resolve("file"), bytes);
        assertThatThrownBy(() -> WeightsFile.read(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(said)
                .hasMessageNotContaining("\n");
    }

    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(1);
            }
        }
        return bytes.toByteArray();
    }

    /** An archive of PyTorch's, whose parts are not compressed. */
    private static byte[] stored(String pickle) throws IOException {
        byte[] part = pickle.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("m/data.pkl");
            java.util.zip.CRC32 sum = new java.util.zip.CRC32();
            sum.update(part);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(part.length);
            entry.setCrc(sum.getValue());
            out.putNextEntry(entry);
            out.write(part);
        }
        return bytes.toByteArray();
    }
}
