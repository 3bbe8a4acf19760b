package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole of it on images that it draws itself. */
@Command(
        name = "quickstart",
        description = "Draw images, train an encoder on them without labels, and measure what it learned."
                + " Needs nothing else and takes two to three minutes on two cores.")
final class QuickstartCommand implements Callable<Integer>, Keyed {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private static final int TRAIN = 6000;
    private static final int HELD_OUT = 1000;
    private static final int SIZE = 32;

    @Mixin
    private RunArguments where = new RunArguments();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Set a key of the recipe: --set epochs=30.")
    private List<String> overrides = List.of();

    @Mixin
    private MemoryOption memory = new MemoryOption();

    @Mixin
    private QuietOption quiet = new QuietOption();

    @Override
    public Set<String> keys() {
        return Pretraining.keys();
    }

    @Override
    public Integer call() throws IOException {
        where.check();
        Optional<Recipe> known = where.recipe();
        Recipe recipe = known.isPresent() ? known.get() : Recipe.parse(text(), "quickstart.yaml");
        Pretraining pretraining = Pretraining.of(recipe.with(overrides), quiet.style());
        Dataset images = new DrawnShapes(1, TRAIN, SIZE);
        Dataset heldOut = new DrawnShapes(2, HELD_OUT, SIZE);
        if (Group.ofEnvironment().speaks()) {
            System.out.printf(
                    Locale.ROOT,
                    "%,d images of %d kinds of shapes to learn from, without their labels; %,d more to be judged by%n",
                    TRAIN,
                    images.classes().size(),
                    HELD_OUT);
        }
        memory.require(pretraining, images);
        RunPlace place = where.place("quickstart", Optional.empty(), spec);
        try (Interruption interruption = Interruption.watch(RunPlace.STOPPING)) {
            Pretraining.Outcome outcome = pretraining.run(images, Optional.of(heldOut), place, interruption::requested);
            if (!outcome.finished()) {
                return ExitStatus.INTERRUPTED;
            }
            outcome.knn().ifPresent(QuickstartCommand::judge);
            return ExitStatus.DONE;
        }
    }

    private static void judge(Pretraining.Knn knn) {
        System.out.printf(Locale.ROOT, "%nOf the %,d held-out shapes the nearest neighbours name rightly%n", HELD_OUT);
        System.out.printf(Locale.ROOT, "  by raw pixels             %5.1f %%%n", knn.raw());
        System.out.printf(Locale.ROOT, "  by the untrained encoder  %5.1f %%%n", knn.untrained());
        System.out.printf(Locale.ROOT, "  by the trained encoder    %5.1f %%%n", knn.last());
    }

    private static String text() throws IOException {
        try (InputStream in = QuickstartCommand.class.getResourceAsStream("quickstart.yaml")) {
            if (in == null) {
                throw new IllegalStateException("quickstart.yaml is missing from the build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
