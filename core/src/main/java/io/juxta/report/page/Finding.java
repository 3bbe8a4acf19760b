package io.juxta.report.page;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/**
 * What a diagnosis says about a run.
 *
 * @param verdict {@code good}, {@code watch} or {@code bad}
 * @param headline the verdict as a sentence
 * @param finding what was seen
 * @param advice what to do; may be empty
 */
record Finding(String verdict, String headline, String finding, String advice) {
    private static final int LONGEST = 2000;

    private record Said(String gravity, String headline) {}

    /** What the verdicts of {@link io.juxta.train.health.Diagnosis} are to a person; what is not here is worth a look. */
    private static final Map<String, Said> VERDICTS = Map.ofEntries(
            Map.entry("healthy", new Said("good", "The run is healthy: it learns, and nothing looks wrong.")),
            Map.entry("collapsed", new Said("bad", "The run has collapsed: all images look alike to it.")),
            Map.entry("collapsing", new Said("bad", "The run is collapsing: images become alike to it.")),
            Map.entry("stalled", new Said("bad", "The run learns next to nothing.")),
            Map.entry("too easy", new Said("watch", "The task is too easy to teach anything more.")),
            Map.entry("declining", new Said("watch", "The features are getting worse.")),
            Map.entry("idle", new Said("watch", "A large part of the network does nothing.")),
            Map.entry("overpowered", new Said("watch", "The discriminator is too strong for the generator.")),
            Map.entry("unrelated", new Said("watch", "The translations have lost their sources.")),
            Map.entry("overflowing", new Said("watch", "Gradients do not fit into float16.")),
            Map.entry("starved", new Said("watch", "Training waits for images.")),
            Map.entry("unknown", new Said("watch", "It is not clear yet how the run does.")));

    /** Of an event that a run's {@code events.jsonl} holds; empty where it says nothing. */
    static Optional<Finding> of(JsonNode event) {
        String verdict = cut(event.path("verdict").asText());
        String finding = cut(event.path("finding").asText());
        if (finding.isEmpty()) {
            return Optional.empty();
        }
        Said said = VERDICTS.getOrDefault(verdict, new Said("watch", "The run is " + verdict + "."));
        return Optional.of(new Finding(
                said.gravity(),
                said.headline(),
                finding,
                cut(event.path("advice").asText())));
    }

    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
