package io.juxta.curation;

import io.juxta.curation.Measures.Fault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * What is wrong with pictures, seen without an encoder.
 *
 * @param pictures what was measured of each
 * @param checks one for each defect, in the order of {@link Defect}
 */
@API(status = API.Status.EXPERIMENTAL)
public record Quality(List<Measures> pictures, List<Check> checks) {
    private static final Map<String, Set<String>> ENDINGS = Map.of(
            "jpeg", Set.of("jpg", "jpeg", "jpe", "jfif"),
            "png", Set.of("png"),
            "webp", Set.of("webp"),
            "bmp", Set.of("bmp"),
            "gif", Set.of("gif"),
            "tiff", Set.of("tif", "tiff"),
            "ppm", Set.of("ppm", "pgm", "pnm", "pbm"));

    public Quality {
        pictures = List.copyOf(pictures);
        checks = List.copyOf(checks);
    }

    /**
     * One defect looked for in all pictures.
     *
     * @param limit of the measure; 0 where it is no number
     * @param distribution of the measure over the readable pictures; of none where it is no number
     * @param found places of the pictures that have it, the worst first
     */
    public record Check(Defect defect, double limit, Distribution distribution, List<Integer> found) {
        public Check {
            found = List.copyOf(found);
        }
    }

    /** Judges what was measured. */
    public static Quality of(List<Measures> pictures, QualityLimits limits) {
        return new Quality(pictures, new Judging(pictures, limits).checks());
    }

    /** The value that a defect is judged by. */
    public static double value(Defect defect, Measures picture) {
        return switch (defect) {
            case DARK -> picture.light();
            case BRIGHT -> picture.shade();
            case BLURRED -> picture.sharpness();
            case PLAIN -> picture.information();
            case SMALL, LARGE -> Math.sqrt(picture.pixels());
            case LONG ->
                (double) Math.max(picture.width(), picture.height())
                        / Math.max(1, Math.min(picture.width(), picture.height()));
            case GREY -> picture.colour();
            default -> 0;
        };
    }

    /** The defects of each picture, in the order of {@link Defect}. */
    public List<List<Defect>> defects() {
        List<List<Defect>> defects = new ArrayList<>();
        pictures.forEach(picture -> defects.add(new ArrayList<>()));
        checks.forEach(check -> check.found().forEach(i -> defects.get(i).add(check.defect())));
        return defects;
    }

    private static final class Judging {
        private final List<Measures> pictures;
        private final QualityLimits limits;
        private final EnumMap<Defect, Check> checks = new EnumMap<>(Defect.class);

        Judging(List<Measures> pictures, QualityLimits limits) {
            this.pictures = pictures;
            this.limits = limits;
        }

        List<Check> checks() {
            fault(Defect.UNREADABLE, Fault.UNREADABLE);
            fault(Defect.TRUNCATED, Fault.TRUNCATED);
            fault(Defect.EMPTY, Fault.EMPTY);
            fault(Defect.CHANGED, Fault.CHANGED);
            simple(Defect.ENDING, i -> hasWrongEnding(pictures.get(i)));
            simple(Defect.ROTATED, i -> pictures.get(i).orientation() != 1);
            below(Defect.DARK, limits.dark());
            above(Defect.BRIGHT, limits.bright());
            Distribution sharpness = logarithms(Defect.BLURRED);
            below(Defect.BLURRED, Math.exp(sharpness.median() - far(sharpness, limits.blur())));
            Distribution information = distribution(Defect.PLAIN);
            double less = information.median() - Math.max(1, limits.deviations() * information.deviation());
            below(Defect.PLAIN, Math.max(limits.bare(), Math.min(limits.information(), less)));
            notPlain();
            Distribution side = logarithms(Defect.SMALL);
            below(Defect.SMALL, Math.exp(side.median() - far(side, limits.size())));
            above(Defect.LARGE, Math.exp(side.median() + far(side, limits.size())));
            Distribution ratio = logarithms(Defect.LONG);
            above(Defect.LONG, Math.exp(ratio.median() + far(ratio, limits.ratio())));
            grey();
            return List.copyOf(checks.values());
        }

        /** As far from the median as is odd, of logarithms. */
        private double far(Distribution logarithms, double factor) {
            return Math.max(Math.log(factor), limits.deviations() * logarithms.deviation());
        }

        private void fault(Defect defect, Fault fault) {
            simple(defect, i -> pictures.get(i).fault() == fault);
        }

        private void simple(Defect defect, IntPredicate has) {
            List<Integer> found =
                    IntStream.range(0, pictures.size()).filter(has).boxed().toList();
            checks.put(defect, new Check(defect, 0, Distribution.of(new double[0]), found));
        }

        private void below(Defect defect, double limit) {
            check(defect, limit, i -> value(defect, pictures.get(i)) - limit);
        }

        private void above(Defect defect, double limit) {
            check(defect, limit, i -> limit - value(defect, pictures.get(i)));
        }

        /** @param spare how far a picture is from being odd; below 0 where it is */
        private void check(Defect defect, double limit, ToDoubleFunction<Integer> spare) {
            List<Integer> found = IntStream.range(0, pictures.size())
                    .boxed()
                    .filter(i -> pictures.get(i).isReadable() && spare.applyAsDouble(i) < 0)
                    .sorted(Comparator.comparingDouble(spare))
                    .toList();
            checks.put(defect, new Check(defect, limit, distribution(defect), found));
        }

        private Check found(Defect defect) {
            return Objects.requireNonNull(checks.get(defect), defect::name);
        }

        /** Where there is hardly anything to see nothing is sharp, and that is said already. */
        private void notPlain() {
            Check blurred = found(Defect.BLURRED);
            Set<Integer> bare = new HashSet<>(found(Defect.PLAIN).found());
            List<Integer> found =
                    blurred.found().stream().filter(i -> !bare.contains(i)).toList();
            checks.put(Defect.BLURRED, new Check(Defect.BLURRED, blurred.limit(), blurred.distribution(), found));
        }

        /** A set of grey pictures, such as scans, has nothing odd in it. */
        private void grey() {
            below(Defect.GREY, limits.colour());
            Check grey = found(Defect.GREY);
            if (2 * grey.found().size() >= grey.distribution().count()) {
                checks.put(Defect.GREY, new Check(Defect.GREY, grey.limit(), grey.distribution(), List.of()));
            }
        }

        private Distribution distribution(Defect defect) {
            return Distribution.of(pictures.stream()
                    .filter(Measures::isReadable)
                    .mapToDouble(picture -> value(defect, picture))
                    .toArray());
        }

        /** Of 1e-3 and more: a picture of one colour has no sharpness. */
        private Distribution logarithms(Defect defect) {
            return Distribution.of(pictures.stream()
                    .filter(Measures::isReadable)
                    .mapToDouble(picture -> Math.log(Math.max(1e-3, value(defect, picture))))
                    .toArray());
        }
    }

    private static boolean hasWrongEnding(Measures picture) {
        if (picture.format().isEmpty()) {
            return false;
        }
        String own = picture.name().substring(picture.name().lastIndexOf('/') + 1);
        String ending = own.substring(own.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return !ENDINGS.getOrDefault(picture.format(), Set.of()).contains(ending);
    }
}
