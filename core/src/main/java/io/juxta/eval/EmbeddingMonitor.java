package io.juxta.eval;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.image.Augmentation;
import io.juxta.train.Training;
import io.juxta.train.health.Health;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * Measures after every epoch how well the embeddings of some images use their space; it needs no labels. The images are
 * the same every time, and so are their views, so that the figures of a run can be compared.
 */
@API(status = API.Status.INTERNAL)
public final class EmbeddingMonitor implements Training.Listener {
    /**
     * Images that are measured: enough for the rank of 128 dimensions, and on most data sets a small part of an epoch.
     */
    public static final int IMAGES = 512;

    /** In batches small enough to take no more memory than the steps do. */
    private static final FeatureOptions UNIT = new FeatureOptions(Layer.HEAD, FeatureOptions.Length.UNIT, 64);

    private final EncoderNetwork encoder;
    private final Dataset sample;
    private final Augmentation view;
    private final Projector projector;

    /**
     * @param images of which up to {@value #IMAGES} are measured
     * @param view how an image is prepared; nothing random
     * @param folder of the run, which gets what TensorBoard's projector shows
     */
    public EmbeddingMonitor(EncoderNetwork encoder, Dataset images, Augmentation view, Path folder) {
        this.encoder = encoder;
        this.view = view;
        sample = new MonitoredImages(images, IMAGES);
        projector = new Projector(folder, sample, Math.min(Projector.LARGEST, view.size()));
    }

    /** Measures, and writes the embeddings for the projector. */
    public Health measure() throws IOException {
        try (Features embeddings = Features.of(encoder, sample, view, UNIT)) {
            projector.write(embeddings.values());
            return Health.of(embeddings.values());
        }
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        measure().putInto(metrics);
    }
}
