package io.juxta.data.boxes;

import io.juxta.data.BatchSource;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Resizer;
import io.juxta.torch.Computing;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Batches of pictures of many sizes with their objects, made ahead by threads of its own: padded on the right and below to
 * the largest of the batch, over all processes, so that they do not depend on how many those are. Each byte is a function of
 * the seed and the batch's number.
 *
 * <p>A batch has three views: pictures (N, 3, H, W), float32, channels last; their sizes without padding (N, 2), width and
 * height; their objects (M, 6), each the place of its picture in the batch, its class, x1, y1, x2, y2.
 */
@API(status = API.Status.INTERNAL)
public final class PictureBatches implements BatchSource {
    /** The views of a batch. */
    public static final int VIEWS = 3;

    private static final ThreadLocal<Resizer> RESIZER = ThreadLocal.withInitial(Resizer::new);

    private final BoxedPictures pictures;
    private final Options options;
    private final PictureOrder order;
    private final ExecutorService threads;
    private final Deque<Future<Made>> ahead = new ArrayDeque<>();
    private final int depth;
    private long waited;
    private long epochs;

    /**
     * How batches are made.
     *
     * @param batchSize pictures in a batch of this process
     * @param batches in an epoch
     * @param threads that decode and resize, at least 1
     * @param rank of this process
     * @param processes that share each batch of {@code batchSize * processes} pictures
     */
    public record Options(
            int batchSize,
            int batches,
            long seed,
            Resizing resizing,
            PixelValues values,
            int threads,
            int rank,
            int processes) {}

    /** Arrays until the consumer takes them: tensors are made in its thread. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Made(int[] indices, float[] pixels, int height, int width, float[] sizes, float[] objects) {}

    /** @throws IllegalArgumentException when there is no picture with an object */
    public PictureBatches(BoxedPictures pictures, Options options) {
        if (pictures.size() == 0) {
            throw new IllegalArgumentException("no picture has an object to learn from");
        }
        this.pictures = pictures;
        this.options = options;
        order = new PictureOrder(pictures, options.batchSize() * options.processes(), options.seed());
        AtomicInteger number = new AtomicInteger();
        int workers = Math.max(1, options.threads());
        threads = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, "juxta-pictures-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        depth = Math.min(workers, 4) + 1;
    }

    @Override
    public int batches() {
        return options.batches();
    }

    @Override
    public long waitNanos() {
        return waited;
    }

    @Override
    public Epoch epoch(int number, int firstBatch) {
        if (number < 0) {
            throw new IllegalArgumentException("epoch " + number + " must be at least 0");
        }
        forget();
        long current = ++epochs;
        return new Epoch() {
            private int begun = firstBatch;
            private int given = firstBatch;

            @Override
            public boolean hasNext() {
                return current == epochs && given < options.batches();
            }

            @Override
            public Views next() throws IOException {
                while (ahead.size() < depth && begun < options.batches()) {
                    List<PictureOrder.Member> members = order.batch((long) number * options.batches() + begun++);
                    ahead.add(threads.submit(() -> make(members)));
                }
                long start = System.nanoTime();
                Made made = await(ahead.remove());
                waited += System.nanoTime() - start;
                given++;
                return new OfPictures(made);
            }
        };
    }

    private static Made await(Future<Made> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for pictures", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException io) {
                throw io;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(cause);
        }
    }

    private Made make(List<PictureOrder.Member> members) throws IOException {
        List<Resizing.Way> ways = new ArrayList<>();
        int height = 0;
        int width = 0;
        for (PictureOrder.Member member : members) {
            Draws draws = Draws.of(options.seed(), member.round(), member.index(), 0);
            Resizing.Way way =
                    options.resizing().draw(pictures.get(member.index()).size(), draws);
            ways.add(way);
            height = Math.max(height, way.to().height());
            width = Math.max(width, way.to().width());
        }
        int n = options.batchSize();
        int first = options.rank() * n;
        float[] pixels = new float[Math.multiplyExact(3 * n * height, width)];
        float[] sizes = new float[2 * n];
        int[] indices = new int[n];
        List<float[]> objects = new ArrayList<>();
        for (int k = 0; k < n; k++) {
            Resizing.Way way = ways.get(first + k);
            indices[k] = members.get(first + k).index();
            sizes[2 * k] = way.to().width();
            sizes[2 * k + 1] = way.to().height();
            write(indices[k], way, pixels, 3 * k * height * width, width);
            LabelledBoxes there = way.objects(pictures.learned(indices[k]));
            for (int o = 0; o < there.size(); o++) {
                Boxes b = there.boxes();
                objects.add(new float[] {
                    k, there.classes()[o], (float) b.x1(o), (float) b.y1(o), (float) b.x2(o), (float) b.y2(o)
                });
            }
        }
        float[] flat = new float[6 * objects.size()];
        for (int o = 0; o < objects.size(); o++) {
            System.arraycopy(objects.get(o), 0, flat, 6 * o, 6);
        }
        return new Made(indices, pixels, height, width, sizes, flat);
    }

    @SuppressWarnings("try") // neither the hold nor the computing is named
    private void write(int index, Resizing.Way way, float[] pixels, int from, int width) throws IOException {
        // OpenCV's libraries are taken down with libtorch's
        try (Computing computing = Computing.begin();
                DecodingMemory.Hold hold = DecodingMemory.hold()) {
            Image image = RESIZER.get()
                    .bilinear(pictures.image(index), way.to().width(), way.to().height(), way.mirrored());
            options.values().write(image, pixels, from, width);
        }
    }

    private void forget() {
        ahead.forEach(future -> future.cancel(false));
        ahead.clear();
    }

    /** Stops the threads and waits for them. */
    @Override
    public void close() {
        forget();
        threads.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.DAYS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class OfPictures implements Views {
        private final List<Tensor> views;
        private final int[] indices;
        private boolean closed;

        OfPictures(Made made) {
            indices = made.indices();
            long n = indices.length;
            try (PointerScope scope = new PointerScope()) {
                views = List.of(
                        Tensor.create(made.pixels(), n, made.height(), made.width(), 3)
                                .permute(0, 3, 1, 2)
                                .retainReference(),
                        Tensor.create(made.sizes(), n, 2).retainReference(),
                        objects(made.objects()).retainReference());
            }
        }

        private static Tensor objects(float[] flat) {
            return flat.length == 0
                    ? org.bytedeco.pytorch.global.torch.zeros(0, 6)
                    : Tensor.create(flat, flat.length / 6, 6);
        }

        @Override
        public Tensor view(int view) {
            if (closed) {
                throw new IllegalStateException("the batch is closed");
            }
            return views.get(view);
        }

        @Override
        public int[] indices() {
            return indices.clone();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                views.forEach(Tensor::releaseReference);
            }
        }
    }
}
