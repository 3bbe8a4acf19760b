package io.juxta.runs.curated;

import io.juxta.curation.Curation;
import io.juxta.curation.Defect;
import io.juxta.curation.Groups;
import io.juxta.curation.LabelDoubt;
import io.juxta.curation.Leak;
import io.juxta.curation.Measures;
import io.juxta.curation.Outliers;
import io.juxta.curation.Quality;
import io.juxta.curation.Selection;
import io.juxta.data.Dataset;
import io.juxta.image.UnreadableImageException;
import io.juxta.report.CollectionPage;
import io.juxta.report.Curve;
import io.juxta.report.Histogram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apiguardian.api.API;

/** What was found in a collection, as a page with its pictures. */
@API(status = API.Status.INTERNAL)
public final class CurationPage {
    public static final String FILE = "curation.html";

    /** Pictures of one defect, doubted labels, leaks and outliers that are shown; the tables have all. */
    private static final int SHOWN = 24;

    private static final int GROUPS = 40;
    private static final int IN_GROUP = 8;
    private static final int NEIGHBOURS = 5;
    private static final int SELECTED = 60;
    private static final int NAMED = 50;

    private final Curation found;
    private final Dataset images;
    private final CollectionPage page;

    private CurationPage(Curation found, Dataset images, String about) {
        this.found = found;
        this.images = images;
        page = new CollectionPage("What is in these pictures", about);
    }

    /**
     * Writes it.
     *
     * @param images those that were curated, as people see them
     * @param folder of the page
     * @param about one sentence under the title
     */
    public static void write(Curation found, Dataset images, Path folder, String about) throws IOException {
        CurationPage page = new CurationPage(found, images, about);
        page.figures();
        page.quality();
        page.groups();
        page.leaks();
        page.outliers();
        page.doubts();
        page.selection();
        page.page.write(folder.resolve(FILE));
    }

    private void figures() {
        int all = found.quality().pictures().size();
        long defective =
                found.quality().defects().stream().filter(of -> !of.isEmpty()).count();
        List<Groups.Group> groups = found.groups().groups();
        int spare = groups.stream().mapToInt(group -> group.images().size() - 1).sum();
        page.figure(
                "Pictures",
                count(all),
                found.classes().isEmpty() ? "" : found.classes().size() + " classes");
        page.figure("With something odd", count(defective), share(defective, all));
        page.figure("There more than once", count(groups.size()) + " groups", count(spare) + " pictures to spare");
        if (!found.leaks().isEmpty()) {
            page.figure("Leaks", count(found.leaks().size()), "to judge by, and to learn from");
        }
        found.outliers()
                .ifPresent(of -> page.figure(
                        "Outliers", count(of.found().size()), share(of.found().size(), all)));
        if (!found.doubts().isEmpty()) {
            page.figure(
                    "Doubted labels",
                    count(found.doubts().size()),
                    share(found.doubts().size(), all));
        }
        found.selection()
                .ifPresent(of -> page.figure("To label next", count(of.chosen().size()), by(of)));
    }

    private void quality() {
        page.section(
                "Quality",
                "Quality",
                "Measured without an encoder. Bars are as high as the square root of how many pictures have a value, so that"
                        + " one can be seen among thousands; those of odd pictures are red. All values are in "
                        + CurationTables.QUALITY + ".");
        boolean any = false;
        for (Quality.Check check : found.quality().checks()) {
            if (!check.found().isEmpty()) {
                any = true;
                quality(check);
            }
        }
        if (!any) {
            page.text("Nothing odd was found.");
        }
        for (Quality.Check check : found.quality().checks()) {
            if (check.found().isEmpty()
                    && !check.defect().measure().isEmpty()
                    && check.distribution().count() > 1) {
                page.histogram(histogram(check));
            }
        }
    }

    private void quality(Quality.Check check) {
        Defect defect = check.defect();
        String heading = capital(defect.called()) + ": " + count(check.found().size());
        boolean measured = !defect.measure().isEmpty();
        boolean readable = found.quality().pictures().get(check.found().get(0)).isReadable();
        if (!readable) {
            page.lines(heading, named(check.found()));
            return;
        }
        page.heading(heading);
        if (measured) {
            page.histogram(histogram(check));
        }
        page.row("", first(check.found().size(), SHOWN));
        for (int image : check.found().subList(0, Math.min(SHOWN, check.found().size()))) {
            Measures of = found.quality().pictures().get(image);
            String note = measured
                    ? defect.measure() + " "
                            + CurationTables.number(Math.round(100 * Quality.value(defect, of)) / 100.0)
                    : defect == Defect.ENDING ? "is " + of.format() : "orientation " + of.orientation();
            picture(image, note);
        }
    }

    private List<String> named(List<Integer> these) {
        List<String> lines = new ArrayList<>();
        for (int image : these.subList(0, Math.min(NAMED, these.size()))) {
            lines.add(found.name(image) + ": "
                    + found.quality().pictures().get(image).why());
        }
        if (these.size() > NAMED) {
            lines.add("and " + count(these.size() - NAMED) + " more, in " + CurationTables.QUALITY);
        }
        return lines;
    }

    private Histogram histogram(Quality.Check check) {
        Defect defect = check.defect();
        double[] values = found.quality().pictures().stream()
                .filter(Measures::isReadable)
                .mapToDouble(of -> Quality.value(defect, of))
                .toArray();
        boolean above = defect == Defect.BRIGHT || defect == Defect.LARGE || defect == Defect.LONG;
        boolean logarithmic =
                defect == Defect.BLURRED || defect == Defect.SMALL || defect == Defect.LARGE || defect == Defect.LONG;
        return new Histogram(
                capital(defect.measure()),
                values,
                logarithmic ? Histogram.Scale.LOGARITHMIC : Histogram.Scale.LINEAR,
                above ? OptionalDouble.empty() : OptionalDouble.of(check.limit()),
                above ? OptionalDouble.of(check.limit()) : OptionalDouble.empty());
    }

    private void groups() {
        List<Groups.Group> groups = found.groups().groups();
        page.section(
                "Twice",
                "There more than once",
                groups.isEmpty()
                        ? "No picture is there twice. Copies that are turned or mirrored are not looked for."
                        : "The first of each group is the one to keep. " + first(groups.size(), GROUPS) + " All are in "
                                + CurationTables.GROUPS + ". Copies that are turned or mirrored are not looked for.");
        for (Groups.Group group : groups.subList(0, Math.min(GROUPS, groups.size()))) {
            int size = group.images().size();
            page.row(
                    count(size) + " pictures, " + group.kind().called(),
                    "Keep the first: " + group.why() + "." + (size > IN_GROUP ? " " + first(size, IN_GROUP) : ""));
            for (int image : group.images().subList(0, Math.min(IN_GROUP, size))) {
                Measures of = found.quality().pictures().get(image);
                picture(image, of.isReadable() ? of.width() + " x " + of.height() : "");
            }
        }
    }

    private void leaks() {
        if (found.leaks().isEmpty()) {
            return;
        }
        page.section(
                "Leaks",
                "Leaks",
                "Pictures to judge by that are among those to learn from. "
                        + first(found.leaks().size(), SHOWN) + " All are in " + CurationTables.LEAKS + ".");
        for (Leak leak : found.leaks().subList(0, Math.min(SHOWN, found.leaks().size()))) {
            page.row(capital(leak.kind().called()), "");
            picture(leak.heldOut(), "to judge by");
            picture(leak.training(), String.format(Locale.ROOT, "to learn from, cosine %.3f", leak.cosine()));
        }
    }

    private void outliers() {
        if (found.outliers().isEmpty()) {
            return;
        }
        Outliers outliers = found.outliers().get();
        page.section(
                "Outliers",
                "Outliers",
                "Pictures that lie far from their nearest others: rare, odd or out of place."
                        + (outliers.found().isEmpty()
                                ? " There is none."
                                : " " + first(outliers.found().size(), SHOWN) + " All are in " + CurationTables.OUTLIERS
                                        + "."));
        page.histogram(new Histogram(
                "Mean distance to the nearest",
                outliers.distances().stream().mapToDouble(d -> d).toArray(),
                Histogram.Scale.LINEAR,
                OptionalDouble.empty(),
                OptionalDouble.of(outliers.limit())));
        if (!outliers.found().isEmpty()) {
            page.row("The farthest", "");
            for (Outliers.Far far :
                    outliers.found().subList(0, Math.min(SHOWN, outliers.found().size()))) {
                picture(far.image(), String.format(Locale.ROOT, "distance %.3f", far.distance()));
            }
        }
    }

    private void doubts() {
        if (found.doubts().isEmpty()) {
            return;
        }
        page.section(
                "Labels",
                "Labels that their neighbours doubt",
                "First the picture whose label is doubted, then the neighbours that say otherwise; the least likely label"
                        + " comes first. "
                        + first(found.doubts().size(), SHOWN) + " All are in " + CurationTables.LABELS + ".");
        for (LabelDoubt doubt :
                found.doubts().subList(0, Math.min(SHOWN, found.doubts().size()))) {
            page.row(
                    found.classes().get(doubt.label()) + ", or "
                            + found.classes().get(doubt.said()) + "?",
                    String.format(
                            Locale.ROOT,
                            "%.0f %% of the votes are for %s, %.0f %% for %s.",
                            100 * doubt.share(),
                            found.classes().get(doubt.said()),
                            100 * doubt.own(),
                            found.classes().get(doubt.label())));
            picture(doubt.image(), "labelled " + found.classes().get(doubt.label()));
            for (int other : doubt.neighbours()
                    .subList(0, Math.min(NEIGHBOURS, doubt.neighbours().size()))) {
                picture(other, found.classes().get(found.labels().get(other)));
            }
        }
    }

    private void selection() {
        if (found.selection().isEmpty()) {
            return;
        }
        Selection selection = found.selection().get();
        page.section(
                "To label",
                "To label next",
                "In the order of their choice: the first hundred are the choice of a hundred. "
                        + first(selection.chosen().size(), SELECTED) + " All are in " + CurationTables.SELECTION
                        + ", whose column label waits to be filled in; --labelled takes it.");
        page.curve(new Curve(
                switch (selection.by()) {
                    case COVERAGE -> "Largest distance to the nearest chosen or labelled, after each choice";
                    case DIVERSITY -> "Mean distance to the nearest chosen or labelled, after each choice";
                    case UNCERTAINTY -> "Margin of the two most probable labels, of each choice";
                },
                selection.curve()));
        page.row("Chosen for " + by(selection), "");
        for (int i = 0; i < Math.min(SELECTED, selection.chosen().size()); i++) {
            picture(selection.chosen().get(i), String.valueOf(i + 1));
        }
    }

    /** What has gone since it was measured is left out, and the others are shown. */
    private void picture(int image, String note) {
        if (!found.quality().pictures().get(image).isReadable()) {
            return;
        }
        try {
            page.picture(images.image(image), found.name(image), note);
        } catch (UnreadableImageException e) {
            page.gone(found.name(image));
        }
    }

    private static String by(Selection selection) {
        return selection.by().name().toLowerCase(Locale.ROOT);
    }

    private static String first(int size, int most) {
        return size > most ? "The first " + most + " of " + count(size) + " are shown." : "";
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String share(long part, long all) {
        return all == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / all);
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
