package io.juxta.curation;

import io.juxta.eval.neighbours.Nearest;
import io.juxta.train.Stop;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;

/**
 * A picture to judge by that is, or nearly is, among those to learn from.
 *
 * @param heldOut its place
 * @param training the place of the most alike of those
 * @param kind how alike they are
 * @param cosine of the two by their embeddings; 1 where their pixels are the same
 */
@API(status = API.Status.EXPERIMENTAL)
public record Leak(int heldOut, int training, Groups.Kind kind, double cosine) {
    private static final int QUERIES = 256;

    private static final Comparator<Leak> ORDER = Comparator.comparing(Leak::kind)
            .thenComparing(Comparator.comparingDouble(Leak::cosine).reversed())
            .thenComparingInt(Leak::heldOut);

    /**
     * Those of equal files and equal pixels.
     *
     * @return by how alike they are, then in the order of the pictures
     */
    public static List<Leak> equal(List<Measures> pictures, List<Part> parts) {
        Map<Integer, Leak> leaks = new TreeMap<>();
        find(pictures, parts, Measures::pixelDigest, Groups.Kind.PIXELS, leaks);
        find(pictures, parts, Measures::fileDigest, Groups.Kind.BYTES, leaks);
        List<Leak> found = new ArrayList<>(leaks.values());
        found.sort(ORDER);
        return found;
    }

    private static void find(
            List<Measures> pictures,
            List<Part> parts,
            Function<Measures, String> digest,
            Groups.Kind kind,
            Map<Integer, Leak> leaks) {
        Map<String, Integer> training = new HashMap<>();
        for (int i = 0; i < pictures.size(); i++) {
            if (parts.get(i) == Part.TRAINING) {
                training.putIfAbsent(digest.apply(pictures.get(i)), i);
            }
        }
        for (int i = 0; i < pictures.size(); i++) {
            Integer same = training.get(digest.apply(pictures.get(i)));
            if (parts.get(i) == Part.HELD_OUT && pictures.get(i).isReadable() && same != null) {
                leaks.put(i, new Leak(i, same, kind, 1));
            }
        }
    }

    /**
     * With them those whose embeddings are near.
     *
     * @param equal as {@link #equal} has them
     * @param values float32 (N, D), rows of length 1: of the pictures that have an embedding
     * @param places of these pictures among all
     * @param parts of all pictures
     * @param cosine the least
     * @throws InterruptedIOException when this thread is interrupted
     */
    public static List<Leak> near(List<Leak> equal, Tensor values, int[] places, List<Part> parts, double cosine)
            throws InterruptedIOException {
        Map<Integer, Leak> leaks = new TreeMap<>();
        equal.forEach(leak -> leaks.put(leak.heldOut(), leak));
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long[] training = rows(places, parts, Part.TRAINING);
            long[] heldOut = rows(places, parts, Part.HELD_OUT);
            if (training.length > 0 && heldOut.length > 0) {
                Tensor bank = values.index_select(0, Tensor.create(training));
                for (int from = 0; from < heldOut.length; from += QUERIES) {
                    Stop.ifInterrupted();
                    int count = Math.min(QUERIES, heldOut.length - from);
                    long[] asked = Arrays.copyOfRange(heldOut, from, from + count);
                    block(values, bank, asked, training, places, cosine, leaks);
                }
            }
        }
        List<Leak> found = new ArrayList<>(leaks.values());
        found.sort(ORDER);
        return found;
    }

    private static long[] rows(int[] places, List<Part> parts, Part part) {
        return IntStream.range(0, places.length)
                .filter(row -> parts.get(places[row]) == part)
                .asLongStream()
                .toArray();
    }

    private static void block(
            Tensor values,
            Tensor bank,
            long[] asked,
            long[] training,
            int[] places,
            double cosine,
            Map<Integer, Leak> leaks) {
        try (PointerScope scope = new PointerScope()) {
            T_TensorTensor_T best = Nearest.of(values.index_select(0, Tensor.create(asked)), bank, 1);
            float[] cosines = new float[asked.length];
            best.get0().contiguous().data_ptr_float().get(cosines);
            long[] nearest = new long[asked.length];
            best.get1().contiguous().data_ptr_long().get(nearest);
            for (int i = 0; i < asked.length; i++) {
                int image = places[(int) asked[i]];
                // equal embeddings are alike however they are rounded
                if (cosines[i] >= Math.min(cosine, 1 - 1e-6)) {
                    int other = places[(int) training[(int) nearest[i]]];
                    leaks.putIfAbsent(image, new Leak(image, other, Groups.Kind.NEAR, Math.min(1, cosines[i])));
                }
            }
        }
    }
}
