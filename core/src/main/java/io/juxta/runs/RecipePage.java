package io.juxta.runs;

import io.juxta.train.recipe.KeyNote;
import io.juxta.train.recipe.Recipes;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** docs/recipes.md: the recipes that there are, and all keys that a recipe may hold. */
@API(status = API.Status.EXPERIMENTAL)
public final class RecipePage {
    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("moco", "MoCo"),
            Map.entry("swav", "SwAV"),
            Map.entry("deepcluster", "DeepCluster-v2"),
            Map.entry("simclr", "SimCLR"),
            Map.entry("barlow-twins", "Barlow Twins"),
            Map.entry("vicreg", "VICReg"),
            Map.entry("simsiam", "SimSiam"),
            Map.entry("byol", "BYOL"),
            Map.entry("moco-v3", "MoCo v3"),
            Map.entry("dino", "DINO"),
            Map.entry("distill", "distillation"),
            Map.entry("cut", "CUT"),
            Map.entry("faster-rcnn", "Faster R-CNN"));

    private RecipePage() {}

    /** Every recipe's name, and what it is for below it, in lines that a terminal holds. */
    public static String list() {
        StringBuilder list = new StringBuilder();
        for (String name : Recipes.names()) {
            list.append(name).append('\n').append(Paragraph.of(Recipes.purpose(name), "    "));
        }
        return list.toString();
    }

    /** The page, in Markdown. */
    public static String text() {
        StringBuilder page = new StringBuilder("""
                # Recipes

                <!-- Generated, and held to what the code says by a test. To write it anew: ./juxta recipes --markdown > docs/recipes.md -->

                A recipe is a flat YAML file, `key: value`. `juxta pretrain` and `juxta translate train` take the name of one that
                comes along, such as `folder/moco-v2`, from whichever folder they are called, or a file of your own; what exists as
                a file is taken as that. `juxta recipes` lists the names, and `juxta recipe folder/moco-v2` prints one with every
                key explained, a recipe still: `juxta recipe folder/moco-v2 > mine.yaml` is where your own begins.
                `--set key=value` changes a key for one run.

                In programs: `Recipes.names()`, `Recipes.named("folder/moco-v2")`.

                ## Those that come along

                | recipe | method | for |
                |---|---|---|
                """);
        for (String name : Recipes.names()) {
            page.append(row(List.of(
                    "[`" + name + "`](../recipes/" + name + ".yaml)",
                    RecipeKeys.method(Recipes.text(name), name),
                    Recipes.purpose(name))));
        }
        page.append("""

                ## Keys

                A resumed run may be given the keys that are marked with * anew; anything else would make another run of it.
                """);
        RecipeKeys.shared().entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<Set<String>, List<KeyNote>> entry) ->
                        -entry.getKey().size()))
                .forEach(entry -> section(page, title(entry.getKey()), entry.getValue()));
        page.append("""

                ## Keys of the commands that judge

                They are given by `--set`; a recipe does not hold them.
                """);
        RecipeKeys.ofEvaluation().forEach((command, notes) -> section(page, "juxta " + command, notes));
        return page.toString();
    }

    private static String title(Set<String> methods) {
        return methods.size() == TITLES.size()
                ? "Every recipe"
                : methods.stream().map(TITLES::get).collect(Collectors.joining(", "));
    }

    private static void section(StringBuilder page, String title, List<KeyNote> notes) {
        page.append("\n### ")
                .append(title)
                .append("\n\n| key | what it is | values | default | from |\n|---|---|---|---|---|\n");
        for (KeyNote note : notes) {
            page.append(row(List.of(
                    "`" + note.key() + "`" + (note.mayChange() ? " *" : ""),
                    note.meaning(),
                    note.values(),
                    note.otherwise().map(value -> "`" + value + "`").orElse(""),
                    note.source())));
        }
    }

    private static String row(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;"))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
