package io.juxta.report.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What part of the values a picture shows: all of them, unless a few would squash the rest. Those are cut off, and marked.
 *
 * @param low the least value that is shown whole
 * @param high the greatest
 * @param cut the values that are not, in the order of their epochs
 */
record Axis(double low, double high, List<Metrics.Value> cut) {
    /** How many times as far the axis would reach for what is cut off. */
    private static final double SQUASHED = 3;

    /** The same, for values of an easier task. */
    private static final double EASED = 1.5;

    /** How many times as far the axis may reach for a line to compare with. */
    private static final double FAR = 5;

    /** One value in so many may lie too far out. */
    private static final int RARE = 20;

    private static final int FEW = 4;

    /** Share of their size by which values differ that are all but the same. */
    private static final double FLAT = 0.02;

    /** The same, of values beside which another lies far out. */
    private static final double ROOM = 0.1;

    Axis {
        cut = List.copyOf(cut);
    }

    /**
     * Of values.
     *
     * @param values at least one
     * @param settled epochs up to which the values are of an easier task than later, so that all of them may be cut off
     * @param reference to compare with: in the picture, unless it lies too far away
     */
    static Axis of(List<Metrics.Value> values, int settled, Optional<Double> reference) {
        List<Metrics.Value> kept = withoutOutliers(withoutBeginning(values, settled));
        double low = kept.stream().mapToDouble(Metrics.Value::value).min().orElseThrow();
        double high = kept.stream().mapToDouble(Metrics.Value::value).max().orElseThrow();
        double line = reference.orElse(low);
        double reach = Math.max(high, line) - Math.min(low, line);
        if (reach <= FAR * (high - low) || kept.size() < FEW) {
            low = Math.min(low, line);
            high = Math.max(high, line);
        }
        double least = low;
        double most = high;
        return new Axis(
                low,
                high,
                values.stream()
                        .filter(value -> value.value() < least || value.value() > most)
                        .toList());
    }

    private static List<Metrics.Value> withoutBeginning(List<Metrics.Value> values, int settled) {
        List<Metrics.Value> later = values.stream()
                .filter(value -> value.epoch() == 0 || value.epoch() > settled)
                .toList();
        return later.size() >= 2 && span(values, FLAT) > EASED * span(later, FLAT) ? later : values;
    }

    /** The fewest without which the rest has room; what was before training is there to be compared with, and stays. */
    private static List<Metrics.Value> withoutOutliers(List<Metrics.Value> values) {
        List<Metrics.Value> rest = new ArrayList<>(values);
        rest.sort(Comparator.comparingDouble(Metrics.Value::value));
        int most = values.size() < FEW ? 0 : Math.max(1, values.size() / RARE);
        for (int i = 0; i < most; i++) {
            int last = rest.size() - 1;
            boolean lowest = span(rest.subList(1, last + 1), 0) <= span(rest.subList(0, last), 0);
            if (rest.remove(lowest ? 0 : last).epoch() == 0) {
                return values;
            }
            if (span(values, 0) > SQUASHED * span(rest, ROOM)) {
                return rest;
            }
        }
        return values;
    }

    /** @param room that all but equal values have, as a share of their size */
    private static double span(List<Metrics.Value> values, double room) {
        double low = values.stream().mapToDouble(Metrics.Value::value).min().orElse(0);
        double high = values.stream().mapToDouble(Metrics.Value::value).max().orElse(0);
        return Math.max(high - low, room * Math.max(Math.abs(low), Math.abs(high)));
    }

    /** Whether what is shown is all but the same. */
    boolean isFlat() {
        return high - low <= FLAT * Math.max(Math.abs(low), Math.abs(high));
    }
}
