package io.juxta.data;

import io.juxta.image.ForeignFormat;
import io.juxta.image.ImageFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.DosFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the image files below a folder. A known ending is believed, until the file is decoded: a million of files are
 * not opened to be listed. Of a file with another ending the first bytes decide, unless the ending is one of text.
 */
final class FolderWalk extends SimpleFileVisitor<Path> {
    private static final Set<String> ENDINGS =
            Set.of("jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "tif", "tiff", "gif", "ppm", "pgm", "pnm");

    /** What lies beside pictures in great numbers and is never one. */
    private static final Set<String> TEXT = Set.of(
            "txt", "md", "csv", "tsv", "json", "jsonl", "xml", "yaml", "yml", "html", "htm", "log", "py", "npy", "db",
            "ini", "js", "css");

    private static final String GIVE_PERMISSION = "give read permission, or move it away";

    /** A file as it was found. */
    record Entry(String name, Path path, long size, long modified) {}

    private final Path root;
    private final List<Entry> found = new ArrayList<>();
    private final Omitted omitted = new Omitted();
    /** The folder whose pictures are counted and not taken, from when it is entered until it is left. */
    private @Nullable Path aside;

    private Optional<String> system = Optional.empty();

    FolderWalk(Path root) {
        this.root = root;
    }

    /** @throws IOException when the folder itself cannot be read */
    void walk() throws IOException {
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, this);
    }

    /** The images, in no order. */
    List<Entry> found() {
        return found;
    }

    List<Omission> left() {
        return omitted.list();
    }

    private String name(Path file) {
        return FileName.of(root.relativize(file));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        if (aside != null || folder.equals(root)) {
            return FileVisitResult.CONTINUE;
        }
        String own = String.valueOf(folder.getFileName());
        system = SystemFolders.what(own);
        if (system.isPresent() || isHidden(own, attributes)) {
            aside = folder;
        } else if (OwnRuns.isOne(folder)) {
            omitted.run(name(folder));
            return FileVisitResult.SKIP_SUBTREE;
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        String own = String.valueOf(file.getFileName());
        String ending = ending(own);
        boolean named = ENDINGS.contains(ending);
        if (aside != null || isHidden(own, attributes)) {
            if (named) {
                putAside(file);
            }
        } else if (named) {
            // what is no file, as a link to nothing, is found when it is read, and counted as unreadable
            add(file, attributes);
        } else if (TEXT.contains(ending) || !attributes.isRegularFile() || attributes.size() == 0) {
            omitted.other(ending.isEmpty() ? "" : "." + ending, name(file));
        } else {
            lookInto(file, attributes, ending);
        }
        return FileVisitResult.CONTINUE;
    }

    private void add(Path file, BasicFileAttributes attributes) {
        long modified = attributes.lastModifiedTime().toMillis();
        found.add(new Entry(name(file), file, attributes.size(), modified));
    }

    private void putAside(Path file) {
        if (aside != null && system.isPresent()) {
            omitted.system(String.valueOf(aside.getFileName()), system.get(), name(file));
        } else {
            omitted.hidden(name(file));
        }
    }

    private void lookInto(Path file, BasicFileAttributes attributes, String ending) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] first = in.readNBytes(ForeignFormat.FIRST_BYTES);
            Optional<ForeignFormat> foreign = ForeignFormat.of(first);
            if (foreign.isPresent()) {
                omitted.foreign(foreign.get(), name(file));
            } else if (ImageFormat.of(first).isPresent()) {
                add(file, attributes);
            } else {
                omitted.other(ending.isEmpty() ? "" : "." + ending, name(file));
            }
        } catch (IOException e) {
            omitted.closed(reason(e), GIVE_PERMISSION, name(file));
        }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
        if (file.equals(root)) {
            throw new IOException(file + ": cannot be read (" + reason(cause) + "): give read permission");
        }
        if (aside != null) {
            return FileVisitResult.CONTINUE;
        }
        if (cause instanceof FileSystemLoopException) {
            omitted.loop(name(file));
        } else {
            omitted.closed(reason(cause), GIVE_PERMISSION, name(file));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException cause) throws IOException {
        if (cause != null) {
            visitFileFailed(folder, cause);
        }
        if (folder.equals(aside)) {
            aside = null;
        }
        return FileVisitResult.CONTINUE;
    }

    private static String reason(IOException cause) {
        return cause instanceof AccessDeniedException ? "permission denied" : String.valueOf(cause.getMessage());
    }

    private static boolean isHidden(String name, BasicFileAttributes attributes) {
        return name.startsWith(".") || attributes instanceof DosFileAttributes dos && dos.isHidden();
    }

    /** Whether a name says that this is an image. */
    static boolean hasEndingOfImage(String name) {
        return ENDINGS.contains(ending(name));
    }

    private static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
