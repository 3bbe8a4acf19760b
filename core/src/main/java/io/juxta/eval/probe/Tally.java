package io.juxta.eval.probe;

import io.juxta.eval.Accuracy;

/** The sums of one epoch of training. */
final class Tally {
    private double loss;
    private long right1;
    private long right5;
    private long count;

    /** @param images in the step */
    void add(LinearClassifier.Seen seen, long images) {
        loss += seen.loss() * images;
        right1 += seen.right()[0];
        right5 += seen.right()[1];
        count += images;
    }

    JudgedEpoch end(int epoch, double lr, Accuracy validation) {
        return new JudgedEpoch(epoch, lr, loss / count, Accuracy.of(right1, right5, count), validation);
    }
}
