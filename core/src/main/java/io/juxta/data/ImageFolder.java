package io.juxta.data;

import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The images below a folder, at any depth, in the order of their paths. Where some lie in sub-folders, the first-level
 * sub-folders are the classes, in the order of their names, and an image beside them has none; otherwise there are no
 * classes. Hidden files are left out, links are followed.
 *
 * <p>A file that disappears, or whose size or time of change is no longer what it was when the folder was opened, is an
 * unreadable image: an epoch is made of the files it began with.
 */
public final class ImageFolder implements Dataset {
    private static final Set<String> EXTENSIONS =
            Set.of("jpg", "jpeg", "jpe", "png", "webp", "bmp", "tif", "tiff", "gif", "ppm");

    /** A file as it was found. */
    private record Entry(String name, Path path, long size, long modified) {}

    private final List<Entry> entries;
    private final List<String> classes;
    private final int[] labels;

    private ImageFolder(List<Entry> entries) {
        this.entries = entries;
        TreeSet<String> names = new TreeSet<>();
        for (Entry entry : entries) {
            int slash = entry.name.indexOf('/');
            if (slash > 0) {
                names.add(entry.name.substring(0, slash));
            }
        }
        this.classes = List.copyOf(names);
        this.labels = entries.stream()
                .mapToInt(entry -> {
                    int slash = entry.name.indexOf('/');
                    return slash < 0 ? -1 : classes.indexOf(entry.name.substring(0, slash));
                })
                .toArray();
    }

    /**
     * Lists a folder; no image is opened.
     *
     * @throws IOException when there is no such folder, it cannot be read, or no image is in it
     */
    public static ImageFolder open(Path root) throws IOException {
        if (!Files.exists(root)) {
            throw new IOException(root + ": no such folder");
        }
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": not a folder; give the folder that holds the images");
        }
        List<Entry> found = new ArrayList<>();
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Finder(root, found));
        if (found.isEmpty()) {
            throw new IOException(
                    root + ": no image in it or below it (known endings: " + new TreeSet<>(EXTENSIONS) + ")");
        }
        found.sort(Comparator.comparing(Entry::name));
        return new ImageFolder(List.copyOf(found));
    }

    /** Collects image files, and turns what cannot be read into one clear line. */
    private static final class Finder extends SimpleFileVisitor<Path> {
        private final Path root;
        private final List<Entry> found;

        Finder(Path root, List<Entry> found) {
            this.root = root;
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return folder.equals(root) || !hidden(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            // what is no file, as a link to nothing, is found when it is read, and counted as unreadable
            if (!hidden(file) && EXTENSIONS.contains(extension)) {
                StringBuilder path = new StringBuilder();
                for (Path part : root.relativize(file)) {
                    path.append(path.isEmpty() ? "" : "/").append(part);
                }
                long modified = attributes.lastModifiedTime().toMillis();
                found.add(new Entry(path.toString(), file, attributes.size(), modified));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (cause instanceof FileSystemLoopException) {
                throw new IOException(file + ": is a link to a folder that it lies in: remove the link");
            }
            String why = cause instanceof AccessDeniedException ? "permission denied" : cause.toString();
            throw new IOException(file + ": cannot be read (" + why + "): give read permission"
                    + (file.equals(root) ? "" : ", or move it out of " + root));
        }

        private static boolean hidden(Path file) {
            return String.valueOf(file.getFileName()).startsWith(".");
        }
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        Entry entry = entries.get(index);
        try {
            BasicFileAttributes now = Files.readAttributes(entry.path, BasicFileAttributes.class);
            if (!now.isRegularFile()) { // to read a pipe would be to wait for ever
                throw new UnreadableImageException(entry.path + ": no regular file");
            }
            if (now.size() != entry.size || now.lastModifiedTime().toMillis() != entry.modified) {
                throw new UnreadableImageException(entry.path + ": changed since the folder was opened");
            }
        } catch (UnreadableImageException e) {
            throw e;
        } catch (IOException e) {
            throw new UnreadableImageException(
                    entry.path + (Files.isSymbolicLink(entry.path) ? ": a link to nothing" : ": no longer there"));
        }
        return Decoder.read(entry.path);
    }

    @Override
    public int label(int index) {
        return labels[index];
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        return entries.get(index).name;
    }

    @Override
    public String source(int index) {
        return entries.get(index).path.toString();
    }
}
