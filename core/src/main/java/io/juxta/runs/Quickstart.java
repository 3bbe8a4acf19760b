package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.DrawnShapes;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * The whole of it on images that are drawn: a recipe that takes two to three minutes on two cores.
 *
 * <pre>{@code
 * Run run = Pretraining.by(Quickstart.recipe())
 *         .on(Quickstart.images(), Quickstart.heldOut())
 *         .into(folder)
 *         .start();
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Quickstart {
    private static final int TRAIN = 6000;
    private static final int HELD_OUT = 1000;
    private static final int SIZE = 32;

    private Quickstart() {}

    /** MoCo v2 for small images. */
    public static Recipe recipe() {
        try (InputStream in = Quickstart.class.getResourceAsStream("quickstart.yaml")) {
            if (in == null) {
                throw new IllegalStateException("quickstart.yaml is missing from the build");
            }
            return Recipe.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "quickstart.yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What there is to learn from, in a line. */
    public static String task() {
        Dataset images = images();
        return String.format(
                Locale.ROOT,
                "%,d images of %d kinds of shapes to learn from, without their labels; %,d more to be judged by",
                images.size(),
                images.classes().size(),
                HELD_OUT);
    }

    /** What was learned, in lines; none where the run does not know what it began with. */
    public static List<String> verdict(RunResult result) {
        List<String> lines = new ArrayList<>();
        result.judged()
                .ifPresent(judged -> judged.before().ifPresent(before -> {
                    lines.add(String.format(
                            Locale.ROOT, "%nOf the %,d held-out shapes the nearest neighbours name rightly", HELD_OUT));
                    lines.add(String.format(Locale.ROOT, "  by raw pixels             %5.1f %%", before.raw()));
                    lines.add(String.format(Locale.ROOT, "  by the untrained encoder  %5.1f %%", before.untrained()));
                    lines.add(String.format(Locale.ROOT, "  by the trained encoder    %5.1f %%", judged.last()));
                }));
        return lines;
    }

    /** 6000 images of 32 x 32 pixels, of ten kinds of shapes. */
    public static Dataset images() {
        return new DrawnShapes(1, TRAIN, SIZE);
    }

    /** 1000 more, to judge by. */
    public static Dataset heldOut() {
        return new DrawnShapes(2, HELD_OUT, SIZE);
    }
}
