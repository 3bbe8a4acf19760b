package io.juxta.curation;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Which picture of a group is kept, and why. */
record Keeper(int image, String why) {
    /** Sharpness differs where it does by a quarter. */
    private static final double STEP = Math.log(1.25);

    private record Reason(Comparator<Measures> order, Function<Measures, String> why) {}

    private static final List<Reason> REASONS = List.of(
            new Reason(Comparator.comparing((Measures m) -> !m.isReadable()), m -> "the others cannot be read"),
            new Reason(
                    Comparator.comparingLong((Measures m) -> -m.pixels()),
                    m -> "most pixels, " + m.width() + " x " + m.height()),
            new Reason(
                    Comparator.comparingLong(
                            (Measures m) -> -Math.round(Math.log(Math.max(1e-3, m.sharpness())) / STEP)),
                    m -> "as large as any, and sharpest"),
            new Reason(
                    Comparator.comparingLong((Measures m) -> -m.bytes()),
                    m -> String.format(Locale.ROOT, "as good as any, and most bytes, %,d", m.bytes())),
            new Reason(
                    Comparator.comparingInt((Measures m) -> m.name().length()),
                    m -> "as good as any, and the shortest name"),
            new Reason(Comparator.comparing(Measures::name), m -> "as good as any, and the first by name"));

    static Keeper of(List<Measures> pictures, List<Integer> images) {
        List<Integer> best = images;
        for (Reason reason : REASONS) {
            Measures first = best.stream().map(pictures::get).min(reason.order).orElseThrow();
            best = best.stream()
                    .filter(i -> reason.order.compare(pictures.get(i), first) == 0)
                    .toList();
            if (best.size() == 1) {
                return new Keeper(best.get(0), reason.why.apply(first));
            }
        }
        return new Keeper(best.get(0), "the first");
    }
}
