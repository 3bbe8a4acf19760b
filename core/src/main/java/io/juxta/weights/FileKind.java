package io.juxta.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipFile;

/** What a file is, by its content, that holds no weights as they are read here; and what to do about it. */
final class FileKind {
    private static final int LOOKED_AT = 4096;
    private static final String UNPACK = ": unpack it first";

    /** Bytes, in hexadecimal, at a place of the file. */
    private record Magic(int at, String bytes, String what) {}

    private static final List<Magic> MAGICS = List.of(
            new Magic(
                    0,
                    "894844460d0a1a0a",
                    "is an HDF5 file, as Keras and TensorFlow write it (.h5): their networks are not known here; take"
                            + " weights of PyTorch or safetensors"),
            new Magic(
                    0,
                    "934e554d5059",
                    "is a numpy array (.npy), which has no name; where it is a dictionary, in Python:"
                            + " torch.save({k: torch.from_numpy(v) for k, v in numpy.load(FILE, allow_pickle=True)"
                            + ".item().items()}, 'weights.pth')"),
            new Magic(0, "1f8b", "is packed by gzip" + UNPACK),
            new Magic(0, "fd377a585a00", "is packed by xz" + UNPACK),
            new Magic(0, "425a68", "is packed by bzip2" + UNPACK),
            new Magic(0, "28b52ffd", "is packed by zstd" + UNPACK),
            new Magic(0, "377abcaf271c", "is a 7-Zip archive" + UNPACK),
            new Magic(0, "526172211a07", "is a RAR archive" + UNPACK),
            new Magic(257, "7573746172", "is a tar archive" + UNPACK),
            new Magic(0, "89504e470d0a1a0a", "is a picture (PNG), no weights"),
            new Magic(0, "ffd8ff", "is a picture (JPEG), no weights"),
            new Magic(0, "47494638", "is a picture (GIF), no weights"),
            new Magic(8, "57454250", "is a picture (WebP), no weights"),
            new Magic(0, "49492a00", "is a picture (TIFF), no weights"),
            new Magic(0, "4d4d002a", "is a picture (TIFF), no weights"),
            new Magic(0, "25504446", "is a PDF document, no weights"),
            new Magic(0, "47475546", "is a GGUF file, of language models: not read here"),
            new Magic(
                    4,
                    "54464c33",
                    "is a TensorFlow Lite model: not read here; take weights of PyTorch or safetensors"));

    private FileKind() {}

    /** A sentence without its subject, if the first bytes of a file tell; and if it is a folder or empty. */
    static Optional<String> of(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            return Files.exists(file.resolve("saved_model.pb"))
                    ? Optional.of("is a SavedModel of TensorFlow, whose networks are not known here: take weights of"
                            + " PyTorch or safetensors")
                    : Optional.empty();
        }
        byte[] first;
        try (InputStream in = Files.newInputStream(file)) {
            first = in.readNBytes(LOOKED_AT);
        }
        if (first.length == 0) {
            return Optional.of("is empty: copy or download it again");
        }
        String name = String.valueOf(file.getFileName());
        for (Magic magic : MAGICS) {
            byte[] bytes = HexFormat.of().parseHex(magic.bytes);
            if (startsWith(first, magic.at, bytes)) {
                return Optional.of(magic.what.replace("FILE", "'" + name + "'"));
            }
        }
        if (first[0] == 8 && !HeaderParser.seemsAHeader(first)) {
            return protobuf(first, name);
        }
        return text(first, name);
    }

    private static boolean startsWith(byte[] first, int at, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (at + i >= first.length || first[at + i] != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /** ONNX's models begin with a version of up to two digits and the producer's name, TensorFlow's with 1 and a graph. */
    private static Optional<String> protobuf(byte[] first, String name) {
        if (first.length < 8 || first[1] < 1 || first[1] > 99) {
            return Optional.empty();
        }
        int length = first[3];
        boolean named = first[2] == 0x12 && length >= 0 && 4 + length < first.length && isText(first, 4, length);
        if (first[1] == 1 && first[2] == 0x12 && !named) {
            return Optional.of("is a SavedModel of TensorFlow, whose networks are not known here: take weights of"
                    + " PyTorch or safetensors");
        }
        boolean graph = first[2] == 0x3a || first[2] == 0x42 || first[2] == 0x1a;
        return named || graph
                ? Optional.of("is an ONNX model, of which the weights alone are of use here; in Python:"
                        + " torch.save({t.name: torch.from_numpy(onnx.numpy_helper.to_array(t).copy()) for t in"
                        + " onnx.load('" + name + "').graph.initializer}, 'weights.pth')")
                : Optional.empty();
    }

    private static Optional<String> text(byte[] first, String name) {
        if (!isText(first, 0, first.length) || !isUnicode(first)) {
            return Optional.empty();
        }
        String text = new String(first, StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs.github.com/spec/")) {
            return Optional.of("is a pointer of git-lfs, not the file that it stands for: git lfs pull");
        }
        if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return Optional.of(
                    "is a web page (HTML), saved instead of the weights: download the file that it links to");
        }
        if (text.startsWith("{") || text.startsWith("[")) {
            return Optional.of(
                    name.endsWith(".index.json")
                            ? "is an index that says which files hold the weights: give one of those, or one file of all"
                            : "is JSON, no weights");
        }
        return Optional.of("is text, no weights");
    }

    /** Whether bytes are of no control character but those of lines. */
    private static boolean isText(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] >= 0 && bytes[i] < 32 && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Whether bytes are UTF-8, of which the last character may be cut. */
    private static boolean isUnicode(byte[] bytes) {
        CharBuffer characters = CharBuffer.allocate(bytes.length);
        return !StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes), characters, false)
                .isError();
    }

    /** What a zip archive is that is no state dict of PyTorch, if it is none. */
    static Optional<String> of(ZipFile zip) {
        String name = Path.of(zip.getName()).getFileName().toString();
        List<String> parts =
                zip.stream().map(part -> part.getName()).limit(100_000).toList();
        if (parts.stream().anyMatch(part -> part.endsWith("/constants.pkl") || part.matches("[^/]*/code/.*"))) {
            return Optional.of("is a module of TorchScript; in Python: torch.save(torch.jit.load('" + name
                    + "', map_location='cpu').state_dict(), 'weights.pth')");
        }
        if (parts.stream().anyMatch(part -> part.endsWith("data.pkl"))) {
            return Optional.empty();
        }
        if (parts.contains("model.weights.h5")) {
            return Optional.of("is a model of Keras, whose networks are not known here: take weights of PyTorch or"
                    + " safetensors");
        }
        if (!parts.isEmpty() && parts.stream().allMatch(part -> part.endsWith(".npy"))) {
            return Optional.of("is an archive of numpy arrays (.npz); in Python: torch.save({k: torch.from_numpy(v) for"
                    + " k, v in numpy.load('" + name + "').items()}, 'weights.pth')");
        }
        return Optional.empty();
    }

    /** What a pickle is that PyTorch has not written. */
    static String ofPickle(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String first = new String(in.readNBytes(LOOKED_AT), StandardCharsets.ISO_8859_1);
            return first.contains("numpy")
                    ? "is a pickle of numpy arrays, such as detectron2's; where you trust it, in Python:"
                            + " torch.save({k: torch.from_numpy(v) for k, v in pickle.load(open('" + file.getFileName()
                            + "', 'rb'), encoding='latin1')['model'].items()}, 'weights.pth')"
                    : "is a pickle, but not of PyTorch";
        }
    }
}
