package io.juxta.report.page;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How far a run is.
 *
 * @param state {@code running} until something else is known, {@code finished}, {@code stopped} or {@code failed}
 * @param done epochs
 * @param epochs of the whole run, 0 where that is not known
 * @param message of the error that ended it; may be empty
 */
record Standing(String state, int done, int epochs, String message) {
    static Standing of(Metrics metrics, int epochs, Events events) {
        int done = metrics.rows().stream().mapToInt(Metrics.Row::epoch).max().orElse(0);
        boolean complete = epochs > 0 && done >= epochs;
        String state = complete ? "finished" : events.end().orElse("running");
        return new Standing(state, done, epochs, complete ? "" : events.message());
    }

    /** For the page. */
    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("state", state)
                .put("done", done)
                .put("epochs", epochs)
                .put("message", message);
    }
}
