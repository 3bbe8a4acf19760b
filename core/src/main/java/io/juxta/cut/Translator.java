package io.juxta.cut;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.SignedUnit;
import io.juxta.image.Step;
import io.juxta.image.ViewShape;
import io.juxta.train.SavedNetwork;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A trained generator that translates images of any size, each as a whole. Not for use by several threads at once.
 *
 * <p>A generator halves the sides twice: an image whose sides are no multiples of 4 is continued by its reflection to the
 * next, and what was added is cut off again. The original resizes it instead, and gives another size back.
 */
public final class Translator implements AutoCloseable {
    private static final int BASE = 4;

    private final Generator G;
    private final Augmentation view;
    private final int out;
    private final Device device;
    private final Canvas canvas = new Canvas();

    private Translator(Generator G, int in, int out, Device device) {
        this.G = G;
        this.out = out;
        this.device = device;
        List<Step> steps = in == 1 ? List.of(new Step.RandomGrayscale(1)) : List.of();
        view = Augmentation.ofOwnSizes("translation", in, Normalization.HALF, steps);
    }

    /**
     * Reads a run's {@code generator.safetensors}, or one of its checkpoints, with the recipe that lies in the same file.
     *
     * @throws IOException when it cannot be read, or is no generator's, in one line that names the file
     */
    public static Translator read(Path file, Device device) throws IOException {
        SavedNetwork<Generator> saved = SavedNetwork.read(file, device, "generator", "G.", recipe -> {
            CutRecipe cut = CutRecipe.bind(recipe);
            return cut.networks().shapes(cut.views().cropSize());
        });
        NetworkOptions networks = CutRecipe.bind(saved.recipe()).networks();
        return new Translator(saved.network(), networks.inputNc(), networks.outputNc(), device);
    }

    /**
     * @param image of the source domain
     * @return of the same size; grey where the generator's images have one channel
     * @throws IllegalArgumentException when the image is too small, in one line
     */
    public Image translate(Image image) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor x = tensor(image);
            int right = Math.floorMod(-image.width(), BASE);
            int below = Math.floorMod(-image.height(), BASE);
            requireLarge(image);
            Tensor y = G.forward(torch.reflection_pad2d(x, 0, right, 0, below))
                    .narrow(2, 0, image.height())
                    .narrow(3, 0, image.width())
                    .cpu()
                    .contiguous();
            float[] values = new float[Math.toIntExact(y.numel())];
            y.data_ptr_float().get(values);
            return SignedUnit.image(values, new ViewShape(out, image.height(), image.width()));
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

    /** (1, in, H, W), from -1 to 1. */
    private Tensor tensor(Image image) {
        ViewShape shape = view.make(image, Draws.of(0, 0, 0, 0), canvas);
        float[] values = new float[Math.toIntExact(shape.length())];
        view.write(canvas, FloatBuffer.wrap(values));
        return Tensor.create(values, 1, shape.height(), shape.width(), shape.channels())
                .permute(0, 3, 1, 2)
                .contiguous()
                .to(device, ScalarType.Float);
    }

    @Override
    public void close() {
        G.close();
    }
}
