package io.juxta.runs.curated;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.juxta.curation.Curation;
import io.juxta.curation.Defect;
import io.juxta.curation.Distribution;
import io.juxta.curation.Groups;
import io.juxta.curation.LabelDoubt;
import io.juxta.curation.Leak;
import io.juxta.curation.Measures;
import io.juxta.curation.Outliers;
import io.juxta.curation.Quality;
import io.juxta.curation.Selection;
import io.juxta.train.run.Replacing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** What was found in a collection, as tables and as JSON. */
@API(status = API.Status.INTERNAL)
public final class CurationTables {
    public static final String QUALITY = "quality.csv";
    public static final String GROUPS = "groups.csv";
    public static final String LEAKS = "leaks.csv";
    public static final String OUTLIERS = "outliers.csv";
    public static final String LABELS = "labels.csv";
    public static final String SELECTION = "selection.csv";
    public static final String JSON = "curation.json";

    private final Curation found;

    public CurationTables(Curation found) {
        this.found = found;
    }

    /**
     * Writes them, each beside its place and then there; those of which there is nothing to say are taken away.
     *
     * @return the names of what was written
     */
    public List<String> write(Path folder) throws IOException {
        List<String> written = new ArrayList<>();
        put(folder, QUALITY, Optional.of(quality()), written);
        put(folder, GROUPS, Optional.of(groups()), written);
        put(folder, LEAKS, found.leaks().isEmpty() ? Optional.empty() : Optional.of(leaks()), written);
        put(folder, OUTLIERS, found.outliers().map(this::outliers), written);
        put(folder, LABELS, found.doubts().isEmpty() ? Optional.empty() : Optional.of(doubts()), written);
        put(folder, SELECTION, found.selection().map(this::selection), written);
        Replacing.write(folder.resolve(JSON), json());
        written.add(JSON);
        return written;
    }

    private static void put(Path folder, String name, Optional<CsvTable> table, List<String> written)
            throws IOException {
        if (table.isPresent()) {
            table.get().write(folder.resolve(name));
            written.add(name);
        } else {
            Files.deleteIfExists(folder.resolve(name));
        }
    }

    private CsvTable quality() {
        CsvTable table = new CsvTable(
                "image",
                "defects",
                "why",
                "format",
                "bytes",
                "width",
                "height",
                "orientation",
                "light",
                "shade",
                "sharpness",
                "information",
                "colour");
        List<List<Defect>> defects = found.quality().defects();
        for (int i = 0; i < defects.size(); i++) {
            Measures of = found.quality().pictures().get(i);
            table.row(
                    of.name(),
                    defects.get(i).stream().map(Defect::called).collect(Collectors.joining("; ")),
                    of.why(),
                    of.format(),
                    of.bytes(),
                    of.width(),
                    of.height(),
                    of.orientation(),
                    of.light(),
                    of.shade(),
                    number(of.sharpness()),
                    number(of.information()),
                    number(of.colour()));
        }
        return table;
    }

    private CsvTable groups() {
        CsvTable table = new CsvTable("group", "kind", "image", "keep", "why", "width", "height", "bytes");
        int number = 0;
        for (Groups.Group group : found.groups().groups()) {
            number++;
            for (int image : group.images()) {
                Measures of = found.quality().pictures().get(image);
                boolean kept = image == group.keep();
                table.row(
                        number,
                        group.kind().called(),
                        of.name(),
                        kept,
                        kept ? group.why() : "",
                        of.width(),
                        of.height(),
                        of.bytes());
            }
        }
        return table;
    }

    private CsvTable leaks() {
        CsvTable table = new CsvTable("held out", "training", "kind", "cosine");
        for (Leak leak : found.leaks()) {
            table.row(
                    found.name(leak.heldOut()),
                    found.name(leak.training()),
                    leak.kind().called(),
                    number(leak.cosine()));
        }
        return table;
    }

    private CsvTable outliers(Outliers outliers) {
        CsvTable table = new CsvTable("image", "distance");
        outliers.found().forEach(far -> table.row(found.name(far.image()), number(far.distance())));
        return table;
    }

    private CsvTable doubts() {
        CsvTable table = new CsvTable("image", "label", "neighbours say", "share", "own share", "neighbours");
        for (LabelDoubt doubt : found.doubts()) {
            table.row(
                    found.name(doubt.image()),
                    found.classes().get(doubt.label()),
                    found.classes().get(doubt.said()),
                    number(doubt.share()),
                    number(doubt.own()),
                    doubt.neighbours().stream().map(found::name).collect(Collectors.joining("; ")));
        }
        return table;
    }

    private CsvTable selection(Selection selection) {
        CsvTable table = new CsvTable("image", "label", "order", "left");
        for (int i = 0; i < selection.chosen().size(); i++) {
            table.row(
                    found.name(selection.chosen().get(i)),
                    "",
                    i + 1,
                    number(selection.curve().get(i)));
        }
        return table;
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value)
                .replaceAll("(\\.\\d*?)0+$", "$1")
                .replaceAll("\\.$", "");
    }

    private byte[] json() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeNumberField("pictures", found.quality().pictures().size());
            json.writeArrayFieldStart("defects");
            for (Quality.Check check : found.quality().checks()) {
                json.writeStartObject();
                json.writeStringField("defect", check.defect().called());
                json.writeNumberField("pictures", check.found().size());
                if (!check.defect().measure().isEmpty()) {
                    json.writeStringField("measure", check.defect().measure());
                    json.writeNumberField("limit", check.limit());
                    spread(json, check.distribution());
                }
                names(json, "found", check.found());
                json.writeEndObject();
            }
            json.writeEndArray();
            groups(json);
            json.writeArrayFieldStart("leaks");
            for (Leak leak : found.leaks()) {
                json.writeStartObject();
                json.writeStringField("held_out", found.name(leak.heldOut()));
                json.writeStringField("training", found.name(leak.training()));
                json.writeStringField("kind", leak.kind().called());
                json.writeNumberField("cosine", leak.cosine());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (found.outliers().isPresent()) {
                Outliers outliers = found.outliers().get();
                json.writeObjectFieldStart("outliers");
                json.writeNumberField("limit", outliers.limit());
                spread(json, outliers.distribution());
                names(
                        json,
                        "found",
                        outliers.found().stream().map(Outliers.Far::image).toList());
                json.writeEndObject();
            }
            json.writeArrayFieldStart("doubted_labels");
            for (LabelDoubt doubt : found.doubts()) {
                json.writeStartObject();
                json.writeStringField("image", found.name(doubt.image()));
                json.writeStringField("label", found.classes().get(doubt.label()));
                json.writeStringField("neighbours_say", found.classes().get(doubt.said()));
                json.writeNumberField("share", doubt.share());
                json.writeNumberField("own_share", doubt.own());
                names(json, "neighbours", doubt.neighbours());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (found.selection().isPresent()) {
                Selection selection = found.selection().get();
                json.writeObjectFieldStart("selection");
                json.writeStringField("by", selection.by().name().toLowerCase(Locale.ROOT));
                names(json, "chosen", selection.chosen());
                json.writeArrayFieldStart("left");
                for (double left : selection.curve()) {
                    json.writeNumber(left);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private void groups(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("groups");
        for (Groups.Group group : found.groups().groups()) {
            json.writeStartObject();
            json.writeStringField("kind", group.kind().called());
            json.writeStringField("keep", found.name(group.keep()));
            json.writeStringField("why", group.why());
            names(json, "images", group.images());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void names(JsonGenerator json, String field, List<Integer> images) throws IOException {
        json.writeArrayFieldStart(field);
        for (int image : images) {
            json.writeString(found.name(image));
        }
        json.writeEndArray();
    }

    private static void spread(JsonGenerator json, Distribution of) throws IOException {
        json.writeObjectFieldStart("distribution");
        json.writeNumberField("count", of.count());
        json.writeNumberField("least", of.least());
        json.writeNumberField("median", of.median());
        json.writeNumberField("greatest", of.greatest());
        json.writeNumberField("deviation", of.deviation());
        json.writeEndObject();
    }
}
