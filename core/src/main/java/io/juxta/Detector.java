package io.juxta;

import io.juxta.data.boxes.Boxes;
import io.juxta.data.boxes.Detections;
import io.juxta.detect.TrainedDetector;
import io.juxta.image.Awt;
import io.juxta.image.Decoder;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.image.Resizer;
import io.juxta.natives.Natives;
import io.juxta.serve.Batcher;
import io.juxta.torch.Computing;
import io.juxta.torch.Devices;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/**
 * A trained detector for programs: pictures in, objects with their boxes out.
 *
 * <pre>{@code
 * try (Detector detector = Detector.load(Path.of("runs/fruit"))) {
 *     for (DetectedObject object : detector.detect(Path.of("bowl.jpg"))) {
 *         System.out.println(object.name() + " " + object.score());
 *     }
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads at once: each decodes and resizes its own pictures, and one thread of the detector's own
 * computes what they have ready. That thread ends with {@link #close}. Pictures may have any size; transparency is dropped. An
 * image file is turned as its EXIF orientation says, and boxes are those of the picture as it is shown.
 *
 * <p>When the JVM is told to end, what is being computed is finished, and every other call fails with an {@link
 * IllegalStateException}.
 */
@API(status = API.Status.STABLE)
public final class Detector implements AutoCloseable {
    private final TrainedDetector trained;
    private final DetectionOptions options;
    private final Batcher<TrainedDetector.Prepared, Detections> batcher;
    private final ThreadLocal<Resizer> resizer = ThreadLocal.withInitial(Resizer::new);
    private boolean closed;

    private Detector(TrainedDetector trained, DetectionOptions options) {
        this.trained = trained;
        this.options = options;
        this.batcher = new Batcher<>("detector", options.batchSize(), this::compute);
    }

    /** {@link #load(Path, DetectionOptions)} with {@link DetectionOptions#defaults}. */
    public static Detector load(Path file) throws IOException {
        return load(file, DetectionOptions.defaults());
    }

    /**
     * Reads a detector.
     *
     * @param file a run's folder, its {@code detector.safetensors} or one of its checkpoints
     * @throws IOException when it cannot be read or is no detector's, in one line that names the file; or when libtorch cannot be
     *     unpacked, in one line that names the folder
     * @throws IllegalArgumentException when there is no such device here, or it cannot compute in that precision
     */
    public static Detector load(Path file, DetectionOptions options) throws IOException {
        try {
            Device device = Devices.parse(options.device());
            return new Detector(TrainedDetector.read(file, device, options.precision()), options);
        } catch (LinkageError e) {
            throw Natives.failure(e);
        }
    }

    /** The names of the classes that it knows. */
    public List<String> classes() {
        return trained.classes();
    }

    public DetectionOptions options() {
        return options;
    }

    /**
     * What there is in a picture of any kind of Java2D's, the surest first.
     *
     * @throws IllegalStateException when the detector is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public List<DetectedObject> detect(BufferedImage image) {
        return answer(asked(prepared(Awt.image(image))));
    }

    /**
     * What there is in an image file: JPEG, PNG, WebP, BMP, TIFF, PPM, or the first frame of a GIF.
     *
     * @throws IOException when it cannot be read or is no whole image, in one line that names it
     * @throws IllegalStateException when the detector is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public List<DetectedObject> detect(Path file) throws IOException {
        return answer(ask(() -> Decoder.read(file, Orientation.CAMERA)));
    }

    /**
     * What there is in an image file's bytes.
     *
     * @throws IOException when they are no whole image, in one line
     * @throws IllegalStateException when the detector is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public List<DetectedObject> detect(byte[] file) throws IOException {
        return answer(ask(() -> Decoder.decodeUpright(file, "image")));
    }

    /**
     * The same with a least score of this call's own, instead of that of {@link #options}.
     *
     * @param leastScore at least 0 and below 1; nothing comes below that of the detector's recipe (0.05 as a rule)
     * @throws IOException when they are no whole image, in one line
     * @throws IllegalArgumentException when there is no such score
     * @throws IllegalStateException when the detector is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public List<DetectedObject> detect(byte[] file, double leastScore) throws IOException {
        double least = options.withLeastScore(leastScore).leastScore();
        return answer(ask(() -> Decoder.decodeUpright(file, "image")), least);
    }

    /**
     * What there is in each of several images, in their order. They are decoded in this thread, while those before are
     * computed.
     *
     * @param images each a {@link BufferedImage}, a {@link Path} or a {@code byte[]}, mixed as you like
     * @throws IOException when one cannot be read, in one line that names it
     * @throws IllegalArgumentException when one is of another class
     * @throws IllegalStateException when the detector is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public List<List<DetectedObject>> detect(List<?> images) throws IOException {
        List<CompletableFuture<Detections>> asked = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            asked.add(ask(images.get(i), i));
        }
        return asked.stream().map(this::answer).toList();
    }

    /** Reads and decodes an image. */
    private interface Source {
        Image read() throws IOException;
    }

    private CompletableFuture<Detections> ask(Object image, int place) throws IOException {
        if (image instanceof BufferedImage picture) {
            return asked(prepared(Awt.image(picture)));
        }
        if (image instanceof Path file) {
            return ask(() -> Decoder.read(file, Orientation.CAMERA));
        }
        if (image instanceof byte[] bytes) {
            return ask(() -> Decoder.decodeUpright(bytes, "image " + place));
        }
        throw new IllegalArgumentException("image " + place + " is a "
                + image.getClass().getName() + ": give a BufferedImage, a Path or a byte[]");
    }

    /** The picture counts until it is made smaller. */
    @SuppressWarnings("try") // the hold is never named
    private CompletableFuture<Detections> ask(Source image) throws IOException {
        TrainedDetector.Prepared prepared;
        // the libraries that decode are taken down with libtorch's when the JVM ends
        try (Computing computing = Computing.begin();
                DecodingMemory.Hold hold = DecodingMemory.hold()) {
            prepared = prepared(image.read());
        }
        return asked(prepared);
    }

    private TrainedDetector.Prepared prepared(Image image) {
        return TrainedDetector.prepare(trained.recipe().pictures(), image, resizer.get());
    }

    private CompletableFuture<Detections> asked(TrainedDetector.Prepared picture) {
        try {
            return batcher.ask(picture);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private List<Detections> compute(List<TrainedDetector.Prepared> pictures) {
        try (Computing computing = Computing.begin()) {
            return TrainedDetector.detect(trained.network(), pictures);
        }
    }

    private List<DetectedObject> answer(CompletableFuture<Detections> asked) {
        return answer(asked, options.leastScore());
    }

    private List<DetectedObject> answer(CompletableFuture<Detections> asked, double leastScore) {
        try {
            return objects(asked.get().asSureAs(leastScore));
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            // with this thread's stack: that of the computing thread is the cause
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private List<DetectedObject> objects(Detections found) {
        Boxes b = found.boxes();
        return IntStream.range(0, found.size())
                .mapToObj(i -> new DetectedObject(
                        classes().get(found.classes()[i]), found.scores()[i], b.x1(i), b.y1(i), b.x2(i), b.y2(i)))
                .toList();
    }

    private static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while a picture was waiting to be looked at");
    }

    /**
     * Ends the detector's thread and frees the network, once the pictures that are being computed are done. Calls that still
     * wait fail with an {@link IllegalStateException}. A second call does nothing.
     */
    @Override
    public synchronized void close() {
        batcher.close();
        if (!closed) {
            closed = true;
            trained.network().close();
        }
    }
}
