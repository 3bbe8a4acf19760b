package io.juxta.image;

import org.apiguardian.api.API;

/**
 * Counter-based random numbers: every draw is a function of a key and of how many draws came before, and of nothing
 * else. Keyed by (seed, epoch, sample, view), an image's augmentation is the same whichever thread or process makes
 * it, and whatever was made before.
 *
 * <p>The generator is splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA
 * 2014): the n-th value is the finaliser of {@code key + n * 0x9E3779B97F4A7C15}. Not safe for use by many threads at
 * once; an instance is cheap, so make one for each view.
 */
@API(status = API.Status.INTERNAL)
public final class Draws {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1p-53;

    private long state;

    private Draws(long key) {
        this.state = key;
    }

    /**
     * The draws of one view of one sample in one epoch.
     *
     * @param seed of the run
     * @param epoch from 0
     * @param sample the place of the image in its data set
     * @param view which of the image's views, from 0
     */
    public static Draws of(long seed, int epoch, int sample, int view) {
        long key = mix(seed);
        key = mix(key ^ epoch);
        key = mix(key ^ sample);
        return new Draws(mix(key ^ view));
    }

    /** The finaliser of splitmix64 after one step: a bijection of the 64-bit numbers that scatters every bit. */
    public static long mix(long x) {
        long z = x + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The next 64 random bits. */
    public long bits() {
        long value = mix(state);
        state += GOLDEN;
        return value;
    }

    /** A number in [0, 1), of 53 random bits. */
    public double uniform() {
        return (bits() >>> 11) * UNIT;
    }

    /** A number in [low, high); {@code low} itself when the two are equal. */
    public double uniform(double low, double high) {
        return low + (high - low) * uniform();
    }

    /**
     * A whole number from 0 to {@code n - 1}. The bias of the multiplication is below {@code n / 2^32}.
     *
     * @throws IllegalArgumentException when n is below 1
     */
    public int below(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("a draw below " + n + " has no outcome; it needs at least 1");
        }
        return (int) (((bits() >>> 32) * n) >>> 32);
    }

    /** True with the given probability. */
    public boolean bernoulli(double probability) {
        return uniform() < probability;
    }

    /** A number of the standard normal distribution (Box and Muller 1958; two uniform draws, one result). */
    public double normal() {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }

    /** The numbers 0 to {@code n - 1} in random order (Fisher and Yates). */
    public int[] permutation(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
