package io.juxta.runs.compared;

import io.juxta.data.Dataset;
import io.juxta.data.Subset;
import io.juxta.image.Draws;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * Images to judge by, drawn from those that nobody has set apart: a fifth of each class, always the same ones.
 *
 * @param learned what is left to learn from
 * @param heldOut what was drawn
 */
@API(status = API.Status.INTERNAL)
public record DrawnTest(Dataset learned, Dataset heldOut) {
    /** Of so many images of a class one is drawn. */
    private static final int EACH = 5;

    private static final long SEED = 0;

    /**
     * Draws them.
     *
     * @param where what the error calls the images
     * @throws IOException when no class has two images, in one line
     */
    public static DrawnTest of(Dataset images, String where) throws IOException {
        List<List<Integer>> classes = new ArrayList<>();
        images.classes().forEach(name -> classes.add(new ArrayList<>()));
        for (int i = 0; i < images.size(); i++) {
            classes.get(images.label(i)).add(i);
        }
        List<Integer> learned = new ArrayList<>();
        List<Integer> heldOut = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            List<Integer> own = classes.get(label);
            int[] order = Draws.of(SEED, 0, label, 0).permutation(own.size());
            int drawn = own.size() < 2 ? 0 : Math.max(1, own.size() / EACH);
            for (int i = 0; i < order.length; i++) {
                (i < drawn ? heldOut : learned).add(own.get(order[i]));
            }
        }
        if (heldOut.isEmpty()) {
            throw new IOException(
                    where + ": no class has two images, one to learn from and one to judge by: give more");
        }
        learned.sort(null);
        heldOut.sort(null);
        return new DrawnTest(new Subset(images, learned), new Subset(images, heldOut));
    }

    /** What became of the images, for people. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "drawn     %,d of %,d images to judge by, a fifth of each class: there is no folder test or val; what is"
                        + " there twice may be in both",
                heldOut.size(),
                heldOut.size() + learned.size());
    }
}
