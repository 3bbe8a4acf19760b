package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.image.SufficientSize;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/** Numbered images, with or without classes. Implementations are safe for use by many threads at once. */
@API(status = API.Status.EXPERIMENTAL)
public interface Dataset {
    /** The number of images. */
    int size();

    /**
     * Reads and decodes one image.
     *
     * @param index from 0 to {@code size() - 1}
     */
    Image image(int index) throws UnreadableImageException;

    /** The class of an image, an index into {@link #classes()}, or -1 where the set has no classes. */
    int label(int index);

    /** The names of the classes in the order of their labels; empty where the set has none. */
    List<String> classes();

    /** What a person calls this image: its path below the root, or its number. */
    String name(int index);

    /** Where a person finds this image, for messages: its file where it has one, else its name. */
    default String source(int index) {
        return name(index);
    }

    /** What is known of this image's file, without a look into it; nothing where an image has none. */
    default Optional<FileState> fileState(int index) {
        return Optional.empty();
    }

    /**
     * Reads this image's file for its checksum, as {@link FileState} has it.
     *
     * @throws IOException when it cannot be read
     */
    default long checksum(int index) throws IOException {
        return FileState.UNREAD;
    }

    /** Whether the pixels lie in memory already, so that nothing is won by keeping them there. */
    default boolean isInMemory() {
        return false;
    }

    /**
     * The same images, turned as the camera was held ({@link Orientation#CAMERA}): as people see them. A set whose images
     * say nothing of cameras is its own.
     */
    default Dataset upright() {
        return this;
    }

    /** The same images, larger ones shrunk to what suffices as they are decoded. A set of small images is its own. */
    default Dataset shrunk(SufficientSize enough) {
        return this;
    }

    /** The data set that the images are of: another one where this is a view of it, such as a part. */
    default Dataset origin() {
        return this;
    }
}
