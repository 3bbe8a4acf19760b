package io.juxta.cut.losses;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The contrastive loss between patches (Park et al., 2020, section 3, "Multilayer, patchwise contrastive learning"): a
 * patch of the translation must be closest to the patch of the source at the same place.
 */
@API(status = API.Status.INTERNAL)
public final class PatchNce {
    /** Where a patch itself stands among its negatives: after the division by T no cosine comes near. */
    private static final double ITSELF = -10;

    private static final int NO_REDUCTION = 0;
    private static final long IGNORE_NONE = -100;

    private PatchNce() {}

    /**
     * The loss of each patch.
     *
     * @param q embeddings of the translations' patches, (N P, C), normalised, image after image
     * @param k of the sources', in the same order; no gradient goes to them
     * @param groups into how many parts the rows are cut, within which patches are each other's negatives: N for those of
     *     the same image, 1 for those of all images
     * @param T temperature: 0.07
     * @return (N P)
     */
    public static Tensor losses(Tensor q, Tensor k, long groups, double T) {
        Tensor keys = k.detach();
        Tensor negative = torch.bmm(parts(q, groups), parts(keys, groups).transpose(1, 2)); // groups x P x P
        return entropies(q, keys, negative, 0, T);
    }

    /**
     * The loss of each patch, where all of several processes are each other's negatives.
     *
     * @param q of this process's images, (N P, C)
     * @param k likewise
     * @param all the keys of all processes, (processes N P, C)
     * @param first the place of this process's first key among those
     * @return (N P)
     */
    public static Tensor losses(Tensor q, Tensor k, Tensor all, long first, double T) {
        Tensor negative = torch.bmm(q.unsqueeze(0), all.t().unsqueeze(0)); // 1 x N P x processes N P
        return entropies(q, k.detach(), negative, first, T);
    }

    /** @param first the column in which the first row of each group meets itself */
    private static Tensor entropies(Tensor q, Tensor keys, Tensor negative, long first, double T) {
        long P = negative.size(1);
        Tensor positive =
                q.mul(keys).sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional()); // N P x 1
        Tensor itself = torch.eye(P, options(q));
        long after = negative.size(2) - P - first;
        itself = torch.constant_pad_nd(itself, new long[] {first, after}, new Scalar(0))
                .unsqueeze(0);
        Tensor others = negative.masked_fill(itself, new Scalar(ITSELF)).view(-1, negative.size(2));
        Tensor logits = torch.cat(new TensorVector(positive, others), 1).div(new Scalar(T)); // N P x P + 1
        return torch.cross_entropy_loss(
                logits,
                torch.zeros(new long[] {q.size(0)}, whole(q)),
                new TensorOptional(),
                NO_REDUCTION,
                IGNORE_NONE,
                0);
    }

    private static Tensor parts(Tensor rows, long groups) {
        return rows.view(groups, -1, rows.size(1));
    }

    private static TensorOptions options(Tensor like) {
        return new TensorOptions()
                .dtype(new org.bytedeco.pytorch.ScalarTypeOptional(ScalarType.Bool))
                .device(new org.bytedeco.pytorch.DeviceOptional(like.device()));
    }

    private static TensorOptions whole(Tensor like) {
        return new TensorOptions()
                .dtype(new org.bytedeco.pytorch.ScalarTypeOptional(ScalarType.Long))
                .device(new org.bytedeco.pytorch.DeviceOptional(like.device()));
    }
}
