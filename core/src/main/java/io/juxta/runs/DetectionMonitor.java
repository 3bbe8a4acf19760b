package io.juxta.runs;

import io.juxta.data.boxes.BoxedPictures;
import io.juxta.data.boxes.Detections;
import io.juxta.detect.FasterRcnn;
import io.juxta.detect.PictureKeys;
import io.juxta.detect.TrainedDetector;
import io.juxta.eval.detection.DetectionMetric;
import io.juxta.eval.detection.DetectionReview;
import io.juxta.eval.detection.DetectionScores;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Image;
import io.juxta.image.Resizer;
import io.juxta.torch.Computing;
import io.juxta.train.Training;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.io.IOException;
import java.util.Map;

/** Judges a detector between epochs: average precision over pictures that were held out. */
final class DetectionMonitor implements Training.Listener {
    private final FasterRcnn network;
    private final PictureKeys keys;
    private final BoxedPictures pictures;
    private final Options options;
    private final int epochs;
    private final Judged told;

    /** Told what an epoch was judged by, before its end is. */
    @FunctionalInterface
    interface Judged {
        /** @param ap50 of each class, NaN where no object counts */
        void judged(int epoch, BoxedPictures heldOut, DetectionReview review, double[] ap50);
    }

    record Options(
            @Means(
                    value =
                            "epochs between two judgements by the pictures held out, the last epoch always being judged; 0"
                                    + " for none",
                    unit = "epochs")
            @Range(least = 0)
            @MayChange
            @Default("1")
            int judgeEvery,

            @Means("the first pictures held out that are judged by, at most")
            @Range(least = 1)
            @MayChange
            @Default("1000000")
            int judgePictures,

            @Means(
                    value = "average precision as in VOC 2007 (eleven points), in VOC 2012 (area) or in COCO",
                    source = "Everingham et al. 2010; Lin et al. 2014")
            @MayChange
            @Default("voc07")
            DetectionJudging.Metric metric) {
        Options {
            if (judgeEvery < 0) {
                throw new IllegalArgumentException("judge-every " + judgeEvery + " must be at least 0 (0: never)");
            }
            if (judgePictures < 1) {
                throw new IllegalArgumentException("judge-pictures " + judgePictures + " must be at least 1");
            }
        }

        /** Whether an epoch is judged, counted from 0. */
        boolean judges(int epoch, int epochs) {
            return judgeEvery > 0 && ((epoch + 1) % judgeEvery == 0 || epoch + 1 == epochs);
        }
    }

    DetectionMonitor(
            FasterRcnn network, PictureKeys keys, BoxedPictures pictures, Options options, int epochs, Judged told) {
        this.told = told;
        this.network = network;
        this.keys = keys;
        this.pictures = pictures.first(options.judgePictures());
        this.options = options;
        this.epochs = epochs;
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        if (!options.judges(epoch, epochs)) {
            return;
        }
        network.eval();
        try {
            DetectionMetric metric = options.metric().of(pictures.classes().size());
            DetectionReview review = new DetectionReview(pictures.classes().size());
            judge(network, keys, pictures, metric, (picture, found) -> {
                BoxedPictures.Picture of = pictures.get(picture);
                review.add(picture, of.size(), of.objects(), found);
            });
            DetectionScores scores = metric.scores();
            told.judged(epoch, pictures, review, scores.ofClass50());
            // where nothing can be found there is nothing to tell
            if (!Double.isNaN(scores.ap())) {
                metrics.put("ap", scores.ap());
                metrics.put("ap50", scores.ap50());
                metrics.put("ap75", scores.ap75());
            }
        } finally {
            network.train(true);
        }
    }

    /** Told of each picture. */
    @FunctionalInterface
    interface Each {
        void found(int picture, Detections found) throws IOException;
    }

    /** Gives a metric all that a network in evaluation mode finds. */
    @SuppressWarnings("try") // neither the hold nor the computing is named
    static void judge(FasterRcnn network, PictureKeys keys, BoxedPictures pictures, DetectionMetric metric, Each each)
            throws IOException {
        Resizer resizer = new Resizer();
        for (int i = 0; i < pictures.size(); i++) {
            try (Computing computing = Computing.begin();
                    DecodingMemory.Hold hold = DecodingMemory.hold()) {
                Image image = pictures.image(i);
                Detections found = TrainedDetector.detect(network, keys, image, resizer);
                metric.add(pictures.get(i).objects(), found);
                each.found(i, found);
            }
        }
    }
}
