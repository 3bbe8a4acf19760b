package io.juxta.train.recipe;

import java.util.List;
import java.util.Optional;

/** Records such as recipes bind, and recipes of a few lines. */
final class SampleRecipe {
    private SampleRecipe() {}

    enum Schedule {
        STEP,
        COSINE,
        WARM_COSINE
    }

    record Method(
            @Default("128") int dim,
            @Default("65536") int K,
            @Default("0.999") double m,
            @Key("T") @Default("0.07") double temperature) {
        Method {
            if (K < 1) {
                throw new IllegalArgumentException("K must be at least 1, not " + K);
            }
        }
    }

    record Loop(
            @Default("256") int batchSize,
            @Default("0.03") double learningRate,
            @Default("5e-4") double weightDecay,
            @Default("step") Schedule schedule,
            @Default("[120, 160]") List<Integer> milestones,
            @Default("false") boolean channelsLast,
            @Default("0") long seed,
            @Default("\"\"") String note,
            Optional<Integer> warmUp,
            @Default("512") Optional<Double> cap) {}

    static Recipe of(String... lines) {
        return Recipe.parse(String.join("\n", lines), "r.yaml");
    }

    static Loop loop(String... lines) {
        return of(lines).bind(Loop.class);
    }
}
