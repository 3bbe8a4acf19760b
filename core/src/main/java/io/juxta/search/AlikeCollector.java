package io.juxta.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Takes pairs one by one and keeps of them the most alike, their number, and the groups (union-find): memory is that of
 * the images and of the pairs that are kept, however many there are.
 */
final class AlikeCollector {
    private static final Comparator<Pair> ORDER = Comparator.comparingDouble(Pair::cosine)
            .reversed()
            .thenComparingInt(Pair::first)
            .thenComparingInt(Pair::second);

    private final int most;
    private final int[] parents;
    private final float[] highest;
    /** The least alike of those that are kept is at its head. */
    private final PriorityQueue<Pair> kept;

    private long count;

    AlikeCollector(int images, int most) {
        this.most = most;
        parents = new int[images];
        highest = new float[images];
        for (int i = 0; i < images; i++) {
            parents[i] = i;
            highest[i] = Float.NEGATIVE_INFINITY;
        }
        kept = new PriorityQueue<>(ORDER.reversed());
    }

    void add(int first, int second, float cosine) {
        count++;
        unite(first, second, cosine);
        if (kept.size() < most) {
            kept.add(new Pair(first, second, clamp(cosine)));
        } else if (clamp(cosine) >= kept.element().cosine()) {
            kept.add(new Pair(first, second, clamp(cosine)));
            kept.remove();
        }
    }

    /** Rounding may make a cosine of two equal embeddings a little more than 1. */
    static double clamp(float cosine) {
        return Math.max(-1, Math.min(1, cosine));
    }

    private void unite(int first, int second, float cosine) {
        int a = root(first);
        int b = root(second);
        int smaller = Math.min(a, b);
        float high = Math.max(cosine, Math.max(highest[a], highest[b]));
        parents[a] = smaller;
        parents[b] = smaller;
        highest[smaller] = high;
    }

    private int root(int image) {
        int at = image;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]]; // halves the way for those who come later
            at = parents[at];
        }
        return at;
    }

    Alike alike() {
        List<Pair> pairs = new ArrayList<>(kept);
        pairs.sort(ORDER);
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < parents.length; i++) {
            int root = root(i);
            if (highest[root] > Float.NEGATIVE_INFINITY) {
                groups.computeIfAbsent(root, key -> new ArrayList<>()).add(i);
            }
        }
        List<Alike.Group> found = new ArrayList<>();
        groups.forEach((root, images) -> found.add(new Alike.Group(images, clamp(highest[root]))));
        found.sort(Comparator.comparingInt(group -> -group.images().size()));
        return new Alike(pairs, count, found);
    }
}
