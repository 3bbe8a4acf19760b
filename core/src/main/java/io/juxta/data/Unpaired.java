package io.juxta.data;

import io.juxta.image.Augmentation;
import io.juxta.image.Draws;
import java.util.function.IntFunction;
import org.apiguardian.api.API;

/**
 * Samples of two domains without pairs, as CUT (Park et al., 2020) and CycleGAN take them: view 0 is of A and goes
 * through all of A, view 1 is of B. An epoch has as many samples as the larger domain has images; the smaller one is
 * gone through again. Each view is augmented by draws of its own.
 *
 * <pre>{@code
 * Samples samples = Unpaired.of(domains, Unpaired.Pairing.RANDOM, jittered, jittered).from(200, still, still);
 * try (Loader loader = Loader.open(samples, LoaderOptions.of(1, seed))) { ... }
 * }</pre>
 *
 * @param a the images of view 0
 * @param b the images of view 1
 * @param viewA by the epoch, from 0 (below 0 before all others); asked for every image, so made beforehand
 * @param viewB likewise
 */
@API(status = API.Status.INTERNAL)
public record Unpaired(
        Dataset a, Dataset b, Pairing pairing, IntFunction<Augmentation> viewA, IntFunction<Augmentation> viewB)
        implements Samples {
    /** Which image of B goes with an image of A. */
    public enum Pairing {
        /** Any, drawn anew in each epoch. */
        RANDOM,
        /** The one at the same place, counted on from the first where B is the smaller: true pairs where there are. */
        SERIAL
    }

    /** @throws IllegalArgumentException when a domain has no images */
    public Unpaired {
        if (a.size() == 0 || b.size() == 0) {
            throw new IllegalArgumentException(
                    "domain " + (a.size() == 0 ? "A" : "B") + " has no images; both domains need at least one");
        }
    }

    /** Samples whose augmentations are the same in every epoch. */
    public static Unpaired of(Domains domains, Pairing pairing, Augmentation viewA, Augmentation viewB) {
        return new Unpaired(domains.a(), domains.b(), pairing, epoch -> viewA, epoch -> viewB);
    }

    /**
     * Other augmentations from some epoch on. CUT's training crops at random only in its first half: from the epoch
     * where the learning rate begins to fall, images are loaded at the size of the crop.
     *
     * @param firstEpoch from 0
     */
    public Unpaired from(int firstEpoch, Augmentation laterA, Augmentation laterB) {
        return new Unpaired(
                a,
                b,
                pairing,
                epoch -> epoch < firstEpoch ? viewA.apply(epoch) : laterA,
                epoch -> epoch < firstEpoch ? viewB.apply(epoch) : laterB);
    }

    @Override
    public int size() {
        return Math.max(a.size(), b.size());
    }

    @Override
    public int views() {
        return 2;
    }

    @Override
    public Dataset dataset(int view) {
        return view == 0 ? a : b;
    }

    @Override
    public int image(int sample, int view, Draws draws) {
        if (view == 1 && pairing == Pairing.RANDOM) {
            return draws.below(b.size());
        }
        return sample % dataset(view).size();
    }

    @Override
    public Augmentation augmentation(int view, int epoch) {
        return (view == 0 ? viewA : viewB).apply(epoch);
    }
}
