package io.juxta.data;

import io.juxta.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apiguardian.api.API;

/**
 * CIFAR-10 in its own binary files (Krizhevsky 2009, "Learning multiple layers of features from tiny images"): records
 * of a label byte and 32 x 32 pixels, all red, then all green, then all blue. The files are kept in memory: 150 MB for
 * the training set.
 */
@API(status = API.Status.INTERNAL)
public final class CifarBinary implements Dataset {
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int RECORD = 1 + 3 * PLANE;
    private static final String NAMES = "batches.meta.txt";

    private final List<byte[]> files;
    private final List<String> fileNames;
    /** The first image of each file, and after the last file the number of images. */
    private final int[] starts;

    private final List<String> classes;

    private CifarBinary(List<byte[]> files, List<String> fileNames, List<String> classes) {
        this.files = List.copyOf(files);
        this.fileNames = List.copyOf(fileNames);
        this.classes = classes;
        this.starts = new int[files.size() + 1];
        for (int i = 0; i < files.size(); i++) {
            starts[i + 1] = starts[i] + files.get(i).length / RECORD;
        }
    }

    /**
     * Reads the files of one split.
     *
     * @param folder with data_batch_1.bin and so on, test_batch.bin and batches.meta.txt
     * @param train whether the training files are meant, or the test file
     * @throws IOException when a file is missing, is not a whole number of records, or holds an unknown label
     */
    public static CifarBinary open(Path folder, boolean train) throws IOException {
        List<String> classes = readClasses(folder.resolve(NAMES));
        List<Path> paths = train ? trainingFiles(folder) : List.of(folder.resolve("test_batch.bin"));
        List<byte[]> files = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Path path : paths) {
            if (!Files.isRegularFile(path)) {
                throw new IOException(path + ": no such file");
            }
            byte[] bytes = Files.readAllBytes(path);
            if (bytes.length == 0 || bytes.length % RECORD != 0) {
                throw new IOException(path + ": " + bytes.length + " bytes are not a whole number of records of "
                        + RECORD + "; download it again");
            }
            for (int at = 0; at < bytes.length; at += RECORD) {
                if ((bytes[at] & 255) >= classes.size()) {
                    throw new IOException(path + ": image " + at / RECORD + " has class " + (bytes[at] & 255) + " of "
                            + classes.size() + "; download it again");
                }
            }
            files.add(bytes);
            names.add(String.valueOf(path.getFileName()));
        }
        return new CifarBinary(files, names, classes);
    }

    /** Whether the folder looks like CIFAR-10's. */
    static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(NAMES)) && Files.isRegularFile(folder.resolve("test_batch.bin"));
    }

    private static List<Path> trainingFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> found = all.filter(
                            path -> String.valueOf(path.getFileName()).matches("data_batch_\\d+\\.bin"))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new IOException(folder + ": no data_batch_1.bin in it");
            }
            return found;
        }
    }

    private static List<String> readClasses(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ": no such file; CIFAR-10's folder holds it beside data_batch_1.bin");
        }
        List<String> names = Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (names.isEmpty()) {
            throw new IOException(file + ": no class names in it; download it again");
        }
        return names;
    }

    @Override
    public int size() {
        return starts[files.size()];
    }

    @Override
    public Image image(int index) {
        int file = fileOf(index);
        byte[] planes = files.get(file);
        int at = (index - starts[file]) * RECORD + 1;
        byte[] rgb = new byte[3 * PLANE];
        for (int i = 0; i < PLANE; i++) {
            rgb[3 * i] = planes[at + i];
            rgb[3 * i + 1] = planes[at + PLANE + i];
            rgb[3 * i + 2] = planes[at + 2 * PLANE + i];
        }
        return new Image(SIDE, SIDE, rgb);
    }

    @Override
    public int label(int index) {
        int file = fileOf(index);
        return files.get(file)[(index - starts[file]) * RECORD] & 255;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        int file = fileOf(index);
        return fileNames.get(file) + "#" + (index - starts[file]);
    }

    private int fileOf(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("image " + index + " of " + size());
        }
        int file = 0;
        while (index >= starts[file + 1]) {
            file++;
        }
        return file;
    }

    @Override
    public boolean isInMemory() {
        return true;
    }

    /** An image of its own within a file: its record's bytes. */
    @Override
    public Optional<FileState> fileState(int index) {
        return Optional.of(new FileState(RECORD, 0, checksum(index)));
    }

    @Override
    public long checksum(int index) {
        int file = fileOf(index);
        return FileState.checksum(files.get(file), (index - starts[file]) * RECORD, RECORD);
    }
}
