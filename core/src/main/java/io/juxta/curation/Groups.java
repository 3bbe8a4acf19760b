package io.juxta.curation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apiguardian.api.API;

/**
 * Pictures that are there more than once, as connected groups however large: 450 copies of a placeholder are one group.
 *
 * @param groups the largest first
 */
@API(status = API.Status.EXPERIMENTAL)
public record Groups(List<Group> groups) {
    public Groups {
        groups = List.copyOf(groups);
    }

    /** How alike the pictures of a group are; the strictest first. */
    public enum Kind {
        /** Their files are the same, byte for byte. */
        BYTES("the same file"),
        /** Their pixels are the same, upright. */
        PIXELS("the same pixels"),
        /** Each has an embedding near that of some other. */
        NEAR("nearly the same");

        private final String called;

        Kind(String called) {
            this.called = called;
        }

        /** In a few words, for people. */
        public String called() {
            return called;
        }
    }

    /**
     * Pictures of which every one is there again, as some other of them.
     *
     * @param kind the loosest that binds them
     * @param images places, at least 2; the one to keep first, then in their order
     * @param why that one
     */
    public record Group(Kind kind, List<Integer> images, String why) {
        public Group {
            images = List.copyOf(images);
        }

        /** The place of the one to keep. */
        public int keep() {
            return images.get(0);
        }
    }

    /** For each picture the first that has the same pixels: what need be compared with others. */
    public static int[] firsts(List<Measures> pictures) {
        Map<String, Integer> seen = new HashMap<>();
        int[] firsts = new int[pictures.size()];
        for (int i = 0; i < firsts.length; i++) {
            Integer before = pictures.get(i).isReadable()
                    ? seen.putIfAbsent(pictures.get(i).pixelDigest(), i)
                    : null;
            firsts[i] = before == null ? i : before;
        }
        return firsts;
    }

    /**
     * Joins equal files, equal pixels and what is near.
     *
     * @param near places of pictures that are alike by their embeddings, some lists of them
     */
    public static Groups of(List<Measures> pictures, List<List<Integer>> near) {
        int[] parents = new int[pictures.size()];
        for (int i = 0; i < parents.length; i++) {
            parents[i] = i;
        }
        join(parents, pictures, Measures::fileDigest);
        join(parents, pictures, Measures::pixelDigest);
        for (List<Integer> alike : near) {
            alike.forEach(i -> unite(parents, alike.get(0), i));
        }
        Map<Integer, List<Integer>> byRoot = new LinkedHashMap<>();
        for (int i = 0; i < parents.length; i++) {
            byRoot.computeIfAbsent(root(parents, i), root -> new ArrayList<>()).add(i);
        }
        List<Group> groups = new ArrayList<>();
        for (List<Integer> images : byRoot.values()) {
            if (images.size() > 1) {
                groups.add(group(pictures, images));
            }
        }
        groups.sort(
                Comparator.comparingInt((Group group) -> -group.images().size()).thenComparing(Group::kind));
        return new Groups(groups);
    }

    private static void join(int[] parents, List<Measures> pictures, Function<Measures, String> digest) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < parents.length; i++) {
            String key = digest.apply(pictures.get(i));
            Integer before = key.isEmpty() ? null : seen.putIfAbsent(key, i);
            if (before != null) {
                unite(parents, before, i);
            }
        }
    }

    private static void unite(int[] parents, int one, int other) {
        int a = root(parents, one);
        int b = root(parents, other);
        parents[Math.max(a, b)] = Math.min(a, b);
    }

    private static int root(int[] parents, int image) {
        int at = image;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]]; // halves the way for those who come later
            at = parents[at];
        }
        return at;
    }

    private static Group group(List<Measures> pictures, List<Integer> images) {
        Keeper keeper = Keeper.of(pictures, images);
        List<Integer> order = new ArrayList<>(List.of(keeper.image()));
        images.stream().filter(i -> i != keeper.image()).forEach(order::add);
        return new Group(kind(pictures, images), order, keeper.why());
    }

    private static Kind kind(List<Measures> pictures, List<Integer> images) {
        if (images.stream().map(i -> pictures.get(i).fileDigest()).distinct().count() == 1) {
            return Kind.BYTES;
        }
        boolean samePixels = images.stream()
                        .map(i -> pictures.get(i).pixelDigest())
                        .distinct()
                        .count()
                == 1;
        return samePixels ? Kind.PIXELS : Kind.NEAR;
    }

    /** How alike two pictures are as far as their digests say. */
    public static Kind kind(Measures one, Measures other) {
        return kind(List.of(one, other), List.of(0, 1));
    }
}
