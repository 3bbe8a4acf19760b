package io.juxta.data;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;

/** Words that a person may have meant. */
@API(status = API.Status.INTERNAL)
public final class Spelling {
    /** Of so many words all are compared, of more those that begin alike. */
    private static final int MOST = 20_000;

    private Spelling() {}

    /**
     * The known word nearest to an unknown one (Levenshtein's distance), unless even that is more than half different.
     *
     * @param fold what makes words the same in which small differences do not count
     */
    public static Optional<String> nearest(String word, Collection<String> known, UnaryOperator<String> fold) {
        String folded = fold.apply(word);
        String start = folded.substring(0, Math.min(1, folded.length()));
        return known.stream()
                .filter(other -> known.size() <= MOST || fold.apply(other).startsWith(start))
                .limit(MOST)
                .min(Comparator.comparingInt((String other) -> distance(folded, fold.apply(other)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(best -> distance(folded, fold.apply(best)) <= Math.max(folded.length(), best.length()) / 2);
    }

    /** One row at a time. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j - 1], row[j]) + 1);
            }
        }
        return row[b.length()];
    }
}
