package io.juxta.explore;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Pictures in clusters.
 *
 * @param of each picture's cluster, counted from 0; -1 where it has no embedding
 * @param sizes of the clusters, falling
 * @param middles the picture of each that shows best what is in it
 */
record Grouped(List<Integer> of, List<Integer> sizes, List<Integer> middles) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What people call a picture's cluster, counted from 1; empty where it has none. */
    String name(int picture) {
        return of.get(picture) < 0 ? "" : Integer.toString(of.get(picture) + 1);
    }

    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        of.forEach(json.putArray("of")::add);
        sizes.forEach(json.putArray("sizes")::add);
        middles.forEach(json.putArray("middles")::add);
        return json;
    }
}
