package io.juxta.spark;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Groups of what hangs together (union-find), each named by the first of its members. */
final class Forest {
    private final Map<String, String> parents = new HashMap<>();

    /** Of rows that begin with two that belong together. */
    static Forest of(Iterator<Row> pairs) {
        Forest forest = new Forest();
        pairs.forEachRemaining(pair -> forest.join(pair.getString(0), pair.getString(1)));
        return forest;
    }

    private void join(String a, String b) {
        String first = root(a);
        String second = root(b);
        boolean inOrder = first.compareTo(second) <= 0;
        parents.put(inOrder ? second : first, inOrder ? first : second);
    }

    private String root(String member) {
        String at = member;
        String above = parents.computeIfAbsent(at, own -> own);
        while (!above.equals(at)) {
            String next = parents.getOrDefault(above, above);
            parents.put(at, next); // halves the way for those who come later
            at = above;
            above = next;
        }
        return at;
    }

    /** As many pairs as suffice to find the same groups again, (member, name of its group). */
    Iterator<Row> pairs() {
        return parents.keySet().stream()
                .sorted()
                .map(member -> RowFactory.create(member, root(member)))
                .iterator();
    }

    /** (member, name of its group, members of the group). */
    Iterator<Row> groups() {
        Map<String, Integer> sizes = new HashMap<>();
        parents.keySet().stream().sorted().forEach(member -> sizes.merge(root(member), 1, Integer::sum));
        return parents.keySet().stream()
                .sorted()
                .map(member -> RowFactory.create(member, root(member), sizes.getOrDefault(root(member), 1)))
                .iterator();
    }
}
