package io.juxta.cut;

import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.cut.strips.ImageRows;
import io.juxta.cut.strips.Strips;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.PixelStep;
import io.juxta.image.SignedUnit;
import io.juxta.image.ViewShape;
import io.juxta.torch.Computing;
import io.juxta.torch.Precision;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A trained generator that translates images of any size. Not for use by several threads at once.
 *
 * <p>A generator halves the sides twice: an image whose sides are no multiples of 4 is continued by its reflection to the
 * next, and what was added is cut off again. The original resizes it instead, and gives another size back.
 *
 * <p>An image that would take too much memory is passed in strips. The translation is the same but for rounding.
 */
@API(status = API.Status.INTERNAL)
public final class ImageTranslator implements AutoCloseable {
    /** Bytes that the activations of an image may take unless told otherwise: 1 GiB. */
    public static final long MEMORY = 1L << 30;

    private static final int BASE = 4;

    private final Generator G;
    private final Augmentation view;
    private final int out;
    private final Device device;
    private final Strips strips;

    private final Precision precision;

    private ImageTranslator(Generator G, NetworkOptions networks, Device device, long memory, Precision precision) {
        this.G = G;
        this.precision = precision;
        this.out = networks.outputNc();
        this.device = device;
        this.strips = Strips.within(memory, precision);
        int in = networks.inputNc();
        List<PixelStep> steps = in == 1 ? List.of(new PixelStep.RandomGrayscale(1)) : List.of();
        view = Augmentation.ofOwnSizes("translation", in, Normalization.HALF, steps);
    }

    /**
     * Takes a generator over: closing this frees it.
     *
     * @param device that it is on
     * @param memory bytes that the activations of an image may take. A ResNet generator keeps 2 ngf bytes for each pixel
     *     whatever is asked for, and strips beside them: 2 GiB for 12 megapixels by ngf 64
     */
    public static ImageTranslator of(TrainedGenerator trained, Device device, long memory) {
        return of(trained, device, memory, Precision.FLOAT32);
    }

    /**
     * The same in a precision, which the generator's weights are held in from now on.
     *
     * @throws IllegalArgumentException when the device cannot compute so, in one line; the generator is closed then
     */
    public static ImageTranslator of(TrainedGenerator trained, Device device, long memory, Precision precision) {
        try {
            precision.hold(trained.network(), device);
        } catch (IllegalArgumentException e) {
            trained.network().close();
            throw e;
        }
        return new ImageTranslator(trained.network(), trained.networks(), device, memory, precision);
    }

    /**
     * The same image always gives the same translation.
     *
     * @param image of the source domain
     * @return of the same size; grey where the generator's images have one channel
     * @throws IllegalArgumentException when the image is too small, in one line
     */
    public Image translate(Image image) {
        requireLarge(image);
        G.noise(NoiseSource.of(0, 0));
        byte[] rgb = new byte[3 * image.width() * image.height()];
        try (Computing computing = Computing.begin();
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor like = torch.empty(0).to(device, precision.type());
            G.forward(new ImageRows(image, view, BASE, like), (from, rows) -> write(from, rows, image, rgb), strips);
        }
        return new Image(image.width(), image.height(), rgb);
    }

    /** Writes what belongs to the image, without what continued it. */
    private void write(long from, Tensor rows, Image image, byte[] rgb) {
        int height = (int) Math.min(rows.size(2), image.height() - from);
        if (height > 0) {
            Tensor y = rows.narrow(2, 0, height)
                    .narrow(3, 0, image.width())
                    .cpu()
                    .to(ScalarType.Float)
                    .contiguous();
            float[] values = new float[Math.toIntExact(y.numel())];
            y.data_ptr_float().get(values);
            ViewShape shape = new ViewShape(out, height, image.width());
            byte[] part = SignedUnit.image(values, shape).rgb();
            System.arraycopy(part, 0, rgb, 3 * image.width() * (int) from, part.length);
        }
    }

    /** What is reflected must be there: three pixels behind two halvings at the borders of the picture. */
    private static void requireLarge(Image image) {
        int least = 2 * BASE;
        if (Math.min(image.width(), image.height()) < least) {
            throw new IllegalArgumentException("an image of " + image.width() + " x " + image.height()
                    + " pixels is too small to translate: both sides must be at least " + least);
        }
    }

    @Override
    public void close() {
        G.close();
    }
}
