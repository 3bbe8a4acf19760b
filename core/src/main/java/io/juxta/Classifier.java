package io.juxta;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.natives.Natives;
import io.juxta.serve.Batcher;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apiguardian.api.API;

/**
 * A trained classifier for programs: images in, probabilities of classes out.
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.load(Path.of("classifier.safetensors"))) {
 *     Classification seen = classifier.classify(Path.of("photo.jpg"));
 *     System.out.println(seen.name() + " " + seen.probability());
 * }
 * }</pre>
 *
 * <p>{@code juxta evaluate linear} and {@code semi} write such files with {@code --output}. Their scores are divided by a
 * temperature that was fitted to held-out images, so that probabilities can be believed (Guo et al. 2017).
 *
 * <p>Safe for use by many threads at once, as an {@link Encoder} is: each decodes and resizes its own images, and one thread of
 * the classifier's own computes what they have ready, in batches. That thread ends with {@link #close}. When the JVM is told to
 * end, what is being computed is finished, and every other call fails with an {@link IllegalStateException}.
 */
@API(status = API.Status.STABLE)
public final class Classifier implements AutoCloseable {
    private final ClassifyingNetwork network;
    private final Augmentation view;
    private final Batcher<float[], Classification> batcher;
    private final Asked<float[], Classification> asked;
    private final ThreadLocal<Canvas> canvas = ThreadLocal.withInitial(Canvas::new);

    private Classifier(ClassifyingNetwork network, int batchSize) {
        this.network = network;
        view = network.view();
        batcher = new Batcher<>("classifier", batchSize, network::compute);
        asked = new Asked<>(batcher, this::prepared, "classified");
    }

    /** On whatever device there is, at most 32 images at once. */
    public static Classifier load(Path file) throws IOException {
        return load(file, "auto", 32);
    }

    /**
     * Reads a classifier.
     *
     * @param file as {@code juxta evaluate linear} and {@code semi} write it
     * @param device {@code cpu}, {@code cuda:N} or {@code auto}
     * @param batchSize the most images computed at once, 1 to 4096
     * @throws IOException when it cannot be read or is no classifier, in one line that names the file; or when libtorch cannot be
     *     unpacked, in one line that names the folder
     * @throws IllegalArgumentException when there is no such device here
     */
    public static Classifier load(Path file, String device, int batchSize) throws IOException {
        if (batchSize < 1 || batchSize > 4096) {
            throw new IllegalArgumentException("batch size " + batchSize + " must be from 1 to 4096");
        }
        try {
            return new Classifier(ClassifyingNetwork.read(file, device, batchSize), batchSize);
        } catch (LinkageError e) {
            throw Natives.failure(e);
        }
    }

    /** The names of the classes that it tells apart. */
    public List<String> classes() {
        return network.classes();
    }

    /**
     * Which class a picture of any kind of Java2D's is of.
     *
     * @throws IllegalStateException when the classifier is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public Classification classify(BufferedImage image) {
        return asked.of(image);
    }

    /**
     * Which class an image file is of: JPEG, PNG, WebP, BMP, TIFF, PPM, or the first frame of a GIF.
     *
     * @throws IOException when it cannot be read or is no whole image, in one line that names it
     * @throws IllegalStateException when the classifier is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public Classification classify(Path file) throws IOException {
        return asked.of(file);
    }

    /**
     * Which class an image file's bytes are of.
     *
     * @throws IOException when they are no whole image, in one line
     * @throws IllegalStateException when the classifier is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public Classification classify(byte[] file) throws IOException {
        return asked.of(file);
    }

    /**
     * Which class each of several images is of, in their order. They are decoded in this thread, while batches of them are
     * computed.
     *
     * @param images each a {@link BufferedImage}, a {@link Path} or a {@code byte[]}, mixed as you like
     * @throws IOException when one cannot be read, in one line that names it
     * @throws IllegalArgumentException when one is of another class
     * @throws IllegalStateException when the classifier is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public List<Classification> classify(List<?> images) throws IOException {
        return asked.of(images);
    }

    private float[] prepared(Image image) {
        float[] pixels = new float[view.length()];
        view.apply(image, Draws.of(0, 0, 0, 0), canvas.get(), FloatBuffer.wrap(pixels));
        return pixels;
    }

    /**
     * Ends the classifier's thread and frees the network, once the batch that is being computed is done. Calls that still wait fail
     * with an {@link IllegalStateException}. A second call does nothing.
     */
    @Override
    public void close() {
        batcher.close();
        network.close();
    }
}
