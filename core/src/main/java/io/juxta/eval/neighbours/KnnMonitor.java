package io.juxta.eval.neighbours;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.distributed.Communicator;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.image.Augmentation;
import io.juxta.train.Training;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.io.IOException;
import java.util.Map;
import org.apiguardian.api.API;

/** Measures kNN accuracy between epochs: the bank is the training set, unaugmented. */
@API(status = API.Status.INTERNAL)
public final class KnnMonitor implements Training.Listener {
    private final EncoderNetwork encoder;
    private final Dataset bank;
    private final Dataset queries;
    private final Augmentation view;
    private final KnnOptions knn;
    private final Options options;
    private final int epochs;
    private final Communicator communicator;

    public record Options(
            @Means(
                    value = "epochs between two measurements of kNN accuracy on held-out images with classes, the last "
                            + "epoch always being measured; 0 for never",
                    unit = "epochs")
            @Range(least = 0)
            @MayChange
            @Default("0")
            int knnEvery) {
        public Options {
            if (knnEvery < 0) {
                throw new IllegalArgumentException("knn-every " + knnEvery + " must be at least 0 (0 for never)");
            }
        }
    }

    /**
     * @param bank labelled images to be compared with
     * @param queries labelled images that were held out
     * @param view how an image is prepared; nothing random
     * @param epochs of the whole run
     * @param communicator with the other processes of the run, each of which measures its part
     */
    public KnnMonitor(
            EncoderNetwork encoder,
            Dataset bank,
            Dataset queries,
            Augmentation view,
            KnnOptions knn,
            Options options,
            int epochs,
            Communicator communicator) {
        this.encoder = encoder;
        this.bank = bank;
        this.queries = queries;
        this.view = view;
        this.knn = knn;
        this.options = options;
        this.epochs = epochs;
        this.communicator = communicator;
    }

    /** Top-1 in percent as the encoder stands; all processes call it together. */
    public double measure() throws IOException {
        FeatureOptions unit = FeatureOptions.of(knn.layer(), FeatureOptions.Length.UNIT);
        try (Features reference =
                        Features.of(encoder, bank, view, unit, communicator).readable();
                Features asked =
                        Features.of(encoder, queries, view, unit, communicator).readable()) {
            return accuracy(reference, asked, communicator).top1();
        }
    }

    /** The side of the pictures that {@link #raw} compares. */
    public int rawSide() {
        return RawPixels.side(view);
    }

    /** Top-1 in percent of the pixels themselves, of pictures of {@link #rawSide}; of this process alone. */
    public double raw() throws IOException {
        return RawPixels.knn(bank, queries, view, knn).top1();
    }

    private Accuracy accuracy(Features reference, Features asked, Communicator processes) {
        return Knn.evaluate(
                asked.values(),
                asked.labels(),
                reference.values(),
                reference.labels(),
                knn.within(reference.size()),
                processes);
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        int every = options.knnEvery();
        int done = epoch + 1;
        if (every > 0 && (done % every == 0 || done == epochs)) {
            metrics.put("knn", measure());
        }
    }
}
