package io.juxta.report.snapshots;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The files of the folder {@code snapshots} of a run. Every file is written beside its place and moved there; reading
 * trusts nothing.
 */
@API(status = API.Status.INTERNAL)
public final class SnapshotFiles {
    private static final long LARGEST = 32 << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private final Path path;

    /** @param run the run's folder */
    public SnapshotFiles(Path run) {
        this.path = run.resolve("snapshots");
    }

    /**
     * The epochs of which there are files, in rising order.
     *
     * @param name of such a file, its group the epoch
     */
    public List<Integer> epochs(Pattern name) throws IOException {
        TreeMap<Integer, Path> epochs = new TreeMap<>();
        for (Path file : list()) {
            Matcher matcher = name.matcher(file.getFileName().toString());
            if (matcher.matches()) {
                epochs.put(Integer.parseInt(matcher.group(1)), file);
            }
        }
        return List.copyOf(epochs.keySet());
    }

    private List<Path> list() throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.toList();
        }
    }

    /** A picture that must be there. */
    public byte[] jpeg(String name) throws IOException {
        byte[] bytes = bytes(name).orElseThrow(() -> damaged(name, "it is missing", null));
        if (bytes.length < 4 || (bytes[0] & 255) != 0xff || (bytes[1] & 255) != 0xd8) {
            throw damaged(name, "it is no JPEG file", null);
        }
        return bytes;
    }

    /** A value, where there is its file. */
    public <T> Optional<T> json(String name, Class<T> type) throws IOException {
        Optional<byte[]> bytes = bytes(name);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            T value = JSON.readValue(bytes.get(), type);
            if (value == null) {
                throw damaged(name, "it is empty", null);
            }
            return Optional.of(value);
        } catch (JsonProcessingException e) {
            boolean hole = e.getCause() instanceof NullPointerException;
            throw damaged(name, hole ? "an element of a list is empty" : e.getOriginalMessage(), e);
        } catch (NullPointerException e) {
            throw damaged(name, "an element of a list is empty", e);
        }
    }

    private Optional<byte[]> bytes(String name) throws IOException {
        Path file = path.resolve(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file)) {
            throw damaged(name, "it is no file", null);
        }
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw damaged(name, "it is larger than the limit of " + (LARGEST >> 20) + " MiB", null);
            }
            return Optional.of(bytes);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": permission denied", e);
        }
    }

    public IOException damaged(String name, @Nullable String why, @Nullable Throwable cause) {
        String line = String.valueOf(why).lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ");
        String shown = line.length() <= 200 ? line : line.substring(0, 200) + "...";
        return new IOException(
                path.resolve(name) + " is damaged (" + shown + "): delete the folder " + path
                        + ", and the report goes without its pictures",
                cause);
    }

    public void write(String name, byte[] bytes) throws IOException {
        Files.createDirectories(path);
        Replacing.write(path.resolve(name), bytes);
    }

    public void writeJson(String name, Object value) throws IOException {
        write(name, JSON.writeValueAsBytes(value));
    }

    public void delete(String name) throws IOException {
        Files.deleteIfExists(path.resolve(name));
    }

    /** Takes away the folder, unless somebody has put something into it. */
    void deleteEmpty() throws IOException {
        if (Files.isDirectory(path) && list().isEmpty()) {
            Files.delete(path);
        }
    }
}
