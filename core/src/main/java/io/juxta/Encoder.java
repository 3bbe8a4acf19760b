package io.juxta;

import io.juxta.image.Augmentation;
import io.juxta.image.Awt;
import io.juxta.image.Canvas;
import io.juxta.image.Decoder;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.natives.Natives;
import io.juxta.serve.Batcher;
import io.juxta.torch.Computing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apiguardian.api.API;

/**
 * A trained encoder for programs: images in, embeddings out.
 *
 * <pre>{@code
 * try (Encoder encoder = Encoder.load(Path.of("runs/photos/encoder.safetensors"))) {
 *     float[] a = encoder.embed(Path.of("a.jpg"));
 *     float[] b = encoder.embed(Path.of("b.jpg"));
 *     double likeness = Encoder.cosine(a, b);
 * }
 * }</pre>
 *
 * <p>When the JVM is told to end, what is being computed is finished, and every other call fails with an {@link
 * IllegalStateException}.
 *
 * <p>Safe for use by many threads at once: each decodes and resizes its own images, and one thread of the encoder's own
 * computes what they have ready, in batches. That thread ends with {@link #close}. In batches of 1 each thread computes its own,
 * several at once. Images are prepared as evaluations
 * prepare them: resized, the centre cut out, normalised as in training; transparency is dropped. An image file is turned
 * as its EXIF orientation says, so that a picture and its twin that lies on its side are the same.
 */
@API(status = API.Status.STABLE)
public final class Encoder implements AutoCloseable {
    private final Augmentation view;
    private final EncoderOptions options;
    private final BatchedNetwork network;
    private final Batcher<float[], float[]> batcher;
    private final ThreadLocal<Canvas> canvas = ThreadLocal.withInitial(Canvas::new);

    private Encoder(EncoderOptions options, BatchedNetwork network) {
        this.view = network.view();
        this.options = options;
        this.network = network;
        this.batcher = new Batcher<>("encoder", options.batchSize(), network::compute);
    }

    /** {@link #load(Path, EncoderOptions)} with {@link EncoderOptions#defaults}. */
    public static Encoder load(Path file) throws IOException {
        return load(file, EncoderOptions.defaults());
    }

    /**
     * Reads an encoder.
     *
     * @param file a run's folder or its {@code encoder.safetensors}, one of its checkpoints, or published weights of
     *     MoCo, SwAV, DeepCluster-v2, torchvision, timm, DINO or DINOv2, in PyTorch's files or safetensors
     * @throws IOException when it cannot be read or is no encoder's, in one line that names the file; or when libtorch
     *     cannot be unpacked, in one line that names the folder
     * @throws IllegalArgumentException when there is no such device here
     */
    public static Encoder load(Path file, EncoderOptions options) throws IOException {
        try {
            return new Encoder(options, BatchedNetwork.read(file, options));
        } catch (LinkageError e) {
            throw Natives.failure(e);
        }
    }

    /** The length of an embedding. */
    public int dimension() {
        return network.dimension();
    }

    /** The side of the square that the network sees of an image, in pixels. */
    public int imageSize() {
        return view.size();
    }

    public EncoderOptions options() {
        return options;
    }

    /**
     * The embedding of a picture of any kind of Java2D's.
     *
     * @throws IllegalStateException when the encoder is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public float[] embed(BufferedImage image) {
        return answer(ask(Awt.image(image)));
    }

    /**
     * The embedding of an image file: JPEG, PNG, WebP, BMP, TIFF, PPM, or the first frame of a GIF.
     *
     * @throws IOException when it cannot be read or is no whole image, in one line that names it
     * @throws IllegalStateException when the encoder is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public float[] embed(Path file) throws IOException {
        return answer(ask(() -> Decoder.read(file, Orientation.CAMERA)));
    }

    /**
     * The embedding of an image file's bytes.
     *
     * @throws IOException when they are no whole image, in one line
     * @throws IllegalStateException when the encoder is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public float[] embed(byte[] file) throws IOException {
        return answer(ask(() -> Decoder.decodeUpright(file, "image")));
    }

    /**
     * The embeddings of several images, in their order. They are decoded in this thread, while batches of them are
     * computed; memory is that of the embeddings and three batches.
     *
     * @param images each a {@link BufferedImage}, a {@link Path} or a {@code byte[]}, mixed as you like
     * @throws IOException when one cannot be read, in one line that names it
     * @throws IllegalArgumentException when one is of another class
     * @throws IllegalStateException when the encoder is closed, also while this call waits
     * @throws CancellationException when this thread is interrupted, before or while it waits; it stays so
     */
    public float[][] embed(List<?> images) throws IOException {
        List<CompletableFuture<float[]>> asked = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            asked.add(ask(images.get(i), i));
        }
        return asked.stream().map(Encoder::answer).toArray(float[][]::new);
    }

    /**
     * The features of a picture's parts, as they lie under the pooled feature: of a vision transformer the patches behind its last
     * norm, of a residual network its last map. Neither is brought to length 1. For segmentation by nearest neighbours, or to
     * find where two pictures are alike. They are computed in this thread, one picture at a time.
     *
     * @throws IllegalStateException when the encoder is closed
     */
    public PatchFeatures patches(BufferedImage image) {
        return network.patches(prepared(Awt.image(image)));
    }

    /**
     * {@link #patches(BufferedImage)} of an image file.
     *
     * @throws IOException when it cannot be read or is no whole image, in one line that names it
     * @throws IllegalStateException when the encoder is closed
     */
    public PatchFeatures patches(Path file) throws IOException {
        return network.patches(prepared(() -> Decoder.read(file, Orientation.CAMERA)));
    }

    /** Reads and decodes an image. */
    private interface Source {
        Image read() throws IOException;
    }

    private CompletableFuture<float[]> ask(Object image, int place) throws IOException {
        if (image instanceof BufferedImage picture) {
            return ask(Awt.image(picture));
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

    /** The picture counts until the view is made of it. */
    @SuppressWarnings("try") // the hold is never named
    private float[] prepared(Source image) throws IOException {
        // the libraries that decode are taken down with libtorch's when the JVM ends
        try (Computing computing = Computing.begin();
                DecodingMemory.Hold hold = DecodingMemory.hold()) {
            return prepared(image.read());
        }
    }

    private CompletableFuture<float[]> ask(Source image) throws IOException {
        return asked(prepared(image));
    }

    private CompletableFuture<float[]> ask(Image image) {
        return asked(prepared(image));
    }

    private float[] prepared(Image image) {
        float[] pixels = new float[view.length()];
        view.apply(image, Draws.of(0, 0, 0, 0), canvas.get(), FloatBuffer.wrap(pixels));
        return pixels;
    }

    private CompletableFuture<float[]> asked(float[] pixels) {
        if (options.batchSize() == 1) {
            return CompletableFuture.completedFuture(alone(pixels));
        }
        try {
            return batcher.ask(pixels);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private float[] alone(float[] pixels) {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        return network.alone(pixels);
    }

    private static float[] answer(CompletableFuture<float[]> asked) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            // with this thread's stack: that of the computing thread is the cause
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while an image was waiting to be embedded");
    }

    /**
     * The cosine of two embeddings, from -1 to 1.
     *
     * @throws IllegalArgumentException when they are of different lengths
     */
    public static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("embeddings of " + a.length + " and " + b.length
                    + " values cannot be compared: make both by the same encoder");
        }
        double product = 0;
        double squares = 0;
        double others = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squares += (double) a[i] * a[i];
            others += (double) b[i] * b[i];
        }
        return product / Math.max(1e-12, Math.sqrt(squares * others));
    }

    /**
     * Ends the encoder's thread and frees the network, once the batch that is being computed is done. Calls that still
     * wait fail with an {@link IllegalStateException}. A second call does nothing.
     */
    @Override
    public void close() {
        batcher.close();
        network.close();
    }
}
