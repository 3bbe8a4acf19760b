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
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** An encoder's network from prepared images to embeddings, a batch at a time, or to the features of its parts. One at a time. */
final class BatchedNetwork implements AutoCloseable {
    private final io.juxta.backbone.EncoderNetwork network;
    private final Augmentation view;
    private final EncoderOptions options;
    private final Device device;
    private final FloatPointer pixels;
    private final int dimension;
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
            Tensor x = batch(views.size());
            Tensor embedded =
                    (options.layer() == Layer.BACKBONE ? network.pooled(x) : network.forward(x)).to(ScalarType.Float);
            if (options.length() == Length.UNIT) {
                embedded = torch.normalize(embedded);
            }
            embedded = embedded.cpu().contiguous(); // N x D
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

    /** The pictures that lie in the buffer, N x 3 x H x W. */
    private Tensor batch(int count) {
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
            Tensor map = network.patches(batch(1)).to(ScalarType.Float); // 1 x D x h x w
            Tensor grid = map.permute(0, 2, 3, 1).cpu().contiguous();
            float[] values = new float[Math.toIntExact(grid.numel())];
            grid.data_ptr_float().get(values);
            return new PatchFeatures(
                    Math.toIntExact(map.size(2)), Math.toIntExact(map.size(3)), Math.toIntExact(map.size(1)), values);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        pixels.close();
        network.close();
    }
}
