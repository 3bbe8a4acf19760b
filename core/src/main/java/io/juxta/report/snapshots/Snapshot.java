package io.juxta.report.snapshots;

import java.util.List;
import org.apiguardian.api.API;

/**
 * How an encoder saw a {@link Sample} at one time.
 *
 * @param sample the {@link Sample#fingerprint} of the sample it saw
 * @param epoch epochs finished by then; 0 for the untrained encoder
 * @param neighbours for each query the places in the sample of those most like it, the most like first
 * @param similarities the cosines of query and neighbour, from -1 to 1
 * @param pca the sample's first images on their first two principal components
 * @param tsne the same by t-SNE
 */
@API(status = API.Status.INTERNAL)
public record Snapshot(
        String sample,
        int epoch,
        List<List<Integer>> neighbours,
        List<List<Double>> similarities,
        MapLayout pca,
        MapLayout tsne) {
    public Snapshot {
        neighbours = neighbours.stream().map(List::copyOf).toList();
        similarities = similarities.stream().map(List::copyOf).toList();
        require(epoch >= 0, "epoch " + epoch + " must be at least 0");
        require(
                neighbours.stream()
                        .map(List::size)
                        .toList()
                        .equals(similarities.stream().map(List::size).toList()),
                "neighbours and similarities must be as many");
        require(
                similarities.stream().flatMap(List::stream).allMatch(s -> Math.abs(s) <= 1.001),
                "a similarity must be from -1 to 1");
        require(pca.size() == tsne.size(), "the two maps have " + pca.size() + " and " + tsne.size() + " points");
    }

    /** @throws IllegalArgumentException when this is not of that sample */
    void checkAgainst(Sample of) {
        require(sample.equals(of.fingerprint()), "it was taken of another sample, " + sample);
        require(
                neighbours.size() == of.queries().size(),
                "it has " + neighbours.size() + " queries, the sample "
                        + of.queries().size());
        require(pca.size() == of.mapped(), "it maps " + pca.size() + " images, the sample " + of.mapped());
        require(
                neighbours.stream().flatMap(List::stream).allMatch(place -> place >= 0 && place < of.size()),
                "a neighbour is not among the " + of.size() + " images of the sample");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
