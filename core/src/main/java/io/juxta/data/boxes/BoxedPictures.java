package io.juxta.data.boxes;

import io.juxta.data.Dataset;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/** Pictures and the boxes about the objects in them. Immutable. */
@API(status = API.Status.INTERNAL)
public final class BoxedPictures {
    private final String kind;
    private final List<Picture> pictures;
    private final List<String> classes;
    private final List<String> notes;
    private final boolean learnsFromDifficult;

    /**
     * A picture of a set.
     *
     * @param name what people call it: its path below the set's folder
     * @param file where it lies
     * @param source the file that states its boxes
     * @param size as it is shown, turned as the camera was held
     * @param objects in its pixels
     */
    public record Picture(String name, Path file, String source, PictureSize size, LabelledBoxes objects) {}

    /**
     * @param kind what the set was taken for: {@code VOC}, {@code COCO} or {@code a folder}
     * @param notes what was mended or left out, a line each
     * @param learnsFromDifficult whether difficult objects are learned from as others: VOC's are, COCO's crowds are not
     */
    BoxedPictures(
            String kind,
            List<Picture> pictures,
            List<String> classes,
            List<String> notes,
            boolean learnsFromDifficult) {
        this.kind = kind;
        this.pictures = List.copyOf(pictures);
        this.classes = List.copyOf(classes);
        this.notes = List.copyOf(notes);
        this.learnsFromDifficult = learnsFromDifficult;
    }

    public String kind() {
        return kind;
    }

    public int size() {
        return pictures.size();
    }

    public Picture get(int index) {
        return pictures.get(index);
    }

    /** The names of the K classes. */
    public List<String> classes() {
        return classes;
    }

    public List<String> notes() {
        return notes;
    }

    /** All objects of all pictures. */
    public long objects() {
        return pictures.stream().mapToLong(picture -> picture.objects().size()).sum();
    }

    /** What is learned from a picture. */
    public LabelledBoxes learned(int index) {
        LabelledBoxes objects = pictures.get(index).objects();
        return learnsFromDifficult
                ? objects
                : objects.select(IntStream.range(0, objects.size())
                        .filter(i -> !objects.difficult()[i])
                        .toArray());
    }

    /** The pictures with something to learn from. */
    public BoxedPictures withObjects() {
        return new BoxedPictures(
                kind,
                IntStream.range(0, size())
                        .filter(i -> learned(i).size() > 0)
                        .mapToObj(pictures::get)
                        .toList(),
                classes,
                notes,
                learnsFromDifficult);
    }

    /** The pictures as a data set without classes, for whoever asks for names and nothing of boxes. */
    public Dataset dataset() {
        return new Dataset() {
            @Override
            public int size() {
                return BoxedPictures.this.size();
            }

            @Override
            public Image image(int index) throws UnreadableImageException {
                return Decoder.read(get(index).file(), Orientation.CAMERA);
            }

            @Override
            public int label(int index) {
                return -1;
            }

            @Override
            public List<String> classes() {
                return List.of();
            }

            @Override
            public String name(int index) {
                return get(index).name();
            }

            @Override
            public String source(int index) {
                return get(index).file().toString();
            }
        };
    }

    /** The first pictures alone. */
    public BoxedPictures first(int count) {
        return new BoxedPictures(
                kind, pictures.subList(0, Math.min(count, size())), classes, notes, learnsFromDifficult);
    }

    /**
     * Reads a picture, turned as the camera was held.
     *
     * @throws IOException naming the file, when it cannot be read, or its size is not the one that its boxes are for
     */
    public Image image(int index) throws IOException {
        Picture picture = pictures.get(index);
        Image image = Decoder.read(picture.file(), Orientation.CAMERA);
        if (image.width() != picture.size().width()
                || image.height() != picture.size().height()) {
            throw new IOException(picture.file() + ": it is " + image.width() + " x " + image.height() + ", "
                    + picture.source() + " says " + picture.size() + ": its boxes would be elsewhere");
        }
        return image;
    }
}
