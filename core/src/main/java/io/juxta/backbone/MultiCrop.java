package io.juxta.backbone;

import java.util.List;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Crops of several sizes through one encoder (Caron et al., 2020, section 3.2). */
@API(status = API.Status.INTERNAL)
public final class MultiCrop {
    private MultiCrop() {}

    /**
     * Consecutive crops of one width go through the backbone as one batch, so that batch norm sees each size apart; then
     * the head sees all at once.
     *
     * @param crops V of them, (N, 3, H, W) each
     * @return (V N, dim), crop after crop
     */
    public static Tensor forward(EncoderNetwork encoder, List<Tensor> crops) {
        return forward(encoder, crops, first -> {});
    }

    /** @param each is told the number of the first crop of a batch before that goes through the backbone */
    public static Tensor forward(EncoderNetwork encoder, List<Tensor> crops, IntConsumer each) {
        TensorVector pooled = new TensorVector();
        for (int first = 0, next; first < crops.size(); first = next) {
            next = first;
            TensorVector alike = new TensorVector();
            while (next < crops.size() && width(crops.get(next)) == width(crops.get(first))) {
                alike.push_back(crops.get(next++));
            }
            each.accept(first);
            pooled.push_back(encoder.pooled(joined(alike)));
        }
        return encoder.head(joined(pooled));
    }

    private static Tensor joined(TensorVector parts) {
        return parts.size() == 1 ? parts.get(0) : torch.cat(parts, 0);
    }

    private static long width(Tensor crop) {
        return crop.size(crop.dim() - 1);
    }
}
