package io.juxta;

import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.Layer;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.torch.Computing;
import io.juxta.torch.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An encoder's network from prepared images to embeddings, a batch at a time, or to the features of its parts. One at a time, but for
 * images that are computed alone.
 */
final class BatchedNetwork implements AutoCloseable {
    private final io.juxta.backbone.EncoderNetwork network;
    private final Augmentation view;
    private final EncoderOptions options;
    private final Device device;
    private final FloatPointer pixels;
    private final int dimension;
    /** Read by those that compute alone, written by the end. */
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    private boolean closed;

    private BatchedNetwork(TrainedEncoder trained, EncoderOptions options, Device device) {
        this.network = trained.network();
        this.view = trained.evaluation();
        this.options = options;
        this.device = device;
        this.pixels = new FloatPointer((long) options.batchSize() * view.length());
        // a network tells its width by what it gives
        this.dimension = compute(List.of(new float[view.length()])).get(0).length;
    }

    static BatchedNetwork read(Path file, EncoderOptions options) throws IOException {
        Device device = Devices.parse(options.device());
        return new BatchedNetwork(TrainedEncoder.read(file, device, options.precision()), options, device);
    }

    /** How an image is prepared. */
    Augmentation view() {
        return view;
    }

    /** The length of an embedding. */
    int dimension() {
        return dimension;
    }

    /** @param views (H, W, 3) each, at most a batch of them */
    synchronized List<float[]> compute(List<float[]> views) {
        int length = view.length();
        for (int i = 0; i < views.size(); i++) {
            pixels.position((long) i * length).put(views.get(i), 0, length);
        }
        pixels.position(0);
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor embedded = embedded(batch(pixels, views.size())); // N x D
            int width = Math.toIntExact(embedded.size(1));
            FloatPointer values = embedded.data_ptr_float();
            List<float[]> rows = new ArrayList<>();
            for (int i = 0; i < views.size(); i++) {
                float[] row = new float[width];
                values.position((long) i * width).get(row, 0, width);
                rows.add(row);
            }
            return rows;
        }
    }

    /** Images (N, 3, H, W) to what they are asked for, (N, D) on the CPU. */
    private Tensor embedded(Tensor x) {
        Tensor embedded =
                (options.layer() == Layer.BACKBONE ? network.pooled(x) : network.forward(x)).to(ScalarType.Float);
        if (options.length() == Length.UNIT) {
            embedded = torch.normalize(embedded);
        }
        return embedded.cpu().contiguous();
    }

    /**
     * One image by itself, in this thread; several threads may do so at once.
     *
     * @param view (H, W, 3)
     * @throws IllegalStateException when this is closed
     */
    float[] alone(float[] view) {
        Lock reading = inUse.readLock();
        reading.lock();
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            if (closed) {
                throw new IllegalStateException("encoder is closed");
            }
            Tensor embedded = embedded(batch(new FloatPointer(view), 1)); // 1 x D
            float[] row = new float[Math.toIntExact(embedded.size(1))];
            embedded.data_ptr_float().get(row);
            return row;
        } finally {
            reading.unlock();
        }
    }

    /** Pictures that lie one behind the other, as N x 3 x H x W. */
    private Tensor batch(FloatPointer pixels, int count) {
        int side = view.size();
        long[] sizes = {count, 3, side, side};
        long[] strides = {view.length(), 1, 3L * side, 3};
        return torch.from_blob(pixels, sizes, strides)
                .to(device, options.precision().type());
    }

    /**
     * @param image (H, W, 3)
     * @throws IllegalStateException when this is closed
     */
    synchronized PatchFeatures patches(float[] image) {
        if (closed) {
            throw new IllegalStateException("the encoder is closed");
        }
        pixels.position(0).put(image, 0, view.length());
        pixels.position(0);
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor map = network.patches(batch(pixels, 1)).to(ScalarType.Float); // 1 x D x h x w
            Tensor grid = map.permute(0, 2, 3, 1).cpu().contiguous();
            float[] values = new float[Math.toIntExact(grid.numel())];
            grid.data_ptr_float().get(values);
            return new PatchFeatures(
                    Math.toIntExact(map.size(2)), Math.toIntExact(map.size(3)), Math.toIntExact(map.size(1)), values);
        }
    }

    @Override
    public synchronized void close() {
        Lock writing = inUse.writeLock();
        writing.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            pixels.close();
            network.close();
        } finally {
            writing.unlock();
        }
    }
}
