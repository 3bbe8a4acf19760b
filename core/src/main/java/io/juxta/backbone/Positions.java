package io.juxta.backbone;

import io.juxta.torch.Bicubic;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How the tokens of a vision transformer know where they are: by a table that is added to them and interpolated for pictures of
 * another size than it was trained for, or by turning what attention compares.
 */
@API(status = API.Status.INTERNAL)
public enum Positions {
    /** DINO's way, and DINOv2's without registers: four taps, the scale computed of sides 0.1 longer. */
    DINO(0.1, false),
    /** The same scale, antialiased. */
    DINO_ANTIALIASED(0.1, true),
    /** Four taps, the exact scale. */
    PLAIN(0, false),
    /** timm's way, and DINOv2's with registers: the exact scale, antialiased. */
    ANTIALIASED(0, true),
    /** No table: queries and keys of patches are turned by angles of their place (Su et al., 2021; DINOv3). */
    ROTARY(0, false);

    private final Bicubic bicubic;

    Positions(double offset, boolean antialiased) {
        bicubic = new Bicubic(antialiased, offset);
    }

    /** Whether there is a table. */
    boolean isTable() {
        return this != ROTARY;
    }

    /**
     * A table that is not learned (Chen, Xie and He 2021, program): sines and cosines of a place's two coordinates, a quarter of the
     * values each, at wavelengths from 2π to 10000 times that.
     *
     * @param dim a multiple of 4
     * @return (1, 1 + height * width, dim), the class token's row 0
     */
    public static Tensor sinCos(int height, int width, int dim) {
        int quarter = dim / 4;
        double[] table = new double[(1 + height * width) * dim];
        for (int i = 0; i < height * width; i++) {
            double[] coordinates = {i / height, i % height}; // its program counts along the height
            for (int axis = 0; axis < 2; axis++) {
                for (int j = 0; j < quarter; j++) {
                    double angle = coordinates[axis] * Math.pow(10000, -(double) j / quarter);
                    int place = (1 + i) * dim + 2 * axis * quarter + j;
                    table[place] = Math.sin(angle);
                    table[place + quarter] = Math.cos(angle);
                }
            }
        }
        return Tensor.create(table, 1, 1L + (long) height * width, dim);
    }

    /**
     * The table for a picture.
     *
     * @param table (1, 1 + grid * grid, dim): the class token's row, then the patches' row by row
     * @param height and width of the picture in patches
     * @return (1, 1 + height * width, dim)
     */
    public Tensor table(Tensor table, int grid, int height, int width) {
        // as in DINO: another shape of as many patches is interpolated too
        if (height == grid && width == grid) {
            return table;
        }
        long dim = table.size(2);
        Tensor rows = table.narrow(1, 1, table.size(1) - 1);
        Tensor map = rows.reshape(1, grid, grid, dim).permute(0, 3, 1, 2); // 1 x D x M x M
        boolean isShort = map.element_size() < Float.BYTES; // no kernel on the CPU
        Tensor resized = bicubic.resize(isShort ? map.to(ScalarType.Float) : map, height, width);
        Tensor patches = resized.permute(0, 2, 3, 1).reshape(1, (long) height * width, dim);
        return torch.cat(
                new TensorVector(table.narrow(1, 0, 1), isShort ? patches.to(table.scalar_type()) : patches), 1);
    }
}
