package io.juxta.search;

import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Layer;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.natives.Natives;
import io.juxta.torch.StateDict;
import io.juxta.train.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Embeddings of images that have names. */
@API(status = API.Status.EXPERIMENTAL)
public final class Embeddings implements AutoCloseable {
    static {
        Natives.torch();
    }

    private final List<String> names;
    private final Tensor values;
    private final Map<String, String> about;

    /**
     * @param values float32 (N, D) on the CPU, which becomes this object's to close
     * @param about free text by name: how they were made
     */
    Embeddings(List<String> names, Tensor values, Map<String, String> about) {
        if (values.dim() != 2 || values.size(0) != names.size()) {
            throw new IllegalArgumentException(
                    names.size() + " names do not fit embeddings " + StateDict.shape(values));
        }
        this.names = List.copyOf(names);
        this.values = values;
        this.about = Map.copyOf(new TreeMap<>(about));
    }

    /**
     * Embeddings made elsewhere, such as by {@code io.juxta.Encoder}.
     *
     * @param rows one for each name, all of one length
     * @throws IllegalArgumentException when they are not
     */
    public static Embeddings of(List<String> names, float[][] rows) {
        return of(names, rows, Map.of());
    }

    /**
     * The same.
     *
     * @param about free text by name: how they were made
     */
    public static Embeddings of(List<String> names, float[][] rows, Map<String, String> about) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[] all = new float[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != width) {
                throw new IllegalArgumentException(
                        "embedding " + i + " has " + rows[i].length + " values, the first has " + width);
            }
            System.arraycopy(rows[i], 0, all, i * width, width);
        }
        return new Embeddings(names, Tensor.create(all, rows.length, width), about);
    }

    /**
     * Runs an encoder over every image of a data set, prepared as for evaluation, in the set's order. One that cannot be
     * read is left out. Memory is that of the result and a batch.
     *
     * @param about free text by name: how they were made
     * @param progress is told how many more images are done
     * @throws IOException when more than one and more than 1 % of the images cannot be read
     */
    public static Embeddings of(
            TrainedEncoder encoder,
            Dataset images,
            FeatureOptions options,
            Map<String, String> about,
            IntConsumer progress)
            throws IOException {
        List<String> names = new ArrayList<>();
        Tensor values = new Tensor(); // of the caller's scope: the first batch tells its width
        batches(encoder, images, options, progress, (seen, first, rows) -> {
            for (int i = 0; i < seen.length; i++) {
                // where another stands in for one that cannot be read, it would be there twice
                if (seen[i] == first + i) {
                    if (names.isEmpty()) {
                        values.put(torch.empty(images.size(), rows.size(1)));
                    }
                    values.select(0, names.size()).copy_(rows.select(0, i));
                    names.add(images.name(seen[i]));
                }
            }
        });
        if (names.size() < images.size()) {
            Tensor some = values.narrow(0, 0, names.size()).clone();
            values.close();
            return new Embeddings(names, some, about);
        }
        return new Embeddings(names, values, about);
    }

    /** Takes the embeddings of a batch while others are made. */
    @FunctionalInterface
    public interface Taking {
        /**
         * @param images places in the data set
         * @param rows one for each
         */
        void take(int[] images, float[][] rows) throws IOException;
    }

    /**
     * The same a batch at a time, for what keeps them elsewhere: memory is that of a batch.
     *
     * @param taking is given each batch in the set's order, in this thread
     * @throws IOException when more than one and more than 1 % of the images cannot be read; or what the taking throws
     */
    public static void each(TrainedEncoder encoder, Dataset images, FeatureOptions options, Taking taking)
            throws IOException {
        batches(encoder, images, options, done -> {}, (seen, first, rows) -> {
            int width = Math.toIntExact(rows.size(1));
            FloatPointer values = rows.contiguous().data_ptr_float();
            List<Integer> read = new ArrayList<>();
            List<float[]> all = new ArrayList<>();
            for (int i = 0; i < seen.length; i++) {
                if (seen[i] == first + i) {
                    float[] row = new float[width];
                    values.position((long) i * width).get(row, 0, width);
                    read.add(seen[i]);
                    all.add(row);
                }
            }
            taking.take(read.stream().mapToInt(Integer::intValue).toArray(), all.toArray(float[][]::new));
        });
    }

    /** What is done with a batch: the images that are in it, those that should be from {@code first} on, and rows (n, D). */
    private interface Batches {
        void take(int[] seen, int first, Tensor rows) throws IOException;
    }

    private static void batches(
            TrainedEncoder encoder, Dataset images, FeatureOptions options, IntConsumer progress, Batches each)
            throws IOException {
        LoaderOptions loading = LoaderOptions.of(Math.min(options.batchSize(), Math.max(1, images.size())), 0)
                .withOrder(LoaderOptions.Order.SEQUENTIAL)
                .withLast(LoaderOptions.Last.KEEP);
        try (Loader loader = Loader.open(images, List.of(encoder.evaluation()), loading)) {
            Loader.Epoch epoch = loader.epoch(0);
            for (int first = 0; epoch.hasNext(); ) {
                Stop.ifInterrupted();
                try (Batch batch = epoch.next();
                        PointerScope scope = new PointerScope();
                        NoGradGuard guard = new NoGradGuard()) {
                    each.take(batch.indices(), first, rows(encoder, batch.view(0), options));
                    first += batch.size();
                    progress.accept(batch.size());
                }
            }
        }
    }

    private static Tensor rows(TrainedEncoder encoder, Tensor images, FeatureOptions options) {
        Tensor like =
                StateDict.parameters(encoder.network()).values().iterator().next();
        Tensor x = images.to(like.device(), like.scalar_type());
        Tensor rows = options.layer() == Layer.BACKBONE
                ? encoder.network().pooled(x)
                : encoder.network().forward(x);
        rows = rows.to(ScalarType.Float);
        if (options.length() == FeatureOptions.Length.UNIT) {
            rows = torch.normalize(rows);
        }
        return rows.cpu();
    }

    /** Some of these, as copies of their own. */
    public Embeddings rows(int[] rows) {
        long[] places = Arrays.stream(rows).asLongStream().toArray();
        List<String> named = Arrays.stream(rows).mapToObj(names::get).toList();
        Tensor taken = new Tensor(); // a slot of the caller's scope
        try (PointerScope scope = new PointerScope()) {
            taken.put(values.index_select(0, Tensor.create(places)));
        }
        return new Embeddings(named, taken, about);
    }

    /** N. */
    public int size() {
        return names.size();
    }

    /** D. */
    public int dimension() {
        return Math.toIntExact(values.size(1));
    }

    /** What the images are called, in their order. */
    public List<String> names() {
        return names;
    }

    /** How they were made: free text by name. */
    public Map<String, String> about() {
        return about;
    }

    /** A copy of one image's. */
    public float[] row(int image) {
        float[] row = new float[dimension()];
        try (PointerScope scope = new PointerScope()) {
            values.select(0, image).contiguous().data_ptr_float().get(row);
        }
        return row;
    }

    /** float32 (N, D), contiguous, on the CPU; stays this object's. */
    public Tensor values() {
        return values;
    }

    @Override
    public void close() {
        values.close();
    }
}
