package io.juxta;

import io.juxta.exchange.KnownWeights;
import io.juxta.image.Awt;
import io.juxta.image.Decoder;
import io.juxta.image.Image;
import io.juxta.natives.Natives;
import io.juxta.torch.Computing;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;

/**
 * A trained generator of CUT, FastCUT or SinCUT for programs: images in, their translations out.
 *
 * <pre>{@code
 * try (Translator translator = Translator.load(Path.of("runs/apple2orange"))) {
 *     BufferedImage orange = translator.translate(ImageIO.read(new File("apple.jpg")));
 * }
 * }</pre>
 *
 * <p>When the JVM is told to end, the strip that is being translated is finished, and every call fails with an {@link
 * IllegalStateException}.
 *
 * <p>Images are of any size from 8 x 8 pixels, and keep it. Safe for use by many threads at once, which take turns: one
 * translation uses all cores.
 */
@API(status = API.Status.STABLE)
public final class Translator implements AutoCloseable {
    private final io.juxta.cut.ImageTranslator translator;
    private boolean closed;

    private Translator(io.juxta.cut.ImageTranslator translator) {
        this.translator = translator;
    }

    /** {@link #load(Path, String, long)} on whatever device there is, with 1 GiB. */
    public static Translator load(Path file) throws IOException {
        return load(file, "auto", io.juxta.cut.ImageTranslator.MEMORY);
    }

    /**
     * Reads a generator.
     *
     * @param file a run's folder or its {@code generator.safetensors}, one of its checkpoints, or a generator of the
     *     original CUT ({@code latest_net_G.pth}), in PyTorch's files or safetensors
     * @param device {@code cpu}, {@code cuda:N} or {@code auto}
     * @param memory bytes that the activations of an image may take, and about as much again for libtorch's copies; a larger
     *     image is translated in strips, the same but for rounding
     * @throws IOException when it cannot be read or is no generator's, in one line that names the file; or when libtorch cannot be
     *     unpacked, in one line that names the folder
     * @throws IllegalArgumentException when there is no such device here
     */
    public static Translator load(Path file, String device, long memory) throws IOException {
        return load(file, device, memory, Precision.FLOAT32);
    }

    /**
     * The same in a precision.
     *
     * @param precision that the network is held and computed in: {@link Precision#FLOAT32} unless told otherwise; {@link
     *     Precision#BFLOAT16} is quicker on processors that have it, and moves colours by some levels
     * @throws IOException as above
     * @throws IllegalArgumentException when there is no such device here, or it cannot compute so
     */
    public static Translator load(Path file, String device, long memory, Precision precision) throws IOException {
        try {
            Device where = Devices.parse(device);
            precision.use(where);
            return new Translator(
                    io.juxta.cut.ImageTranslator.of(KnownWeights.generator(file, where), where, memory, precision));
        } catch (LinkageError e) {
            throw Natives.failure(e);
        }
    }

    /**
     * Translates a picture of any kind of Java2D's.
     *
     * @return of type {@link BufferedImage#TYPE_INT_RGB}
     * @throws IllegalArgumentException when a side is below 8 pixels
     * @throws IllegalStateException when the translator is closed
     */
    public BufferedImage translate(BufferedImage image) {
        return translated(Awt.image(image));
    }

    /**
     * Translates an image file, turned as its EXIF orientation says.
     *
     * @return of type {@link BufferedImage#TYPE_INT_RGB}
     * @throws IOException when it cannot be read or is no whole image, in one line that names it
     * @throws IllegalArgumentException when a side is below 8 pixels
     * @throws IllegalStateException when the translator is closed
     */
    public BufferedImage translate(Path file) throws IOException {
        try (Computing computing = Computing.begin()) {
            return translated(Decoder.decodeUpright(Decoder.bytes(file), file.toString()));
        }
    }

    /**
     * Translates an image file's bytes, turned as its EXIF orientation says.
     *
     * @return of type {@link BufferedImage#TYPE_INT_RGB}
     * @throws IOException when they are no whole image, in one line
     * @throws IllegalArgumentException when a side is below 8 pixels
     * @throws IllegalStateException when the translator is closed
     */
    public BufferedImage translate(byte[] file) throws IOException {
        try (Computing computing = Computing.begin()) {
            return translated(Decoder.decodeUpright(file, "image"));
        }
    }

    private synchronized BufferedImage translated(Image image) {
        if (closed) {
            throw new IllegalStateException("the translator is closed");
        }
        return Awt.buffered(translator.translate(image));
    }

    /** Frees the network, once the translation that is being made is done. A second call does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            translator.close();
        }
    }
}
