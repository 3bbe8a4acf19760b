package io.juxta.data.boxes;

import io.juxta.image.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * Which pictures are in which batch of an endless course: permutations one after the other, of which wide pictures gather in
 * one batch and high ones in another until it is full, so that little is padded. A function of the seed alone.
 */
final class PictureOrder {
    private static final int OF_ORDER = -1;

    private final long seed;
    private final int batchSize;
    private final boolean[] wide;
    private final List<Member> wideOnes = new ArrayList<>();
    private final List<Member> highOnes = new ArrayList<>();
    private int[] permutation = {};
    private int round = -1;
    private int at;
    private long next;

    /**
     * A picture of a batch.
     *
     * @param index its place in the set
     * @param round how often all pictures were seen before
     */
    record Member(int index, int round) {}

    /** @param batchSize of all processes together */
    PictureOrder(BoxedPictures pictures, int batchSize, long seed) {
        this.seed = seed;
        this.batchSize = batchSize;
        wide = new boolean[pictures.size()];
        for (int i = 0; i < wide.length; i++) {
            PictureSize size = pictures.get(i).size();
            wide[i] = size.width() > size.height();
        }
    }

    /** The pictures of a batch, from 0; what lies between is passed over, and what lies behind is begun anew. */
    List<Member> batch(long number) {
        if (number < next) {
            wideOnes.clear();
            highOnes.clear();
            round = -1;
            permutation = new int[0];
            at = 0;
            next = 0;
        }
        while (next < number) {
            following();
        }
        return following();
    }

    private List<Member> following() {
        while (true) {
            if (at == permutation.length) {
                round++;
                at = 0;
                permutation = Draws.of(seed, round, OF_ORDER, 0).permutation(wide.length);
            }
            int index = permutation[at++];
            List<Member> bucket = wide[index] ? wideOnes : highOnes;
            bucket.add(new Member(index, round));
            if (bucket.size() == batchSize) {
                List<Member> full = List.copyOf(bucket);
                bucket.clear();
                next++;
                return full;
            }
        }
    }
}
