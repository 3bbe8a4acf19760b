package io.juxta.train.embedding;

import io.juxta.backbone.PathDrop;
import io.juxta.image.Draws;
import io.juxta.train.Step;
import java.util.List;
import org.apiguardian.api.API;

/**
 * Which branches of a vision transformer are left out for which image, as a function of (seed, step, image, view): neither a resumed
 * run nor another number of processes changes it. Not for use by several threads.
 */
@API(status = API.Status.INTERNAL)
public final class PathDraws implements PathDrop.Chances {
    /** Numbered below the views of images, which are counted from 0, and all other draws of a run. */
    private static final int PURPOSE = -64;

    private static final int MOST_BRANCHES = 1024;

    private final long seed;
    private Rows rows = new Rows(0, List.of(), 0);

    /** Whose rows are asked about: of a step's images, of views from one on. */
    private record Rows(int iteration, List<Integer> images, int view) {}

    public PathDraws(long seed) {
        this.seed = seed;
    }

    /** From now on rows are of a step's images. */
    public void begin(Step step) {
        rows = new Rows(Math.toIntExact(step.iteration()), step.images(), 0);
    }

    /** From now on rows are of this view, and where there are more than images, of those behind it. */
    public void views(int first) {
        rows = new Rows(rows.iteration, rows.images, first);
    }

    @Override
    public float[] of(int branch, int samples) {
        int n = rows.images.isEmpty() ? samples : rows.images.size();
        float[] chances = new float[samples];
        for (int row = 0; row < samples; row++) {
            int image = rows.images.isEmpty() ? row : rows.images.get(row % n);
            int purpose = PURPOSE - (rows.view + row / n) * MOST_BRANCHES - branch;
            chances[row] =
                    (float) Draws.of(seed, rows.iteration, image, purpose).uniform();
        }
        return chances;
    }
}
