package io.juxta.runs;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.detect.DetectionName;
import io.juxta.dino.DinoRecipe;
import io.juxta.distill.DistillRecipe;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.eval.probe.SemiSupervisedOptions;
import io.juxta.eval.translation.KernelOptions;
import io.juxta.moco.MocoRecipe;
import io.juxta.report.Snapshots;
import io.juxta.runs.methods.Method;
import io.juxta.runs.methods.TranslationMonitor;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.SwavRecipe;
import io.juxta.train.ImageCache;
import io.juxta.train.PictureOptions;
import io.juxta.train.recipe.Explanation;
import io.juxta.train.recipe.KeyNote;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import io.juxta.train.run.Checkpointing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/** Which records of options hold the keys of which recipes. */
@API(status = API.Status.EXPERIMENTAL)
public final class RecipeKeys {
    private static final List<Class<? extends Record>> PRETRAINING = List.of(
            PictureOptions.class,
            ImageCache.class,
            KnnMonitor.Options.class,
            KnnOptions.class,
            Checkpointing.Options.class,
            Snapshots.Options.class);

    private static final Map<String, List<Class<? extends Record>>> METHODS = new LinkedHashMap<>();

    static {
        METHODS.put("moco", with(Method.Name.class, MocoRecipe.class, PRETRAINING));
        METHODS.put("swav", with(Method.Name.class, SwavRecipe.class, PRETRAINING));
        METHODS.put("deepcluster", with(Method.Name.class, DeepClusterRecipe.class, PRETRAINING));
        SiameseRecipe.METHODS.forEach(
                (name, recipe) -> METHODS.put(name, with(Method.Name.class, recipe, PRETRAINING)));
        METHODS.put(DinoRecipe.METHOD, with(Method.Name.class, DinoRecipe.class, PRETRAINING));
        METHODS.put(DistillRecipe.METHOD, with(Method.Name.class, DistillRecipe.class, PRETRAINING));
        METHODS.put(
                "cut",
                with(
                        TranslationName.class,
                        CutRecipe.class,
                        List.of(
                                TranslationMonitor.Options.class,
                                Checkpointing.Options.class,
                                Snapshots.Options.class)));
        METHODS.put(DetectionName.METHOD, Detecting.records());
    }

    private RecipeKeys() {}

    private static List<Class<? extends Record>> with(
            Class<? extends Record> name, Class<? extends Record> method, List<Class<? extends Record>> more) {
        List<Class<? extends Record>> all = new ArrayList<>(List.of(name, method));
        all.addAll(more);
        return List.copyOf(all);
    }

    /** The methods by name, each with all of its records. */
    public static Map<String, List<Class<? extends Record>>> methods() {
        return Map.copyOf(METHODS);
    }

    private record Which(Optional<String> method) {}

    /** The method that a recipe names; empty where it names none. */
    static String method(String text, String name) {
        return Recipe.parse(text, name).bind(Which.class).method().orElse("");
    }

    /**
     * A recipe with every key explained.
     *
     * @throws RecipeException when it is no recipe of a method that there is
     */
    public static String explained(String text, String name) {
        String method = method(text, name);
        if (!method.isEmpty()) {
            List<Class<? extends Record>> types = METHODS.get(method);
            if (types == null) {
                throw new RecipeException(
                        name + ": method " + method + " is unknown: use one of " + String.join(", ", METHODS.keySet()));
            }
            return Explanation.of(text, name, types);
        }
        // pretrain and translate train each have a method that need not be said
        try {
            return Explanation.of(text, name, Objects.requireNonNull(METHODS.get("moco")));
        } catch (RecipeException notMoco) {
            try {
                return Explanation.of(text, name, Objects.requireNonNull(METHODS.get("cut")));
            } catch (RecipeException notCut) {
                throw notMoco;
            }
        }
    }

    /** The keys of {@code --set} in the commands that judge, by command. */
    public static Map<String, List<KeyNote>> ofEvaluation() {
        Map<String, List<KeyNote>> keys = new LinkedHashMap<>();
        keys.put("evaluate knn", KeyNote.of(List.of(KnnOptions.class)));
        keys.put("evaluate linear", KeyNote.of(List.of(LinearProbeOptions.class)));
        keys.put("evaluate semi", KeyNote.of(List.of(SemiSupervisedOptions.class)));
        keys.put("evaluate translation", KeyNote.of(List.of(KernelOptions.class)));
        return keys;
    }

    /** The keys of all methods: for each set of methods those that just these have, in the order of the methods. */
    static Map<Set<String>, List<KeyNote>> shared() {
        Map<KeyNote, Set<String>> whose = new LinkedHashMap<>();
        METHODS.forEach((method, types) -> KeyNote.of(types)
                .forEach(note ->
                        whose.computeIfAbsent(note, n -> new LinkedHashSet<>()).add(method)));
        return whose.entrySet().stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue,
                        LinkedHashMap::new,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    }
}
