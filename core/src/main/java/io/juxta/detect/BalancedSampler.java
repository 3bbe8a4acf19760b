package io.juxta.detect;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Draws a few of many candidates, objects up to a share of them and background for the rest (Girshick 2015, section
 * 2.3; Ren et al., 2015, section 3.1.3).
 *
 * @param count how many are drawn, fewer where there are not enough
 * @param objectShare the largest share of objects, from 0 to 1
 */
record BalancedSampler(int count, double objectShare) {
    /**
     * Places among the candidates.
     *
     * @param objects in the order in which they were drawn
     * @param background likewise
     */
    record Sample(int[] objects, int[] background) {
        int size() {
            return objects.length + background.length;
        }

        /** Objects first. */
        int[] all() {
            int[] all = Arrays.copyOf(objects, size());
            System.arraycopy(background, 0, all, objects.length, background.length);
            return all;
        }
    }

    /**
     * Draws.
     *
     * @param label a {@link Matcher}'s; what is ignored is not drawn
     * @param ofObjects a random permutation of 0..n-1 for n objects
     * @param ofBackground the same for background
     */
    Sample draw(byte[] label, IntFunction<int[]> ofObjects, IntFunction<int[]> ofBackground) {
        int[] objects = places(label, Matcher.OBJECT);
        int[] background = places(label, Matcher.BACKGROUND);
        int ofThese = Math.min(objects.length, (int) (count * objectShare));
        int ofThose = Math.min(background.length, count - ofThese);
        return new Sample(some(objects, ofThese, ofObjects), some(background, ofThose, ofBackground));
    }

    private static int[] some(int[] places, int number, IntFunction<int[]> permutation) {
        int[] order = permutation.apply(places.length);
        int[] some = new int[number];
        for (int k = 0; k < number; k++) {
            some[k] = places[order[k]];
        }
        return some;
    }

    private static int[] places(byte[] label, byte wanted) {
        int[] places = new int[label.length];
        int found = 0;
        for (int i = 0; i < label.length; i++) {
            if (label[i] == wanted) {
                places[found++] = i;
            }
        }
        return Arrays.copyOf(places, found);
    }
}
