package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.image.Image;
import java.util.List;

/** Decoded pictures, such as are looked for. */
record DecodedPictures(List<Picture> all) implements Dataset {
    /** A picture and what it is called. */
    record Picture(String name, Image image) {}

    DecodedPictures {
        all = List.copyOf(all);
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public Image image(int index) {
        return all.get(index).image();
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
        return all.get(index).name();
    }
}
