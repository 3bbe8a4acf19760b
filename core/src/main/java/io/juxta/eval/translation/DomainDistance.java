package io.juxta.eval.translation;

import java.io.IOException;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * How far sets of images are from a domain, such as translations from what they should look like. The domain's features
 * are computed once, so it can be asked again and again, between epochs for instance.
 *
 * <pre>{@code
 * try (DomainDistance toZebras =
 *         DomainDistance.to(ImageBatches.of(zebras, 64), FeatureSource.pixels(), KernelOptions.defaults())) {
 *     toZebras.of(consumer -> translateEach(horses, consumer::accept)).putInto(metrics);
 * }
 * }</pre>
 *
 * <p>Both sides must be prepared alike: of images cut or scaled in another way the distance says just that. Memory is
 * that of the features, N x D float32 of either side, and of the domain's Gaussian.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class DomainDistance implements AutoCloseable {
    private final FeatureSource source;
    private final KernelOptions options;
    private final Tensor features;
    private final Gaussian gaussian;

    private DomainDistance(FeatureSource source, KernelOptions options, Tensor features) {
        this.source = source;
        this.options = options;
        this.features = features;
        this.gaussian = Gaussian.of(features);
    }

    /**
     * Two distances, by the same features.
     *
     * @param features what they are called
     * @param kid see {@link KernelDistance}
     * @param frechet see {@link FrechetDistance}
     */
    public record Measured(String features, KernelDistance kid, FrechetDistance frechet) {
        /**
         * Puts the figures among an epoch's metrics: {@code kid(F)}, {@code kid_std(F)} and {@code frechet(F)}, where F
         * is the name of the features.
         */
        public void putInto(Map<String, Double> metrics) {
            metrics.put("kid(" + features + ")", kid.mean());
            metrics.put("kid_std(" + features + ")", kid.deviation());
            metrics.put("frechet(" + features + ")", frechet.value());
        }

        @Override
        public String toString() {
            return "kid(" + features + ") " + kid + ", frechet(" + features + ") " + frechet;
        }
    }

    /**
     * Computes the features of a domain.
     *
     * @param target the domain's images, at least 2
     * @param source of the features, of this domain and of all that is compared with it
     * @throws IOException when images cannot be read, or a feature is no number
     */
    public static DomainDistance to(ImageBatches target, FeatureSource source, KernelOptions options)
            throws IOException {
        Tensor features = source.of(target);
        try {
            return new DomainDistance(source, options, features);
        } catch (IllegalArgumentException e) {
            features.close();
            throw e;
        }
    }

    /** The number of the domain's images. */
    public long size() {
        return features.size(0);
    }

    /**
     * The distance of other images, such as those that a generator makes now.
     *
     * @param images at least 2
     * @throws IOException when images cannot be read, or a feature is no number
     */
    public Measured of(ImageBatches images) throws IOException {
        try (Tensor others = source.of(images);
                Gaussian theirs = Gaussian.of(others)) {
            return new Measured(
                    source.name(), KernelDistance.of(others, features, options), FrechetDistance.of(theirs, gaussian));
        }
    }

    /** Frees the domain's features. */
    @Override
    public void close() {
        features.close();
        gaussian.close();
    }
}
