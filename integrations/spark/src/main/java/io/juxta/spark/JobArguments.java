package io.juxta.spark;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The words of a job's command line: {@code --name value}, and names alone. Whatever is wrong with them is one line. */
final class JobArguments {
    /** A command line that cannot be understood. */
    static final class MisuseException extends RuntimeException {
        private static final long serialVersionUID = 1;

        MisuseException(String message) {
            super(message);
        }
    }

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> alone = new LinkedHashSet<>();

    /**
     * @param valued names that a value follows
     * @param single names that stand alone
     * @throws MisuseException when another is there, one is there twice, or one lacks its value
     */
    JobArguments(String[] words, Set<String> valued, Set<String> single) {
        for (int i = 0; i < words.length; i++) {
            String name = words[i];
            if (single.contains(name)) {
                alone.add(name);
                continue;
            }
            if (!valued.contains(name)) {
                Set<String> known = new LinkedHashSet<>(valued);
                known.addAll(single);
                throw new MisuseException("unknown argument " + name + ": there are " + String.join(", ", known));
            }
            if (i + 1 == words.length || words[i + 1].startsWith("--")) {
                throw new MisuseException(name + " lacks its value");
            }
            if (values.put(name, words[++i]) != null) {
                throw new MisuseException(name + " is there twice");
            }
        }
    }

    String required(String name) {
        return optional(name).orElseThrow(() -> new MisuseException(name + " is missing"));
    }

    Optional<String> optional(String name) {
        return Optional.ofNullable(values.get(name));
    }

    boolean has(String name) {
        return alone.contains(name);
    }

    /** The value as something else; what does not fit is named with its argument. */
    <T> T as(String name, String absent, Function<String, T> reading) {
        String value = optional(name).orElse(absent);
        try {
            return reading.apply(value);
        } catch (NumberFormatException e) {
            throw new MisuseException(name + " " + value + ": is no number");
        } catch (IllegalArgumentException e) {
            throw new MisuseException(name + " " + value + ": " + e.getMessage());
        }
    }
}
