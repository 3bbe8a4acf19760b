package io.juxta;

import io.juxta.exchange.TrainedClassifier;
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
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A classifier's network from prepared images to probabilities, a batch at a time. One at a time. */
final class ClassifyingNetwork implements AutoCloseable {
    private final TrainedClassifier trained;
    private final TrainedClassifier.Probabilities probabilities;
    private final Augmentation view;
    private final Device device;
    private final FloatPointer pixels;
    private boolean closed;

    private ClassifyingNetwork(TrainedClassifier trained, Device device, int batchSize) throws IOException {
        this.trained = trained;
        this.device = device;
        probabilities = trained.probabilities();
        view = trained.encoder().evaluation();
        pixels = new FloatPointer((long) batchSize * view.length());
    }

    static ClassifyingNetwork read(Path file, String name, int batchSize) throws IOException {
        Device device = Devices.parse(name);
        return new ClassifyingNetwork(TrainedClassifier.read(file, device), device, batchSize);
    }

    /** How an image is prepared. */
    Augmentation view() {
        return view;
    }

    List<String> classes() {
        return trained.classes();
    }

    /** @param views (H, W, 3) each, at most a batch of them */
    synchronized List<Classification> compute(List<float[]> views) {
        int length = view.length();
        for (int i = 0; i < views.size(); i++) {
            pixels.position((long) i * length).put(views.get(i), 0, length);
        }
        pixels.position(0);
        int side = view.size();
        long[] sizes = {views.size(), 3, side, side};
        long[] strides = {length, 1, 3L * side, 3};
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope()) {
            Tensor x = torch.from_blob(pixels, sizes, strides).to(device, torch.ScalarType.Float);
            Tensor rows = probabilities.of(x).cpu().contiguous(); // N x C
            float[] values = new float[Math.toIntExact(rows.numel())];
            rows.data_ptr_float().get(values);
            int count = classes().size();
            List<Classification> seen = new ArrayList<>();
            for (int i = 0; i < views.size(); i++) {
                List<Float> row = new ArrayList<>(count);
                for (int c = 0; c < count; c++) {
                    row.add(values[i * count + c]);
                }
                seen.add(new Classification(classes(), row));
            }
            return seen;
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            pixels.close();
            trained.close();
        }
    }
}
