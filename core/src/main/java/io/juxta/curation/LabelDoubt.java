package io.juxta.curation;

import io.juxta.eval.neighbours.Neighbours;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apiguardian.api.API;

/**
 * A picture whose label its nearest labelled neighbours doubt.
 *
 * @param image its place
 * @param label it has
 * @param said the label that they say
 * @param share of their votes for that, 0 to 1
 * @param own share of their votes for the label that it has, below the other
 * @param neighbours places of those who voted, the nearest first
 */
@API(status = API.Status.EXPERIMENTAL)
public record LabelDoubt(int image, int label, int said, double share, double own, List<Integer> neighbours) {
    /** What turns a cosine into the weight of a vote: {@code exp(cosine / T)}. */
    private static final double T = 0.1;

    public LabelDoubt {
        neighbours = List.copyOf(neighbours);
    }

    /** The same, places among the pictures that have an embedding being those among all. */
    public LabelDoubt at(int[] places) {
        return new LabelDoubt(
                places[image],
                label,
                said,
                share,
                own,
                neighbours.stream().map(i -> places[i]).toList());
    }

    /**
     * The same, in the order of what classifiers say that have not seen the labels: a few wrong ones are among many that only lie
     * at a border, where neighbours disagree as much.
     *
     * @param odds of each picture, as {@link UnseenLabels} gives them: the lowest come first
     */
    public static List<LabelDoubt> ordered(List<LabelDoubt> doubts, double[] odds) {
        return doubts.stream()
                .sorted(Comparator.comparingDouble((LabelDoubt doubt) -> odds[doubt.image])
                        .thenComparingInt(LabelDoubt::image))
                .toList();
    }

    /**
     * Asks the neighbours of every labelled picture; those without a label do not vote.
     *
     * @param labels of each picture, below 0 where it has none
     * @param classes the number of labels
     * @return those where another label has more votes, the largest lead first
     */
    public static List<LabelDoubt> of(Neighbours neighbours, int[] labels, int classes) {
        List<LabelDoubt> doubts = new ArrayList<>();
        for (int i = 0; i < neighbours.size(); i++) {
            if (labels[i] < 0) {
                continue;
            }
            double[] votes = new double[classes];
            List<Integer> voters = new ArrayList<>();
            double all = 0;
            for (int j = 0; j < neighbours.k(); j++) {
                int place = neighbours.place(i, j);
                if (labels[place] >= 0) {
                    double vote = Math.exp((neighbours.cosine(i, j) - neighbours.cosine(i, 0)) / T);
                    votes[labels[place]] += vote;
                    all += vote;
                    voters.add(place);
                }
            }
            int most = 0;
            for (int c = 1; c < classes; c++) {
                most = votes[c] > votes[most] ? c : most;
            }
            if (all > 0 && votes[most] > votes[labels[i]]) {
                doubts.add(new LabelDoubt(i, labels[i], most, votes[most] / all, votes[labels[i]] / all, voters));
            }
        }
        doubts.sort(Comparator.comparingDouble((LabelDoubt doubt) -> doubt.own - doubt.share)
                .thenComparingInt(LabelDoubt::image));
        return doubts;
    }
}
