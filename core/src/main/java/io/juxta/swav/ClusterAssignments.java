package io.juxta.swav;

import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.torch.StateDict;
import io.juxta.train.Stop;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Which prototype each image of a data set is nearest to, whether the encoder was trained on the image or never saw it.
 *
 * <pre>{@code
 * ClusterEncoder encoder = KnownWeights.clusters(Path.of("runs/photos"), Devices.parse("auto"));
 * Dataset photos = ImageFolder.open(Path.of("photos"));
 * ClusterAssignments assigned = ClusterAssignments.of(encoder, photos, 0);
 * for (int i = 0; i < assigned.size(); i++) {
 *     System.out.println(photos.name(i) + " " + assigned.prototype(i));
 * }
 * }</pre>
 *
 * <p>An image is seen once, as for any evaluation. Its embedding and the prototypes are brought to length 1, so that
 * scores are cosines; training's equal parts have no share in it, and prototypes may stay without an image. What is kept
 * are three numbers an image, never the N x K of all scores.
 */
@API(status = API.Status.INTERNAL)
public final class ClusterAssignments {
    /** In place of the prototype of an image that could not be read. */
    public static final int NONE = -1;

    /** Far below what training takes. */
    private static final int BATCH = 64;

    private final int K;
    private final int[] prototypes;
    private final float[] scores;
    private final float[] confidences;

    private ClusterAssignments(int K, int size) {
        this.K = K;
        prototypes = new int[size];
        Arrays.fill(prototypes, NONE);
        scores = new float[size];
        confidences = new float[size];
    }

    /**
     * Assigns every image, in the order of the data set, on the encoder's device. Memory is that of one batch of 64.
     * Between two batches an interrupted thread gets an {@link java.io.InterruptedIOException}.
     *
     * @param images of any kind, with classes or without
     * @param head whose prototypes, from 0: SwAV has one head as a rule, DeepCluster-v2 three
     * @throws IllegalArgumentException when there is no such head
     * @throws IOException when more than one image and more than 1 % of them cannot be read, or the encoder's embeddings
     *     are no numbers
     */
    public static ClusterAssignments of(ClusterEncoder encoder, Dataset images, int head) throws IOException {
        int heads = encoder.prototypes().heads();
        if (head < 0 || head >= heads) {
            throw new IllegalArgumentException("head " + head + " is not there: the encoder has "
                    + (heads == 1 ? "one head, choose 0" : heads + " heads, choose one from 0 to " + (heads - 1)));
        }
        LoaderOptions options = LoaderOptions.of(Math.min(BATCH, Math.max(1, images.size())), 0)
                .withOrder(LoaderOptions.Order.SEQUENTIAL)
                .withLast(LoaderOptions.Last.KEEP);
        boolean training = encoder.network().is_training();
        encoder.network().eval();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                Loader loader = Loader.open(images, List.of(encoder.crops().evaluation()), options)) {
            Tensor directions = torch.normalize(encoder.prototypes().weight(head)); // K x dim
            ClusterAssignments assigned = new ClusterAssignments(Math.toIntExact(directions.size(0)), images.size());
            Loader.Epoch epoch = loader.epoch(0);
            for (int first = 0; epoch.hasNext(); ) {
                Stop.ifInterrupted();
                try (Batch batch = epoch.next()) {
                    assigned.assign(encoder, directions, batch, first);
                    first += batch.size();
                }
            }
            return assigned;
        } finally {
            encoder.network().train(training);
        }
    }

    /** @param first image of the batch */
    private void assign(ClusterEncoder encoder, Tensor directions, Batch batch, int first) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Tensor like =
                    StateDict.parameters(encoder.network()).values().iterator().next();
            Tensor x = batch.view(0).to(like.device(), like.scalar_type());
            Tensor embedded = encoder.network().forward(x).to(directions.scalar_type());
            Tensor z = torch.normalize(embedded); // N x dim
            Tensor cosines = z.mm(directions.t()); // N x K
            T_TensorTensor_T best = cosines.max(1, false);
            Tensor confidence = cosines.div(new Scalar(encoder.options().T()))
                    .softmax(1)
                    .gather(1, best.get1().unsqueeze(1)); // N x 1
            float[] score = new float[batch.size()];
            float[] sure = new float[batch.size()];
            long[] nearest = new long[batch.size()];
            best.get0().cpu().to(ScalarType.Float).contiguous().data_ptr_float().get(score);
            confidence.cpu().to(ScalarType.Float).contiguous().data_ptr_float().get(sure);
            best.get1().cpu().contiguous().data_ptr_long().get(nearest);
            int[] seen = batch.indices();
            for (int row = 0; row < score.length; row++) {
                int image = first + row;
                if (seen[row] != image) { // another stands in for one that cannot be read
                    continue;
                }
                if (!Float.isFinite(score[row])) {
                    throw new IOException("the encoder gives no numbers for image " + image
                            + ": its run came apart; take an older checkpoint");
                }
                prototypes[image] = (int) nearest[row];
                scores[image] = Math.max(-1, Math.min(1, score[row]));
                confidences[image] = Math.min(1, sure[row]);
            }
        }
    }

    /** The number of images, N. */
    public int size() {
        return prototypes.length;
    }

    /** The number of prototypes, K. */
    public int prototypes() {
        return K;
    }

    /** The nearest prototype, from 0 to {@code K - 1}; {@link #NONE} for an image that could not be read. */
    public int prototype(int image) {
        return prototypes[image];
    }

    /** The cosine of image and prototype, from -1 to 1; 0 for an image that could not be read. */
    public float score(int image) {
        return scores[image];
    }

    /**
     * The prototype's part in the softmax of the image's cosines by the recipe's T, from 1 / K to 1; 0 for an image that
     * could not be read.
     */
    public float confidence(int image) {
        return confidences[image];
    }

    /** The nearest prototypes of all images, a copy. */
    public int[] toArray() {
        return prototypes.clone();
    }

    /** The cosines of all images, a copy. */
    public float[] scores() {
        return scores.clone();
    }
}
