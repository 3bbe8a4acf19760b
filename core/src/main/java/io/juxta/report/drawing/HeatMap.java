package io.juxta.report.drawing;

import io.juxta.image.Image;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How like a patch is to all others.
 *
 * @param cosines row after row
 */
@API(status = API.Status.INTERNAL)
public record HeatMap(int width, int height, float[] cosines) {
    /** Black, violet, red, orange and light yellow, ever lighter: cosines from 0 to 1 in even steps. */
    private static final int[][] RAMP = {{0, 0, 4}, {87, 16, 110}, {188, 55, 84}, {249, 142, 9}, {252, 255, 164}};

    /**
     * How a patch of a translation finds the patch of the source at its place.
     *
     * @param cosine of the two, from -1 to 1
     * @param rank 1 where no other patch of the source is more like it
     * @param places patches of the source
     */
    public record Found(double cosine, int rank, int places) {
        public Found {
            if (!(Math.abs(cosine) <= 1.001)) {
                throw new IllegalArgumentException("a cosine must be from -1 to 1");
            }
            if (rank < 1 || rank > places) {
                throw new IllegalArgumentException("rank " + rank + " must be from 1 to " + places);
            }
        }
    }

    /** @param map (h, w) */
    public static HeatMap of(Tensor map) {
        Tensor whole = map.cpu().to(ScalarType.Float).contiguous();
        float[] cosines = new float[Math.toIntExact(whole.numel())];
        whole.data_ptr_float().get(cosines);
        return new HeatMap((int) whole.size(1), (int) whole.size(0), cosines);
    }

    /** A pixel for each place; what is below 0 is black. */
    public Image image() {
        byte[] rgb = new byte[3 * cosines.length];
        for (int i = 0; i < cosines.length; i++) {
            double at = Math.max(0, Math.min(1, cosines[i])) * (RAMP.length - 1);
            int below = Math.min(RAMP.length - 2, (int) at);
            for (int c = 0; c < 3; c++) {
                double mixed = RAMP[below][c] + (at - below) * (RAMP[below + 1][c] - RAMP[below][c]);
                rgb[3 * i + c] = (byte) Math.round(mixed);
            }
        }
        return new Image(width, height, rgb);
    }

    /**
     * How well the patch at a point is found.
     *
     * @param x from 0 at the left to 1
     * @param y from 0 at the top to 1
     */
    public Found at(double x, double y) {
        int column = Math.min(width - 1, (int) (x * width));
        int row = Math.min(height - 1, (int) (y * height));
        float own = cosines[row * width + column];
        int rank = 1;
        for (float cosine : cosines) {
            rank += cosine > own ? 1 : 0;
        }
        return new Found(Math.rint(1000 * own) / 1000, rank, cosines.length);
    }
}
