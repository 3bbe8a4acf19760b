package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.SufficientSize;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Some images of a data set, with all its classes.
 *
 * @param whole the data set
 * @param indices places in it, in the order that the images have here
 */
@API(status = API.Status.INTERNAL)
public record Subset(Dataset whole, List<Integer> indices) implements Dataset {
    public Subset {
        indices = List.copyOf(indices);
    }

    @Override
    public int size() {
        return indices.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        return whole.image(indices.get(index));
    }

    @Override
    public int label(int index) {
        return whole.label(indices.get(index));
    }

    @Override
    public List<String> classes() {
        return whole.classes();
    }

    @Override
    public String name(int index) {
        return whole.name(indices.get(index));
    }

    @Override
    public Optional<FileState> fileState(int index) {
        return whole.fileState(indices.get(index));
    }

    @Override
    public long checksum(int index) throws IOException {
        return whole.checksum(indices.get(index));
    }

    @Override
    public String source(int index) {
        return whole.source(indices.get(index));
    }

    @Override
    public boolean isInMemory() {
        return whole.isInMemory();
    }

    @Override
    public Dataset upright() {
        return new Subset(whole.upright(), indices);
    }

    @Override
    public Dataset shrunk(SufficientSize enough) {
        return new Subset(whole.shrunk(enough), indices);
    }

    @Override
    public Dataset origin() {
        return whole.origin();
    }
}
