package io.juxta.cut;

import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * How images pass a network. In a shorter type a processor passes them one after the other, channels last, where none changes
 * another's numbers: one image's activations stay in its cache, and convolutions and norms take them as they lie, a quarter
 * faster. Float32 stays as it is: with channels last libtorch adds up a norm's statistics one by one in float32, and at 256 px
 * loses two digits that it keeps otherwise. A GPU gets all images at once.
 */
final class ImageByImage {
    private final boolean apart;

    private ImageByImage(boolean apart) {
        this.apart = apart;
    }

    /**
     * Of a network, whose weights are laid out as its images will be.
     *
     * @param perImage whether an image's numbers depend on that image alone
     */
    static ImageByImage of(Module network, boolean perImage, MixedPrecision precision) {
        boolean onCpu = StateDict.parameters(network).values().stream().allMatch(Tensor::is_cpu);
        return perImage && onCpu && precision.isMixed() ? apart(network) : new ImageByImage(false);
    }

    /** One by one, whatever the type. */
    static ImageByImage apart(Module network) {
        StateDict.channelsLast(network);
        return new ImageByImage(true);
    }

    /** Whether images pass one after the other. */
    boolean isApart() {
        return apart;
    }

    /**
     * Passes images.
     *
     * @param images (N, C, H, W)
     * @param pass from some images to tensors, the first dimension of which is the images'
     * @return those of all images
     */
    List<Tensor> pass(Tensor images, Function<Tensor, List<Tensor>> pass) {
        if (!apart) {
            return pass.apply(images);
        }
        long N = images.size(0);
        if (N == 1) {
            return pass.apply(images.contiguous(MemoryFormat.ChannelsLast));
        }
        List<TensorVector> all = new ArrayList<>();
        for (long n = 0; n < N; n++) {
            List<Tensor> each = pass.apply(images.narrow(0, n, 1).contiguous(MemoryFormat.ChannelsLast));
            for (int i = 0; i < each.size(); i++) {
                if (n == 0) {
                    all.add(new TensorVector());
                }
                all.get(i).push_back(each.get(i));
            }
        }
        return all.stream().map(tensors -> torch.cat(tensors, 0)).toList();
    }

    /** The same where a pass makes one tensor. */
    Tensor one(Tensor images, UnaryOperator<Tensor> pass) {
        return pass(images, part -> List.of(pass.apply(part))).get(0);
    }
}
