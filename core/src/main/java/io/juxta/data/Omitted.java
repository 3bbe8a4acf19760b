package io.juxta.data;

import io.juxta.data.Omission.Kind;
import io.juxta.image.ForeignFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts what is left out of a folder; of millions of files only how many they are stays in memory. */
final class Omitted {
    private static final int ENDINGS = 4;
    private static final int NAMED = 3;

    /** Files that are left out for the same reason. */
    private record Reason(Kind kind, String what, String cure) {}

    private static final class Count {
        private final List<String> first = new ArrayList<>();
        private int files;
    }

    private final Map<Reason, Count> counts = new LinkedHashMap<>();
    private final Map<String, Integer> endings = new TreeMap<>();

    void foreign(ForeignFormat format, String name) {
        add(new Reason(Kind.FOREIGN, format.called(), format.cure()), name);
    }

    void closed(String why, String cure, String name) {
        add(new Reason(Kind.CLOSED, why, cure), name);
    }

    /** A picture in a folder of a system's. */
    void system(String folder, String what, String name) {
        add(new Reason(Kind.SYSTEM, folder + " (" + what + ")", ""), name);
    }

    void hidden(String name) {
        add(new Reason(Kind.HIDDEN, "", ""), name);
    }

    void run(String name) {
        add(new Reason(Kind.RUN, "", ""), name);
    }

    void loop(String name) {
        add(new Reason(Kind.LOOP, "", ""), name);
    }

    /** @param ending with its dot, or empty */
    void other(String ending, String name) {
        add(new Reason(Kind.OTHER, "", ""), name);
        if (endings.size() < 1000 || endings.containsKey(ending)) {
            endings.merge(ending, 1, Integer::sum);
        }
    }

    private void add(Reason reason, String name) {
        Count count = counts.computeIfAbsent(reason, key -> new Count());
        if (count.files++ < NAMED) {
            count.first.add(name);
        }
    }

    List<Omission> list() {
        List<Omission> all = new ArrayList<>();
        counts.forEach((reason, count) -> all.add(
                new Omission(reason.kind, count.files, count.first.get(0), text(reason, count.files, count.first))));
        all.sort(Comparator.comparing(Omission::kind));
        return List.copyOf(all);
    }

    private String text(Reason reason, int count, List<String> named) {
        String first = named.get(0);
        boolean one = count == 1;
        String such = one ? ", " + first : ", such as " + first;
        return switch (reason.kind) {
            case FOREIGN -> counted(count, "file") + (one ? ", " : ", each ") + reason.what + such + ": " + reason.cure;
            case CLOSED ->
                String.join(", ", named)
                        + (count > NAMED ? String.format(Locale.ROOT, " and %,d more", count - NAMED) : "") + ": "
                        + reason.what + ": " + reason.cure;
            case SYSTEM -> counted(count, "picture") + " in " + reason.what;
            case HIDDEN -> counted(count, "hidden picture") + such;
            case RUN -> counted(count, "run") + such + ": results are no data";
            case LOOP -> counted(count, "link") + such + ", to a folder that " + (one ? "it lies" : "they lie") + " in";
            case OTHER -> counted(count, "other file") + " (" + endings() + ")";
        };
    }

    private String endings() {
        String most = endings.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(ENDINGS)
                .map(of -> String.format(
                        Locale.ROOT, "%,d %s", of.getValue(), of.getKey().isEmpty() ? "without ending" : of.getKey()))
                .collect(Collectors.joining(", "));
        return most + (endings.size() > ENDINGS ? ", ..." : "");
    }

    private static String counted(int count, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }
}
