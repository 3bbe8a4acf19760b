package io.juxta.report.drawing;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.SignedUnit;
import io.juxta.image.ViewShape;
import java.nio.FloatBuffer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An image as a generator sees it or makes it.
 *
 * @param values one channel after the other, from -1 to 1; a generator's may lie beyond
 */
@API(status = API.Status.INTERNAL)
public record Planes(ViewShape shape, float[] values) {
    /** How much brighter than it is a difference is shown: white from half of the range on. */
    public static final int BRIGHTER = 2;

    /** An image of a data set. */
    public static Planes of(Image image, Augmentation view) {
        Canvas canvas = new Canvas();
        ViewShape shape = view.make(image, Draws.of(0, 0, 0, 0), canvas);
        FloatBuffer pixels = FloatBuffer.allocate(Math.toIntExact(shape.length()));
        view.write(canvas, pixels);
        int channels = shape.channels();
        int plane = shape.height() * shape.width();
        float[] values = new float[channels * plane];
        for (int i = 0; i < values.length; i++) {
            values[i % channels * plane + i / channels] = pixels.get(i);
        }
        return new Planes(shape, values);
    }

    /** @param image (1, C, H, W) */
    public static Planes of(Tensor image) {
        Tensor whole = image.cpu().to(ScalarType.Float).contiguous();
        float[] values = new float[Math.toIntExact(whole.numel())];
        whole.data_ptr_float().get(values);
        ViewShape shape = new ViewShape((int) whole.size(1), (int) whole.size(2), (int) whole.size(3));
        return new Planes(shape, values);
    }

    /** (1, C, H, W), of float32, of the device and type of another tensor. */
    public Tensor tensor(Tensor like) {
        Tensor whole = Tensor.create(values, 1, shape.channels(), shape.height(), shape.width());
        return whole.to(like.device(), like.scalar_type());
    }

    public boolean isFinite() {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    public Image image() {
        return SignedUnit.image(values, shape);
    }

    /** The mean difference of two images of one shape, as a share of the range from black to white. */
    public double distance(Planes other) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.abs(kept(values[i]) - kept(other.values[i]));
        }
        return sum / 2 / values.length;
    }

    private static double kept(float value) {
        return Math.max(-1, Math.min(1, value));
    }

    /** Where two pictures of one size differ: the mean over colours, brighter than it is. */
    public static Image difference(Image one, Image other) {
        byte[] rgb = new byte[one.rgb().length];
        for (int i = 0; i < rgb.length; i += 3) {
            int sum = 0;
            for (int c = i; c < i + 3; c++) {
                sum += Math.abs((one.rgb()[c] & 255) - (other.rgb()[c] & 255));
            }
            byte grey = (byte) Math.min(255, Math.round(BRIGHTER * sum / 3.0));
            rgb[i] = grey;
            rgb[i + 1] = grey;
            rgb[i + 2] = grey;
        }
        return new Image(one.width(), one.height(), rgb);
    }
}
