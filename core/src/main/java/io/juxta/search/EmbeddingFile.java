package io.juxta.search;

import io.juxta.weights.Beside;
import io.juxta.weights.RawTensor;
import io.juxta.weights.Safetensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Files of embeddings, for other programs and for a later search. */
@API(status = API.Status.EXPERIMENTAL)
public enum EmbeddingFile {
    /** NumPy's array (N, D); the paths lie beside it in {@code FILE.paths.txt}, one on each line. */
    NPY {
        @Override
        public void write(Path file, Embeddings embeddings) throws IOException {
            requireLines(embeddings.names());
            Beside.write(file, out -> array(out, embeddings));
            byte[] lines = (String.join("\n", embeddings.names()) + "\n").getBytes(StandardCharsets.UTF_8);
            Beside.write(file.resolveSibling(file.getFileName() + ".paths.txt"), out -> out.write(lines));
        }
    },
    /** NumPy's archive: {@code embeddings} (N, D) and {@code paths} (N). */
    NPZ {
        @Override
        public void write(Path file, Embeddings embeddings) throws IOException {
            Beside.write(file, out -> {
                ZipOutputStream zip = new ZipOutputStream(out);
                zip.setLevel(1); // floats hardly shrink
                zip.putNextEntry(entry("embeddings.npy"));
                array(zip, embeddings);
                zip.putNextEntry(entry("paths.npy"));
                Npy.strings(zip, embeddings.names());
                zip.finish();
            });
        }
    },
    /** A row for each image: its path, then its D values. */
    CSV {
        @Override
        public void write(Path file, Embeddings embeddings) throws IOException {
            Beside.write(file, out -> {
                StringBuilder header = new StringBuilder("path");
                for (int i = 0; i < embeddings.dimension(); i++) {
                    header.append(",e").append(i);
                }
                out.write(header.append('\n').toString().getBytes(StandardCharsets.UTF_8));
                for (int i = 0; i < embeddings.size(); i++) {
                    StringBuilder row =
                            new StringBuilder(Csv.quoted(embeddings.names().get(i)));
                    for (float value : embeddings.row(i)) {
                        row.append(',').append(value);
                    }
                    out.write(row.append('\n').toString().getBytes(StandardCharsets.UTF_8));
                }
            });
        }
    },
    /**
     * {@code embeddings} (N, D), and {@code paths}, the bytes of all paths in UTF-8 with a line feed behind each; how they
     * were made lies in the metadata. {@link #read} reads it.
     */
    SAFETENSORS {
        @Override
        public void write(Path file, Embeddings embeddings) throws IOException {
            requireLines(embeddings.names());
            byte[] lines = String.join(
                            "",
                            embeddings.names().stream().map(name -> name + "\n").toList())
                    .getBytes(StandardCharsets.UTF_8);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put(VALUES, embeddings.values());
            tensors.put(PATHS, Tensor.create(lines, false, lines.length));
            Safetensors.write(file, tensors, embeddings.about());
        }
    };

    private static final String VALUES = "embeddings";
    private static final String PATHS = "paths";

    /**
     * The format that a file's ending says.
     *
     * @throws IllegalArgumentException when it says none, in one line
     */
    public static EmbeddingFile of(Path file) {
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
        for (EmbeddingFile format : values()) {
            if (format.name().equals(ending)) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                file + " must end in .npy, .npz, .csv or .safetensors, which says what is written");
    }

    /**
     * Writes embeddings beside their place, and then there.
     *
     * @throws IOException when the file cannot be written, in one line that names it
     */
    public abstract void write(Path file, Embeddings embeddings) throws IOException;

    /**
     * Reads what {@link #SAFETENSORS} has written.
     *
     * @throws IOException when it cannot be read or holds no embeddings, in one line that names it
     */
    public static Embeddings read(Path file) throws IOException {
        Safetensors.Loaded loaded = Safetensors.read(file);
        Tensor values = loaded.tensors().get(VALUES);
        Tensor paths = loaded.tensors().get(PATHS);
        if (values == null
                || paths == null
                || values.dim() != 2
                || paths.dim() != 1
                || values.scalar_type().intern() != ScalarType.Float
                || paths.scalar_type().intern() != ScalarType.Byte) {
            throw new IOException(
                    file + " holds no embeddings with paths: give a .safetensors file that embed has" + " written");
        }
        byte[] lines = new byte[Math.toIntExact(paths.numel())];
        paths.data_ptr_byte().get(lines);
        List<String> names = new String(lines, StandardCharsets.UTF_8).lines().toList();
        if (names.size() != values.size(0)) {
            throw new IOException(file + " holds " + values.size(0) + " embeddings and " + names.size()
                    + " paths: write it again by embed");
        }
        if (values.size(0) == 0
                || values.size(1) == 0
                || !values.isfinite().all().item_bool()) {
            throw new IOException(file + " holds no embeddings, or such as are no numbers: write it again by embed");
        }
        return new Embeddings(names, values, loaded.metadata());
    }

    private static void array(OutputStream out, Embeddings embeddings) throws IOException {
        Npy.header(out, "<f4", embeddings.size() + ", " + embeddings.dimension());
        RawTensor.write(out, embeddings.values());
    }

    private static ZipEntry entry(String name) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0); // the same embeddings are the same bytes
        return entry;
    }

    private static void requireLines(List<String> names) {
        for (String name : names) {
            if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
                throw new IllegalArgumentException("the path " + name.replaceAll("\\p{Cntrl}", "?")
                        + " has a line break in it, which this format cannot hold: use .npz or .csv, or rename it");
            }
        }
    }
}
