package io.juxta.data;

import io.juxta.data.FolderWalk.Entry;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.image.SufficientSize;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * The images below a folder, at any depth, in the order of their names. The first-level sub-folders that hold some are
 * the classes, in the order of their names, where there are at least two beside each other; an image beside them has no
 * class. A single sub-folder is no class: it says nothing of an image that it does not say of all. Folders whose names
 * read the same, spelt in two ways (Unicode), are one class.
 *
 * <p>Not taken are hidden files and folders, what systems and NAS put among them (thumbnails, rubbish bins), and the
 * folders of runs; {@link #left} says what that was, what could not be opened and what is no picture or none that is
 * read. Links are followed. An image is known by its ending, or else by its first bytes.
 *
 * <p>A file that disappears, or whose size or time of change is no longer what it was when the folder was opened, is an
 * unreadable image: an epoch is made of the files it began with.
 */
@API(status = API.Status.INTERNAL)
public final class ImageFolder implements Dataset {
    private static final int SAID = 3;

    private final Path root;
    private final List<Entry> entries;
    private final List<Omission> left;
    private final List<String> folders;
    private final List<String> classes;
    private final int[] labels;
    /** Of the files that were read. */
    private final AtomicLongArray checksums;

    private final Orientation orientation;
    private final SufficientSize enough;

    private ImageFolder(
            Path root, List<Entry> entries, List<Omission> left, Orientation orientation, SufficientSize enough) {
        this.root = root;
        this.entries = entries;
        this.left = left;
        this.orientation = orientation;
        this.enough = enough;
        long[] unread = new long[entries.size()];
        Arrays.fill(unread, FileState.UNREAD);
        this.checksums = new AtomicLongArray(unread);
        TreeSet<String> names = new TreeSet<>();
        for (Entry entry : entries) {
            int slash = entry.name().indexOf('/');
            if (slash > 0) {
                names.add(FileName.composed(entry.name().substring(0, slash)));
            }
        }
        folders = List.copyOf(names);
        classes = folders.size() < 2 ? List.of() : folders;
        Map<String, Integer> numbers = new HashMap<>();
        classes.forEach(name -> numbers.put(name, numbers.size()));
        labels = entries.stream()
                .mapToInt(entry -> {
                    int slash = entry.name().indexOf('/');
                    return slash < 0
                            ? -1
                            : numbers.getOrDefault(
                                    FileName.composed(entry.name().substring(0, slash)), -1);
                })
                .toArray();
    }

    /**
     * Lists a folder; only files with strange endings are opened.
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
        FolderWalk walk = new FolderWalk(root);
        walk.walk();
        List<Entry> found = walk.found();
        List<Omission> left = walk.left();
        if (found.isEmpty()) {
            String instead = left.stream().limit(SAID).map(Omission::text).collect(Collectors.joining("; "));
            throw new IOException(root + ": no image in it or below it ("
                    + (instead.isEmpty() ? "it is empty" : "there: " + instead) + ")");
        }
        found.sort(Comparator.comparing(Entry::name));
        return new ImageFolder(root, List.copyOf(found), left, Orientation.IGNORE, SufficientSize.WHOLE);
    }

    /** The folder as it was given. */
    public Path root() {
        return root;
    }

    /** What lies in the folder and was left out, and why. */
    public List<Omission> left() {
        return left;
    }

    /** The first-level sub-folders with images in them, also where they are too few to be classes. */
    public List<String> folders() {
        return folders;
    }

    /** The file of an image. */
    public Path file(int index) {
        return entries.get(index).path();
    }

    @Override
    public ImageFolder upright() {
        return new ImageFolder(root, entries, left, Orientation.CAMERA, enough);
    }

    @Override
    public ImageFolder shrunk(SufficientSize sufficient) {
        return new ImageFolder(root, entries, left, orientation, sufficient);
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        Entry entry = entries.get(index);
        try {
            BasicFileAttributes now = Files.readAttributes(entry.path(), BasicFileAttributes.class);
            if (!now.isRegularFile()) { // to read a pipe would be to wait for ever
                throw new UnreadableImageException(entry.path() + ": no regular file");
            }
            if (now.size() != entry.size() || now.lastModifiedTime().toMillis() != entry.modified()) {
                throw new UnreadableImageException(entry.path() + ": changed since the folder was opened");
            }
        } catch (UnreadableImageException e) {
            throw e;
        } catch (IOException e) {
            throw new UnreadableImageException(
                    entry.path() + (Files.isSymbolicLink(entry.path()) ? ": a link to nothing" : ": no longer there"));
        }
        byte[] bytes = Decoder.bytes(entry.path());
        checksums.set(index, FileState.checksum(bytes, 0, bytes.length));
        return Decoder.decode(bytes, entry.path().toString(), orientation, enough);
    }

    /** With a checksum once the image has been read. */
    @Override
    public Optional<FileState> fileState(int index) {
        Entry entry = entries.get(index);
        return Optional.of(new FileState(entry.size(), entry.modified(), checksums.get(index)));
    }

    @Override
    public long checksum(int index) throws IOException {
        byte[] bytes = Decoder.bytes(entries.get(index).path());
        checksums.set(index, FileState.checksum(bytes, 0, bytes.length));
        return checksums.get(index);
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
        return entries.get(index).name();
    }

    @Override
    public String source(int index) {
        return entries.get(index).path().toString();
    }
}
