package io.juxta.runs.pictures;

import io.juxta.image.Image;
import io.juxta.report.Gallery;
import java.io.IOException;
import java.nio.file.Path;
import org.apiguardian.api.API;

/** A page of images and their translations, as many as a browser likes to show. */
@API(status = API.Status.INTERNAL)
public final class TranslationGallery {
    /** Some 5 MB of pictures. */
    public static final int MOST = 200;

    private final Path file;
    private final Gallery page;
    private int pairs;

    /** @param images how many there are to translate */
    public TranslationGallery(Path file, int images) {
        this.file = file;
        String which = images <= MOST ? "" : " The first " + MOST + " of " + images + ".";
        page = new Gallery("Translations", "Each image, and what became of it." + which);
    }

    boolean isFull() {
        return pairs >= MOST;
    }

    public void add(String name, Image source, Image translation) {
        if (isFull()) {
            return;
        }
        pairs++;
        page.row(name);
        page.picture(source, "source", "");
        page.picture(translation, "translation", "");
    }

    /** @return the line that says where it is */
    public String write() throws IOException {
        page.write(file);
        return "gallery: " + file;
    }
}
