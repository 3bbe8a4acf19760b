package io.juxta.cut.networks;

import io.juxta.image.Draws;
import io.juxta.torch.Collective;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Where a generator's noise comes from. */
@API(status = API.Status.INTERNAL)
@FunctionalInterface
public interface NoiseSource {
    /**
     * The next noise, a number for each pixel.
     *
     * @param N images
     * @param H rows
     * @param W columns
     * @return (N, 1, H, W), of any floating-point type, on any device
     */
    Tensor draw(long N, long H, long W);

    /**
     * One process's part of this noise, which all draw for the images of all.
     *
     * @param images of this process, of each domain: G passes those of one domain, or of both
     */
    default NoiseSource part(Collective processes, long images) {
        int size = processes.size();
        return size == 1
                ? this
                : (N, H, W) -> draw(N * size, H, W)
                        .view(N / images, size, images, H * W)
                        .select(1, processes.rank())
                        .reshape(N, 1, H, W);
    }

    /**
     * Standard normal numbers that depend on these two and on how often the source was asked, on nothing else: a source
     * for each step leaves a resumed run nothing to remember. Drawn on the CPU, so that devices do not differ.
     *
     * @param seed of the run
     * @param iteration the step
     */
    static NoiseSource of(long seed, long iteration) {
        long key = Draws.mix(Draws.mix(seed) ^ iteration);
        long[] draws = {0};
        return (N, H, W) -> {
            try (Generator random = torch.make_generator_cpu(Draws.mix(key ^ draws[0]++))) {
                return torch.randn(new long[] {N, 1, H, W}, new GeneratorOptional(random));
            }
        };
    }
}
