package io.juxta.cut;

import io.juxta.cut.recipe.CutRecipe;
import io.juxta.distributed.Communicator;
import io.juxta.image.Draws;
import io.juxta.image.ViewShape;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Earlier translations, some of which the discriminator sees in place of new ones, so that it does not only know the
 * generator's latest habits (Shrivastava et al., 2017, section 2.3), as CycleGAN's program does it: the first P images
 * fill the pool and are seen themselves; of each later one a fair coin decides whether it is seen itself, or takes the
 * place of one drawn from the pool, which is seen instead.
 *
 * <p>It is one pool for all processes, each of which has a copy; what is drawn is a function of seed, step and image.
 */
final class ImagePool implements AutoCloseable {
    /** Where the draws stand beside those of {@link CutDraws}. */
    private static final int DRAWS = -5;

    /** Which image of a full pool changes places with a new one. */
    interface Exchange {
        /**
         * @param image its place in the step's images of all processes
         * @param size P
         * @return the place in the pool; empty where the new image is seen itself
         */
        OptionalInt of(long iteration, int image, int size);

        /** Counter-based, as all that is random in a run. */
        static Exchange of(long seed) {
            return (iteration, image, size) -> {
                Draws draws = Draws.of(seed, Math.toIntExact(iteration), image, DRAWS);
                return draws.bernoulli(0.5)
                        ? OptionalInt.of(Math.min(size - 1, (int) (draws.uniform() * size)))
                        : OptionalInt.empty();
            };
        }
    }

    private final Tensor images;
    private final int size;
    private final Exchange exchange;
    private final Communicator communicator;

    /** @param shape C, H and W of a translation */
    ImagePool(int size, long[] shape, ScalarType type, Device device, Exchange exchange, Communicator communicator) {
        this.size = size;
        this.exchange = exchange;
        this.communicator = communicator;
        images = torch.zeros(size, shape[0], shape[1], shape[2]).to(type).to(device, type);
    }

    /** The pool of a run, where it has one. */
    static Optional<ImagePool> of(CutRecipe recipe, ScalarType type, Device device, Communicator communicator) {
        int size = recipe.pool().poolSize();
        if (size == 0) {
            return Optional.empty();
        }
        ViewShape view = recipe.translation();
        long[] shape = {recipe.networks().outputNc(), view.height(), view.width()};
        Exchange exchange = Exchange.of(recipe.training().seed());
        return Optional.of(new ImagePool(size, shape, type, device, exchange, communicator));
    }

    /**
     * What the discriminator sees of a step.
     *
     * @param translations (N, C, H, W) of this process, without gradient
     * @return as many, in the caller's scope
     */
    Tensor seen(Tensor translations, long iteration) {
        try (NoGradGuard guard = new NoGradGuard()) {
            long N = translations.size(0);
            Tensor all = communicator.size() == 1 ? translations : communicator.gather(translations);
            TensorVector seen = new TensorVector();
            for (int n = 0; n < all.size(0); n++) {
                seen.push_back(seen(all.select(0, n), iteration * all.size(0) + n, iteration, n));
            }
            return torch.stack(seen).narrow(0, communicator.rank() * N, N);
        }
    }

    /** @param before how many images have been seen so far */
    private Tensor seen(Tensor image, long before, long iteration, int n) {
        if (before < size) {
            images.select(0, before).copy_(image);
            return image;
        }
        OptionalInt place = exchange.of(iteration, n, size);
        if (place.isEmpty()) {
            return image;
        }
        Tensor kept = images.select(0, place.getAsInt());
        Tensor earlier = kept.clone();
        kept.copy_(image);
        return earlier;
    }

    /** (P, C, H, W); places that are not filled yet hold zeros. */
    Tensor images() {
        return images;
    }

    @Override
    public void close() {
        images.close();
    }
}
