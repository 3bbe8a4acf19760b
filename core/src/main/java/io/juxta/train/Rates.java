package io.juxta.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which of an optimiser's parameters have which factor of the learning rate. */
final class Rates {
    private final List<Double> factors;

    Rates(List<Double> factors, int parameters) {
        if (factors.size() != parameters) {
            throw new IllegalArgumentException(factors.size() + " factors for " + parameters + " parameters");
        }
        this.factors = List.copyOf(factors);
    }

    /** Places of those parameters that have one factor, for each factor; one list where all have the same. */
    Map<Double, List<Integer>> groups(List<Integer> places) {
        Map<Double, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < places.size(); i++) {
            groups.computeIfAbsent(factors.get(places.get(i)), factor -> new ArrayList<>())
                    .add(i);
        }
        return groups;
    }

    static <T> List<T> pick(List<T> all, List<Integer> places) {
        return places.size() == all.size() ? all : places.stream().map(all::get).toList();
    }
}
