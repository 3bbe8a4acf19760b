package io.juxta.runs;

import io.juxta.curation.Curation;
import io.juxta.curation.Defect;
import io.juxta.curation.Groups;
import java.util.List;
import java.util.Locale;

/** What a curation found, in a line for each kind. */
final class CurationTelling {
    private final WorkListener listener;

    CurationTelling(WorkListener listener) {
        this.listener = listener;
    }

    void tell(Curation found) {
        int all = found.quality().pictures().size();
        List<String> odd = found.quality().checks().stream()
                .filter(check -> !check.found().isEmpty())
                .map(check -> String.format(
                        Locale.ROOT,
                        "%,d %s",
                        check.found().size(),
                        check.defect().called()))
                .toList();
        say(
                "quality",
                odd.isEmpty()
                        ? "nothing odd in " + count(all, "picture")
                        : String.join(", ", odd) + ", of " + count(all, "picture"));
        List<Groups.Group> groups = found.groups().groups();
        int spare = groups.stream().mapToInt(group -> group.images().size() - 1).sum();
        say(
                "twice",
                groups.isEmpty()
                        ? "no picture"
                        : count(groups.size(), "group") + ", " + count(spare, "picture") + " to spare"
                                + largest(groups));
        if (!found.leaks().isEmpty()) {
            say(
                    "leaks",
                    count(found.leaks().size(), "picture") + " to judge by that "
                            + (found.leaks().size() == 1 ? "is" : "are") + " among those to learn from");
        }
        found.outliers()
                .ifPresent(of -> say(
                        "outliers",
                        of.found().isEmpty() ? "none" : count(of.found().size(), "picture")));
        if (found.outliers().isPresent() && !found.classes().isEmpty()) {
            say(
                    "labels",
                    found.doubts().isEmpty()
                            ? "none is doubted"
                            : count(found.doubts().size(), "label") + " that the neighbours doubt");
        }
        found.selection()
                .ifPresent(of -> say(
                        "to label",
                        count(of.chosen().size(), "picture") + ", chosen for "
                                + of.by().name().toLowerCase(Locale.ROOT)));
        long changed = found.quality().checks().stream()
                .filter(check -> check.defect() == Defect.CHANGED)
                .mapToLong(check -> check.found().size())
                .sum();
        if (changed > 0) {
            listener.note(
                    Note.Kind.WARNING,
                    count(changed, "picture") + " changed or went while the folder was looked through: the same command"
                            + " again looks at them alone");
        }
    }

    private static String largest(List<Groups.Group> groups) {
        int size = groups.get(0).images().size();
        return size > 2 ? String.format(Locale.ROOT, ", the largest of %,d", size) : "";
    }

    private void say(String what, String line) {
        listener.note(Note.Kind.RESULT, String.format("%-9s %s", what, line));
    }

    static String count(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }
}
