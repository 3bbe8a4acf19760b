package io.juxta.search;

import java.util.List;
import org.apiguardian.api.API;

/**
 * Images of an index that are alike.
 *
 * @param pairs the most alike first, then in the order of the images; of more pairs than were asked for the most alike
 * @param count how many pairs there are in all
 * @param groups the images of all pairs, also of those that are not listed, the largest group first
 */
@API(status = API.Status.EXPERIMENTAL)
public record Alike(List<Pair> pairs, long count, List<Group> groups) {
    public Alike {
        pairs = List.copyOf(pairs);
        groups = List.copyOf(groups);
    }

    /**
     * Images of which every one is alike to some other of them.
     *
     * @param images places in the index, in its order; at least 2
     * @param cosine the highest of a pair among them
     */
    public record Group(List<Integer> images, double cosine) {
        public Group {
            images = List.copyOf(images);
        }
    }

    /** Whether every pair is listed. */
    public boolean listsAll() {
        return pairs.size() == count;
    }
}
