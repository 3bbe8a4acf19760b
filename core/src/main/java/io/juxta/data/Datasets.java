package io.juxta.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apiguardian.api.API;

/** Finds a data set in a folder. */
@API(status = API.Status.INTERNAL)
public final class Datasets {
    private Datasets() {}

    /**
     * Opens the split that a folder holds. In this order: CIFAR-10's binary files in it or in its folder
     * cifar-10-batches-bin; the sub-folder train, or test or else val (see {@link #find}), as an {@link ImageFolder}; for
     * training the folder itself.
     *
     * @throws IOException when there is no such folder, no such split, or no image
     */
    public static Dataset open(Path root, Split split) throws IOException {
        return find(root, split)
                .orElseThrow(() ->
                        new IOException(root + ": no folder test or val in it; put the held-out images into one"));
    }

    /**
     * Opens the split that a folder holds, if it holds it: where {@link #open} would say that there is no folder test or
     * val, this gives nothing. Of several folders with held-out images the first that has classes is taken, in the order
     * test, val, testing, valid, validation; large letters or small. A folder training is one only beside one of these.
     *
     * @throws IOException when there is no such folder, or no image in the split
     */
    public static Optional<Dataset> find(Path root, Split split) throws IOException {
        for (Path folder : new Path[] {root, root.resolve("cifar-10-batches-bin")}) {
            if (CifarBinary.isIn(folder)) {
                return Optional.of(CifarBinary.open(folder, split == Split.TRAIN));
            }
        }
        if (!Files.isDirectory(root)) {
            return Optional.of(ImageFolder.open(root)); // says what it is instead
        }
        SplitFolders folders = SplitFolders.of(root);
        if (split == Split.TRAIN) {
            return Optional.of(ImageFolder.open(folders.train().orElse(root)));
        }
        Optional<Dataset> first = Optional.empty();
        for (Path folder : folders.heldOut()) {
            Dataset images = ImageFolder.open(folder);
            if (!images.classes().isEmpty()) {
                return Optional.of(images);
            }
            first = first.isPresent() ? first : Optional.of(images);
        }
        return first;
    }
}
