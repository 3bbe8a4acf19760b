package io.juxta.service;

import io.juxta.runs.Printable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands behind the question mark of a request. */
record Parameters(Map<String, String> values) {
    private static final int LONGEST = 4096;
    private static final int MOST_DIGITS = 6;

    Parameters {
        values = Map.copyOf(values);
    }

    static Parameters of(@Nullable String query) throws Refusal {
        Map<String, String> values = new HashMap<>();
        if (query == null || query.isEmpty()) {
            return new Parameters(values);
        }
        if (query.length() > LONGEST) {
            throw new Refusal(400, "what stands behind the question mark may have " + LONGEST + " characters");
        }
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            String[] words = part.split("=", 2);
            String value = words.length == 2 ? decoded(words[1]) : "";
            if (values.putIfAbsent(decoded(words[0]), value) != null) {
                throw new Refusal(400, "give " + Printable.line(decoded(words[0])) + " once");
            }
        }
        return new Parameters(values);
    }

    private static String decoded(String text) throws Refusal {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "what stands behind the question mark is not encoded as in addresses");
        }
    }

    /** What would change nothing is a mistake of who asks. */
    void requireOnly(String path, List<String> known) throws Refusal {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                String instead = known.isEmpty() ? "" : ": use " + String.join(", ", known);
                throw new Refusal(400, path + " takes no '" + Printable.line(name) + "'" + instead);
            }
        }
    }

    /** A whole number from 1 on. */
    int number(String name, int otherwise, int most) throws Refusal {
        String text = values.getOrDefault(name, Integer.toString(Math.min(otherwise, most)));
        int number = text.matches("[0-9]{1," + MOST_DIGITS + "}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > most) {
            throw new Refusal(400, "give ?" + name + "=N with N from 1 to " + most);
        }
        return number;
    }

    /** A decimal number from 0 and below 1. */
    double share(String name, double otherwise) throws Refusal {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        double share = text.matches("0?\\.[0-9]{1,17}|0") ? Double.parseDouble(text) : 1;
        if (share >= 1) { // also what rounds to it
            throw new Refusal(400, "give ?" + name + "=S with S from 0 and below 1, as in " + name + "=0.5");
        }
        return share;
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }
}
