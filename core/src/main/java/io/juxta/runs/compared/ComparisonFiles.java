package io.juxta.runs.compared;

import io.juxta.report.CollectionPage;
import io.juxta.report.Intervals;
import io.juxta.search.Csv;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/** A comparison as a table and as a page. */
@API(status = API.Status.INTERNAL)
public final class ComparisonFiles {
    public static final String CSV = "comparison.csv";
    public static final String PAGE = "comparison.html";

    private ComparisonFiles() {}

    public static void write(Comparison comparison, Path folder, String about) throws IOException {
        StringBuilder csv = new StringBuilder("contender,task,top1,low,high,trials,images\n");
        for (Contender of : comparison.contenders()) {
            of.scores()
                    .forEach((task, score) -> csv.append(Csv.quoted(of.name()))
                            .append(String.format(
                                    Locale.ROOT,
                                    ",%s,%.4f,%.4f,%.4f,%d,%d%n",
                                    task,
                                    score.mean(),
                                    score.low(),
                                    score.high(),
                                    score.trials(),
                                    comparison.heldOut())));
        }
        Replacing.write(
                folder.resolve(CSV), csv.toString().replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8));
        CollectionPage page = new CollectionPage("Does pre-training pay?", about);
        page.verdict(comparison.verdict());
        for (String task : comparison.tasks()) {
            page.section(task, said(task), explained(task));
            List<Intervals.Row> rows = comparison.contenders().stream()
                    .filter(of -> of.scores().containsKey(task))
                    .map(of -> {
                        Score score = of.scores().get(task);
                        return new Intervals.Row(of.name(), score.mean(), score.low(), score.high());
                    })
                    .toList();
            page.intervals(new Intervals("Top-1 accuracy", rows));
        }
        page.write(folder.resolve(PAGE));
    }

    private static String said(String task) {
        return switch (task) {
            case Contest.KNN -> "Nearest neighbours";
            case Contest.LINEAR -> "A linear classifier of all labels";
            default ->
                "A linear classifier of " + task.replace("/class", task.startsWith("1/") ? " label" : " labels")
                        + " of each class";
        };
    }

    private static String explained(String task) {
        return switch (task) {
            case Contest.KNN ->
                "Named by the 20 nearest images to learn from. Intervals of 95 % are over the held-out images.";
            case Contest.LINEAR ->
                "The best there is on features that stay as they are. Intervals of 95 % are over the held-out images.";
            default -> "Labels drawn anew for each seed, the same for all. Intervals of 95 % are over the draws.";
        };
    }
}
