package io.juxta.cut;

import io.juxta.cut.networks.NoiseSource;
import io.juxta.distributed.Communicator;
import io.juxta.image.Draws;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.bytedeco.pytorch.Tensor;

/** What is left to chance in a step, as a function of the step: a resumed run has nothing to remember. */
interface CutDraws {
    /** Whether the step's images are flipped, with probability 1/2. */
    boolean flips(long iteration);

    /**
     * Places whose patches are compared, all different.
     *
     * @param pass which of the step's losses they are for, from 0
     * @param tap which of the taps, from 0
     * @param places how many there are to choose from
     * @param patches how many to choose; all where there are fewer
     */
    long[] patches(long iteration, int pass, int tap, int places, int patches);

    /** Where G's noise comes from in the step. */
    NoiseSource noise(long iteration);

    /** Numbers from 0 to 1, of which there are {@code count}: how much of a real image is in what a penalty is taken at. */
    double[] shares(long iteration, int count);

    /** Those of this process's images, of which each process has as many. */
    default Tensor shares(long iteration, long images, Communicator among) {
        double[] all = shares(iteration, Math.toIntExact(images * among.size()));
        return Tensor.create(all).narrow(0, among.rank() * images, images);
    }

    /** Counter-based, as all that is random in a run. */
    static CutDraws of(long seed) {
        // numbered below the views of images, which are counted from 0, and the loader's own draws
        int flips = -2;
        int patches = -3;
        int shares = -4;
        return new CutDraws() {
            @Override
            public boolean flips(long iteration) {
                return draws(iteration, 0, flips).bernoulli(0.5);
            }

            @Override
            public long[] patches(long iteration, int pass, int tap, int places, int count) {
                int[] order = draws(iteration, (pass << 16) + tap, patches).permutation(places);
                return Arrays.stream(order).limit(count).asLongStream().toArray();
            }

            @Override
            public NoiseSource noise(long iteration) {
                return NoiseSource.of(seed, iteration);
            }

            @Override
            public double[] shares(long iteration, int count) {
                Draws draws = draws(iteration, 0, shares);
                return DoubleStream.generate(draws::uniform).limit(count).toArray();
            }

            private Draws draws(long iteration, int which, int purpose) {
                return Draws.of(seed, Math.toIntExact(iteration), which, purpose);
            }
        };
    }
}
