package io.juxta.report.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.juxta.report.detection.ShownDetections;
import io.juxta.report.snapshots.Origin;
import io.juxta.report.snapshots.Pictures;
import io.juxta.report.snapshots.PrototypesShown;
import io.juxta.report.snapshots.Sample;
import io.juxta.report.snapshots.Snapshot;
import io.juxta.report.translation.Translations;
import java.util.List;
import java.util.Optional;

/** What the page's script is told, as JSON that may stand within an HTML script element. */
final class PageData {
    /** Far more than a curve has pixels. */
    private static final int MOST_ROWS = 2000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode page = JsonNodeFactory.instance.objectNode();

    private PageData() {}

    static String json(ReadRun run) {
        PageData data = new PageData();
        data.page.put("name", run.name());
        data.said(run.recipe());
        data.metrics(run);
        data.page.set("standing", run.standing().json());
        data.finding(run.events().finding());
        data.key(KeyFigure.of(run));
        run.pictures().ifPresent(pictures -> data.sample(pictures.sample()));
        data.snapshots(run.snapshots());
        run.gallery()
                .ifPresent(gallery ->
                        data.prototypes(gallery.shown(), run.pictures().map(Pictures::sample)));
        data.page.put("translates", run.translates());
        run.translations().ifPresent(data::translations);
        data.page.put("detects", run.detects());
        run.detections().ifPresent(data::detections);
        data.origins(run.origins());
        return safe(data.page.toString());
    }

    /** None of what ends a script element or begins a comment in one; all of these stand in JSON's strings only. */
    private static String safe(String json) {
        return json.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private void said(RecipeSaid recipe) {
        page.put("recipe", recipe.text());
        RecipeSaid.Said said = recipe.said();
        said.epochs().ifPresent(epochs -> page.put("epochs", epochs));
        said.method().ifPresent(method -> page.put("method", method));
        said.arch().or(said::netG).ifPresent(arch -> page.put("arch", arch));
    }

    private void metrics(ReadRun run) {
        Metrics metrics = run.metrics().thinned(MOST_ROWS);
        page.put("measured", run.metrics().rows().size());
        metrics.columns().forEach(page.putArray("columns")::add);
        ObjectNode figures = page.putObject("figures");
        for (String column : metrics.columns()) {
            ShownFigure figure = ShownFigure.of(column, run);
            figures.putObject(column)
                    .put("name", figure.name())
                    .put("unit", figure.unit())
                    .put("scale", figure.scale())
                    .put("meaning", figure.meaning());
        }
        ArrayNode rows = page.putArray("rows");
        for (Metrics.Row row : metrics.rows()) {
            ArrayNode cells = rows.addArray().add(row.epoch());
            row.values().forEach(value -> cells.add(value.orElse(null)));
        }
        ArrayNode charts = page.putArray("charts");
        for (Charts.Chart chart : Charts.of(run)) {
            ObjectNode node = charts.addObject()
                    .put("title", chart.title())
                    .put("large", chart.isLarge())
                    .put("low", chart.axis().low())
                    .put("high", chart.axis().high());
            chart.notes().forEach(node.putArray("notes")::add);
            chart.columns().forEach(node.putArray("columns")::add);
            chart.reference()
                    .ifPresent(reference -> node.putObject("reference")
                            .put("value", reference.value())
                            .put("label", reference.label()));
        }
    }

    private void finding(Optional<Finding> last) {
        ArrayNode array = page.putArray("findings");
        last.ifPresent(finding -> array.addObject()
                .put("verdict", finding.verdict())
                .put("headline", finding.headline())
                .put("finding", finding.finding())
                .put("advice", finding.advice()));
    }

    private void key(List<KeyFigure> figures) {
        ArrayNode array = page.putArray("key");
        for (KeyFigure figure : figures) {
            ObjectNode node = array.addObject().put("column", figure.column());
            figure.value().ifPresent(value -> node.put("value", value));
            figure.notes().forEach(node.putArray("notes")::add);
        }
    }

    /** Nothing is said of classes where there are not two: a folder of pictures is none. */
    private void prototypes(PrototypesShown shown, Optional<Sample> sample) {
        boolean classless = sample.isPresent() ? sample.get().classes().size() < 2 : shown.hasOneClassAtMost();
        page.set("prototypes", JSON.valueToTree(classless ? shown.withoutClasses() : shown));
    }

    private void sample(Sample sample) {
        ObjectNode node = page.putObject("sample");
        sample.names().forEach(node.putArray("names")::add);
        boolean classless = sample.classes().size() < 2;
        sample.labels().forEach(label -> node.withArray("labels").add(classless ? -1 : label));
        (classless ? List.<String>of() : sample.classes()).forEach(node.putArray("classes")::add);
        sample.queries().forEach(node.putArray("queries")::add);
        node.put("columns", sample.columns()).put("thumbnail", sample.thumbnail());
        ObjectNode views = page.putObject("views");
        sample.views().names().forEach(views.putArray("names")::add);
        views.put("epochs", sample.views().epochs()).put("tile", sample.views().tile());
        ArrayNode kinds = views.putArray("kinds");
        for (Sample.Kind kind : sample.views().kinds()) {
            ObjectNode added = kinds.addObject();
            added.put("count", kind.count()).put("shown", kind.shown()).put("size", kind.size());
            kind.steps().forEach(added.putArray("steps")::add);
        }
    }

    private void snapshots(List<Snapshot> snapshots) {
        ArrayNode array = page.putArray("snapshots");
        for (Snapshot snapshot : snapshots) {
            ObjectNode node = array.addObject().put("epoch", snapshot.epoch());
            ArrayNode neighbours = node.putArray("neighbours");
            snapshot.neighbours().forEach(places -> places.forEach(neighbours.addArray()::add));
            ArrayNode similarities = node.putArray("similarities");
            snapshot.similarities().forEach(cosines -> cosines.forEach(similarities.addArray()::add));
            snapshot.pca().coordinates().forEach(node.putArray("pca")::add);
            snapshot.tsne().coordinates().forEach(node.putArray("tsne")::add);
        }
    }

    private void translations(Translations translations) {
        ObjectNode node = JSON.valueToTree(translations.sample());
        page.set("translations", node);
        node.put("rows", translations.sample().rows());
        ArrayNode epochs = node.putArray("epochs");
        for (Translations.Epoch epoch : translations.epochs()) {
            ObjectNode taken = epochs.addObject().put("epoch", epoch.snapshot().epoch());
            taken.set("found", JSON.valueToTree(epoch.snapshot().found()));
        }
    }

    private void detections(ShownDetections detections) {
        ObjectNode node = page.putObject("detections");
        node.set("labelled", JSON.valueToTree(detections.sample()));
        detections.judged().ifPresent(judged -> node.set("judged", JSON.valueToTree(judged.snapshot())));
    }

    private void origins(List<Origin> origins) {
        ArrayNode array = page.putArray("origins");
        for (Origin origin : origins) {
            array.addObject()
                    .put("command", origin.command())
                    .put("versions", origin.versions())
                    .put("machine", origin.machine())
                    .put("time", origin.time());
        }
    }
}
