package io.juxta;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * Which class a picture is of, as far as a {@link Classifier} can tell.
 *
 * @param classes all names, in the classifier's order
 * @param probabilities one for each, 1 in sum; of a calibrated classifier about as often right as they say, for pictures like those
 *     that it was calibrated on
 */
@API(status = API.Status.STABLE)
public record Classification(List<String> classes, List<Float> probabilities) {
    public Classification {
        classes = List.copyOf(classes);
        probabilities = List.copyOf(probabilities);
        if (classes.size() != probabilities.size() || classes.isEmpty()) {
            throw new IllegalArgumentException(
                    classes.size() + " classes and " + probabilities.size() + " probabilities");
        }
    }

    private int first() {
        return IntStream.range(0, classes.size())
                .boxed()
                .max(Comparator.comparing(probabilities::get))
                .orElseThrow();
    }

    /** The likeliest class. */
    public String name() {
        return classes.get(first());
    }

    /** Its probability. */
    public float probability() {
        return probabilities.get(first());
    }

    /**
     * The probability of a class.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public float of(String name) {
        int place = classes.indexOf(name);
        if (place < 0) {
            throw new IllegalArgumentException("there is no class " + name + ", only " + String.join(", ", classes));
        }
        return probabilities.get(place);
    }
}
