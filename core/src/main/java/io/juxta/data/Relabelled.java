package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.SufficientSize;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;

/**
 * Held-out images whose labels mean what those of other images mean: a class has the same number in both, also where its
 * folder is written in another way, as macOS writes an ä, or with other large letters.
 *
 * @param whole the images
 * @param classes of both
 * @param numbers for each class of the images its number among these
 */
@API(status = API.Status.INTERNAL)
public record Relabelled(Dataset whole, List<String> classes, List<Integer> numbers) implements Dataset {
    public Relabelled {
        classes = List.copyOf(classes);
        numbers = List.copyOf(numbers);
    }

    /**
     * Gives held-out images the labels of those that are learned from.
     *
     * @return the held-out images themselves where their classes have the same names already
     * @throws IOException when a class is in one of the two alone, in one line that names the nearest
     */
    public static Dataset like(Dataset images, Dataset heldOut) throws IOException {
        List<String> classes = images.classes();
        if (classes.equals(heldOut.classes())) {
            return heldOut;
        }
        List<String> others = heldOut.classes();
        Map<String, String> partners = partners(others, classes);
        Map<String, String> back = new HashMap<>();
        partners.forEach((other, own) -> back.put(own, other));
        refuseWhereMissing(classes, back, others, "training images and no held-out ones", "held-out");
        refuseWhereMissing(others, partners, classes, "held-out images and no training images", "training");
        Map<String, Integer> places = new HashMap<>();
        classes.forEach(name -> places.put(name, places.size()));
        return new Relabelled(
                heldOut,
                classes,
                others.stream().map(name -> places.get(partners.get(name))).toList());
    }

    private static void refuseWhereMissing(
            List<String> names, Map<String, String> partners, List<String> among, String what, String whose)
            throws IOException {
        for (String name : names) {
            if (!partners.containsKey(name)) {
                Optional<String> nearest = Spelling.nearest(name, among, FileName::folded);
                throw new IOException("class " + name + " has " + what + ": give it some of both, or take it out"
                        + nearest.map(near -> "; the nearest " + whose + " class is " + near)
                                .orElse(""));
            }
        }
    }

    /** For each name the one of the others that a person would call the same, each taken once. */
    private static Map<String, String> partners(List<String> names, List<String> others) {
        Map<String, String> found = new HashMap<>();
        TreeSet<String> free = new TreeSet<>(others);
        for (UnaryOperator<String> same :
                List.<UnaryOperator<String>>of(name -> name, FileName::composed, FileName::folded)) {
            Map<String, Integer> counts = new HashMap<>();
            Map<String, String> known = new HashMap<>();
            free.forEach(other -> known.put(same.apply(other), other));
            free.forEach(other -> counts.merge(same.apply(other), 1, Integer::sum));
            Map<String, Integer> asked = new HashMap<>();
            names.stream()
                    .filter(name -> !found.containsKey(name))
                    .forEach(name -> asked.merge(same.apply(name), 1, Integer::sum));
            for (String name : names) {
                String key = same.apply(name);
                // where two could be meant, neither is
                if (!found.containsKey(name) && counts.getOrDefault(key, 0) == 1 && asked.getOrDefault(key, 0) == 1) {
                    found.put(name, known.get(key));
                    free.remove(known.get(key));
                }
            }
        }
        return found;
    }

    @Override
    public int size() {
        return whole.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        return whole.image(index);
    }

    @Override
    public int label(int index) {
        int label = whole.label(index);
        return label < 0 ? label : numbers.get(label);
    }

    @Override
    public String name(int index) {
        return whole.name(index);
    }

    @Override
    public String source(int index) {
        return whole.source(index);
    }

    @Override
    public boolean isInMemory() {
        return whole.isInMemory();
    }

    @Override
    public Dataset upright() {
        return new Relabelled(whole.upright(), classes, numbers);
    }

    @Override
    public Dataset shrunk(SufficientSize enough) {
        return new Relabelled(whole.shrunk(enough), classes, numbers);
    }

    @Override
    public Dataset origin() {
        return whole.origin();
    }
}
