package io.juxta.backbone;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Turns the queries and keys of patches by angles of their place, rows and columns in half of the values each (RoPE: Su et al., 2021;
 * in two dimensions as DINOv3 has it).
 */
final class Rotation {
    /** The longest period, in sides of the picture. */
    private static final double BASE = 100;

    private final Tensor cos;
    private final Tensor sin;
    private final long patches;

    private Rotation(Tensor cos, Tensor sin) {
        this.cos = cos;
        this.sin = sin;
        patches = cos.size(0);
    }

    /**
     * The angles of a picture's patches.
     *
     * @param height and width in patches
     * @param dim D, values of a head
     * @param like what they are to be multiplied with
     */
    static Rotation of(int height, int width, int dim, Tensor like) {
        int quarter = dim / 4;
        double[] angles = new double[height * width * dim];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double[] places = {2 * (y + 0.5) / height - 1, 2 * (x + 0.5) / width - 1};
                for (int twice = 0; twice < 2; twice++) {
                    for (double place : places) {
                        for (int i = 0; i < quarter; i++) {
                            angles[at++] = 2 * Math.PI * place / Math.pow(BASE, 2.0 * i / (dim / 2.0));
                        }
                    }
                }
            }
        }
        Tensor all = Tensor.create(angles, (long) height * width, dim);
        TensorOptions options = new TensorOptions(like.options());
        return new Rotation(
                all.cos().to(options, false, false, new org.bytedeco.pytorch.MemoryFormatOptional()),
                all.sin().to(options, false, false, new org.bytedeco.pytorch.MemoryFormatOptional()));
    }

    /** (N, heads, T, D), of which the last patches are turned: x cos + (-second half, first half) sin. */
    Tensor turn(Tensor x) {
        long others = x.size(2) - patches;
        Tensor rest = x.narrow(2, others, patches);
        long half = x.size(3) / 2;
        Tensor turned = torch.cat(new TensorVector(rest.narrow(3, half, half).neg(), rest.narrow(3, 0, half)), 3);
        return torch.cat(new TensorVector(x.narrow(2, 0, others), rest.mul(cos).add(turned.mul(sin))), 2);
    }
}
