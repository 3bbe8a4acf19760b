package io.juxta.torch;

import io.juxta.natives.Natives;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** libtorch's bicubic interpolation of maps, corners not aligned; gradients flow through it. */
@API(status = API.Status.INTERNAL)
public final class Bicubic {
    static {
        Natives.torch();
    }

    /** The binding declares it not. */
    private static final Operator ANTIALIASED = new Operator("aten::_upsample_bicubic2d_aa", "");

    private final boolean antialiased;
    private final double offset;

    /**
     * @param antialiased whether each value of a smaller map is a weighted mean over all that it stands for, by Keys' cubic of a
     *     = -0.5; otherwise of four taps a side, by a = -0.75
     * @param offset added to the sides of the result where the scale is computed: 0, or DINO's 0.1
     */
    public Bicubic(boolean antialiased, double offset) {
        this.antialiased = antialiased;
        this.offset = offset;
    }

    /**
     * Interpolates.
     *
     * @param map (N, C, H, W), float32 or float64
     * @return (N, C, height, width)
     */
    public Tensor resize(Tensor map, long height, long width) {
        double down = (height + offset) / map.size(2);
        double across = (width + offset) / map.size(3);
        if (antialiased) {
            // the binding makes lists of what it has a type for, and has none for whole numbers: a declaration's is
            // taken
            GenericList size = new GenericList(
                    torch.parseSchema("of(int one) -> ()").arguments().type());
            size.push_back(new IValue(height));
            size.push_back(new IValue(width));
            boolean scaled = offset != 0;
            return ANTIALIASED
                    .call(
                            new IValue(map),
                            new IValue(size),
                            new IValue(false),
                            scaled ? new IValue(down) : new IValue(),
                            scaled ? new IValue(across) : new IValue())
                    .get(0)
                    .toTensor();
        }
        long[] size = {height, width};
        return offset == 0
                ? torch.upsample_bicubic2d(map, size, false)
                : torch.upsample_bicubic2d(map, size, false, new DoubleOptional(down), new DoubleOptional(across));
    }
}
