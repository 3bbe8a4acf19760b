package io.juxta.eval.translation;

import io.juxta.data.Dataset;
import io.juxta.data.FileName;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import io.juxta.train.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * Pictures and the ones they should be, paired by name: the path below the root without its ending, so that a generated
 * {@code 12.png} belongs to {@code 12.jpg}. What has no partner of the very same name is looked for as people read names:
 * {@code ä} may be one character or two, and then letters large or small.
 *
 * @param pairs in the order of their names
 * @param onlyGenerated names of pictures without a partner in the target
 * @param onlyTarget names of pictures without a partner among the generated
 */
@API(status = API.Status.INTERNAL)
public record ImagePairs(List<Pair> pairs, List<String> onlyGenerated, List<String> onlyTarget) {
    /**
     * Two pictures of the same name.
     *
     * @param name of the generated one
     * @param generated its place in its data set
     * @param target the other's place in its own
     */
    public record Pair(String name, int generated, int target) {}

    /**
     * Pairs two data sets; no picture is opened.
     *
     * @throws IOException when no two have the same name, or two of the same set have it
     */
    public static ImagePairs of(Dataset generated, Dataset target) throws IOException {
        Map<String, Integer> those = places(generated, "generated");
        Map<String, Integer> these = places(target, "target");
        Map<String, Pair> found = new TreeMap<>();
        for (UnaryOperator<String> same :
                List.<UnaryOperator<String>>of(name -> name, FileName::composed, FileName::folded)) {
            Map<String, List<String>> spoken = spoken(these, same);
            Map<String, List<String>> asked = spoken(those, same);
            asked.forEach((name, stems) -> {
                List<String> partners = spoken.getOrDefault(name, List.of());
                // where several read alike, none is taken for another
                if (stems.size() == 1 && partners.size() == 1) {
                    int place = Objects.requireNonNull(those.remove(stems.get(0)));
                    int partner = Objects.requireNonNull(these.remove(partners.get(0)));
                    found.put(stems.get(0), new Pair(generated.name(place), place, partner));
                }
            });
        }
        List<Pair> pairs = List.copyOf(found.values());
        if (pairs.isEmpty()) {
            throw new IOException("none of the " + generated.size() + " generated images has the name of one of the "
                    + target.size() + " of the target (the first are " + generated.name(0) + " and " + target.name(0)
                    + "): name them alike, whatever the ending");
        }
        return new ImagePairs(
                pairs,
                those.values().stream().map(generated::name).toList(),
                these.values().stream().map(target::name).toList());
    }

    private static Map<String, List<String>> spoken(Map<String, Integer> places, UnaryOperator<String> same) {
        return places.keySet().stream().collect(Collectors.groupingBy(same, TreeMap::new, Collectors.toList()));
    }

    private static Map<String, Integer> places(Dataset images, String whose) throws IOException {
        Map<String, Integer> places = new TreeMap<>();
        for (int place = 0; place < images.size(); place++) {
            String name = images.name(place);
            int dot = name.lastIndexOf('.');
            Integer other = places.put(dot > name.lastIndexOf('/') ? name.substring(0, dot) : name, place);
            if (other != null) {
                throw new IOException("the " + whose + " images " + images.name(other) + " and " + name
                        + " have the same name but for the ending: take one of them out");
            }
        }
        return places;
    }

    /**
     * Compares the pictures of every pair, at the size that they have. A pair of which one cannot be read is left out.
     * Between two pairs an interrupted thread gets an {@link java.io.InterruptedIOException}.
     *
     * @param generated as it was given to {@link #of}
     * @param target as it was given to {@link #of}
     * @throws IOException when the two of a pair differ in size or are too small, or no pair can be read
     */
    public PairQualities measure(Dataset generated, Dataset target) throws IOException {
        List<PairQualities.Row> rows = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (Pair pair : pairs) {
            Stop.ifInterrupted();
            try {
                Image picture = generated.image(pair.generated());
                Image truth = target.image(pair.target());
                rows.add(new PairQualities.Row(pair.name(), PairQuality.of(picture, truth)));
            } catch (UnreadableImageException e) {
                unreadable.add(String.valueOf(e.getMessage()));
            } catch (IllegalArgumentException e) {
                throw new IOException("the pair " + pair.name() + ": " + e.getMessage(), e);
            }
        }
        if (rows.isEmpty()) {
            throw new IOException("none of the " + pairs.size() + " pairs can be read: " + unreadable.get(0));
        }
        return new PairQualities(List.copyOf(rows), List.copyOf(unreadable));
    }
}
