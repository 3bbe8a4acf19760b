package io.juxta.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.weights.Safetensors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFileTest {
    private static final List<String> NAMES = List.of("a.jpg", "in, quotes \"b\".png", "größe/\uD83D\uDC1D.png");
    private static final float[][] ROWS = {{1, -2.5f}, {3e-9f, 4}, {0, 7.25f}};

    @TempDir
    Path folder;

    private Path written(String name) throws IOException {
        Path file = folder.resolve(name);
        try (Embeddings embeddings = Embeddings.of(NAMES, ROWS)) {
            EmbeddingFile.of(file).write(file, embeddings);
        }
        return file;
    }

    /** An array's header, as NumPy's format says it, and its values. */
    private record Array(String header, ByteBuffer values) {
        static Array of(byte[] file) {
            ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            byte[] magic = new byte[8];
            bytes.get(magic);
            assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
            byte[] header = new byte[bytes.getShort()];
            bytes.get(header);
            assertThat(bytes.position() % 64).isZero();
            assertThat(header[header.length - 1]).isEqualTo((byte) '\n');
            return new Array(
                    new String(header, StandardCharsets.US_ASCII).strip(),
                    bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    private static void assertValues(Array array) {
        assertThat(array.header).isEqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }");
        for (float[] row : ROWS) {
            for (float value : row) {
                assertThat(array.values.getFloat()).isEqualTo(value);
            }
        }
        assertThat(array.values.hasRemaining()).isFalse();
    }

    @Test
    void npy() throws IOException {
        Path file = written("e.npy");
        assertValues(Array.of(Files.readAllBytes(file)));
        assertThat(Files.readAllLines(folder.resolve("e.npy.paths.txt"))).isEqualTo(NAMES);
    }

    @Test
    void npz() throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(written("e.npz"))))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        assertThat(entries).containsOnlyKeys("embeddings.npy", "paths.npy");
        assertValues(Array.of(entries.get("embeddings.npy")));
        Array paths = Array.of(entries.get("paths.npy"));
        int longest = "in, quotes \"b\".png".length();
        assertThat(paths.header).isEqualTo("{'descr': '<U" + longest + "', 'fortran_order': False, 'shape': (3,), }");
        for (String name : NAMES) {
            byte[] cell = new byte[4 * longest];
            paths.values.get(cell);
            assertThat(new String(cell, Charset.forName("UTF-32LE")).replace("\0", ""))
                    .isEqualTo(name);
        }
        assertThat(paths.values.hasRemaining()).isFalse();
    }

    @Test
    void csv() throws IOException {
        assertThat(Files.readString(written("e.csv")))
                .isEqualTo("path,e0,e1\na.jpg,1.0,-2.5\n\"in, quotes \"\"b\"\".png\",3.0E-9,4.0\n" + NAMES.get(2)
                        + ",0.0,7.25\n");
    }

    @Test
    void safetensorsAreReadBack() throws IOException {
        try (Embeddings read = EmbeddingFile.read(written("e.safetensors"))) {
            assertThat(read.names()).isEqualTo(NAMES);
            for (int i = 0; i < ROWS.length; i++) {
                assertThat(read.row(i)).isEqualTo(ROWS[i]);
            }
        }
    }

    @Test
    void refusesInOneLine() throws IOException {
        assertThatThrownBy(() -> EmbeddingFile.of(folder.resolve("e.txt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("e.txt must end in .npy, .npz, .csv or .safetensors, which says what is written");
        try (Embeddings broken = Embeddings.of(List.of("a\nb"), new float[1][2])) {
            for (EmbeddingFile format : List.of(EmbeddingFile.NPY, EmbeddingFile.SAFETENSORS)) {
                Path file = folder.resolve("broken");
                assertThatThrownBy(() -> format.write(file, broken))
                        .hasMessageStartingWith("the path a?b has a line break in it");
                assertThat(file).doesNotExist();
            }
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor values = Tensor.create(new float[] {1, 2, 3, 4}, 2, 2);
            Tensor paths = Tensor.create("a\n".getBytes(StandardCharsets.UTF_8), false, 2);
            assertUnread(Map.of("weight", values), "holds no embeddings with paths");
            assertUnread(Map.of("embeddings", paths, "paths", paths), "holds no embeddings with paths");
            assertUnread(Map.of("embeddings", values, "paths", paths), "holds 2 embeddings and 1 paths");
            Tensor nan = Tensor.create(new float[] {Float.NaN}, 1, 1);
            assertUnread(Map.of("embeddings", nan, "paths", paths), "such as are no numbers");
        }
    }

    private void assertUnread(Map<String, Tensor> tensors, String message) throws IOException {
        Path file = folder.resolve("other.safetensors");
        Safetensors.write(file, tensors, Map.of());
        assertThatThrownBy(() -> EmbeddingFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith(file.toString());
    }
}
