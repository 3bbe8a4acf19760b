package io.juxta.runs;

import io.juxta.data.FileName;
import io.juxta.data.ImageFolder;
import io.juxta.data.Originals;
import io.juxta.image.ForeignFormat;
import io.juxta.image.ImageFormat;
import io.juxta.image.Shrinking;
import io.juxta.runs.pictures.FormatName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which picture of a folder goes where; nothing is written before that is known of all. */
final class PreparedFiles {
    private final List<PreparedFile> files = new ArrayList<>();

    private PreparedFiles() {}

    int size() {
        return files.size();
    }

    PreparedFile get(int index) {
        return files.get(index);
    }

    /**
     * Looks at the beginning of every file.
     *
     * @throws IllegalArgumentException when the output, or a part of it, lies in the input
     * @throws IOException when two pictures may become the same file, or nothing can be written there
     */
    static PreparedFiles plan(ImageFolder images, Path output) throws IOException {
        Originals originals = Originals.of(images.root());
        originals.requireOutside(output);
        PreparedFiles plan = new PreparedFiles();
        for (int i = 0; i < images.size(); i++) {
            Path source = images.file(i);
            Path copy = output.resolve(images.root().relativize(source));
            PreparedFile file = new PreparedFile(source, copy, shrunk(source, copy));
            originals.requireFileOutside(file.copy());
            originals.requireFileOutside(file.shrunk());
            plan.files.add(file);
        }
        // what would be taken for one file by the system must not differ in letters alone
        plan.requireApart(Path::toString);
        Files.createDirectories(output);
        if (!Files.isWritable(output)) {
            throw new IOException("cannot write into " + output + ": choose another --output");
        }
        if (takesLettersForTheSame(output)) {
            plan.requireApart(path -> FileName.folded(path.toString()));
        }
        return plan;
    }

    private static Path shrunk(Path source, Path copy) throws IOException {
        byte[] first;
        try (InputStream in = Files.newInputStream(source)) {
            first = in.readNBytes(ForeignFormat.FIRST_BYTES);
        } catch (IOException e) {
            // it will be named as unreadable when its turn comes
            return copy;
        }
        return ImageFormat.of(first)
                .map(own -> {
                    ImageFormat written = Shrinking.written(first, own);
                    return written == own ? copy : FormatName.of(copy, written);
                })
                .orElse(copy);
    }

    private interface Key {
        String of(Path target);
    }

    private void requireApart(Key key) throws IOException {
        Map<String, Path> sources = new HashMap<>();
        for (PreparedFile file : files) {
            requireFree(sources.put(key.of(file.copy()), file.source()), file.source(), file.copy());
        }
        for (PreparedFile file : files) {
            if (!file.shrunk().equals(file.copy())) {
                requireFree(sources.put(key.of(file.shrunk()), file.source()), file.source(), file.shrunk());
            }
        }
    }

    private static void requireFree(@Nullable Path other, Path source, Path target) throws IOException {
        if (other != null && !other.equals(source)) {
            throw new IOException(source + " and " + other + " would both become " + target + ": rename one of them");
        }
    }

    private static boolean takesLettersForTheSame(Path folder) throws IOException {
        Path probe = Files.createTempFile(folder, ".letters", ".tmp");
        try {
            return Files.exists(
                    probe.resolveSibling(probe.getFileName().toString().toUpperCase(Locale.ROOT)));
        } finally {
            Files.delete(probe);
        }
    }
}
