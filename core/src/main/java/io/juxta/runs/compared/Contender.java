package io.juxta.runs.compared;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * What was compared, and how well it did.
 *
 * @param name of the weights, or what stands for none
 * @param kind what it is
 * @param scores by what was asked, in the order of asking
 * @param right whether each held-out image was named rightly by the linear classifier on all labels
 */
@API(status = API.Status.EXPERIMENTAL)
public record Contender(String name, Kind kind, Map<String, Score> scores, boolean[] right) {
    /** What features come of. */
    public enum Kind {
        /** The pixels themselves. */
        PIXELS,
        /** The network before it has learned anything. */
        UNTRAINED,
        /** Given weights. */
        ENCODER
    }

    public Contender {
        scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        right = right.clone();
    }

    @Override
    public boolean[] right() {
        return right.clone();
    }

    /** By the linear classifier on all labels. */
    public Score linear() {
        return scores.getOrDefault(Contest.LINEAR, new Score(0, 0, 0, 1));
    }
}
