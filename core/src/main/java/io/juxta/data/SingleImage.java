package io.juxta.data;

import io.juxta.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/** One image that stands for many samples, as SinCUT takes it: what differs is the view. It is decoded once. */
@API(status = API.Status.INTERNAL)
public final class SingleImage implements Dataset {
    private final ImageFolder folder;
    private final Image image;
    private final Image upright;
    private final int items;

    private SingleImage(ImageFolder folder, Image image, Image upright, int items) {
        this.folder = folder;
        this.image = image;
        this.upright = upright;
        this.items = items;
    }

    /**
     * Reads the only image below a folder.
     *
     * @param items how many samples it stands for, at least 1
     * @throws IOException when there is no image or more than one, or when it is unreadable
     */
    public static SingleImage open(Path folder, int items) throws IOException {
        if (items < 1) {
            throw new IllegalArgumentException("a single image for " + items + " samples; it stands for at least 1");
        }
        ImageFolder images = ImageFolder.open(folder);
        if (images.size() != 1) {
            throw new IOException(folder + ": " + images.size()
                    + " images, of which a single-image set has exactly one;" + " move the others away");
        }
        return new SingleImage(images, images.image(0), images.upright().image(0), items);
    }

    @Override
    public int size() {
        return items;
    }

    @Override
    public Image image(int index) {
        return image;
    }

    @Override
    public SingleImage upright() {
        return new SingleImage(folder.upright(), upright, upright, items);
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
        return folder.name(0);
    }

    @Override
    public Optional<FileState> fileState(int index) {
        return folder.fileState(0);
    }

    @Override
    public long checksum(int index) throws IOException {
        return folder.checksum(0);
    }
}
