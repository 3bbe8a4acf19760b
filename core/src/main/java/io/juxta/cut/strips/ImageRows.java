package io.juxta.cut.strips;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.ViewShape;
import java.nio.FloatBuffer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An image as a generator takes it, from -1 to 1. Its right and its lower border are continued by their reflection until
 * the sides are multiples of what the generator needs. Only the rows that are asked for are made floats.
 */
@API(status = API.Status.INTERNAL)
public final class ImageRows implements RowSource {
    private static final int BYTES = 3;

    private final Image image;
    private final Augmentation view;
    private final Tensor like;
    private final Canvas canvas = new Canvas();
    private final int right;
    private final int below;

    /**
     * @param view that leaves every pixel at its place
     * @param base what the sides become multiples of
     * @param like a tensor of the type and on the device that rows shall have
     */
    public ImageRows(Image image, Augmentation view, int base, Tensor like) {
        this.image = image;
        this.view = view;
        this.like = like;
        right = Math.floorMod(-image.width(), base);
        below = Math.floorMod(-image.height(), base);
    }

    @Override
    public long rows() {
        return image.height() + below;
    }

    @Override
    public long columns() {
        return image.width() + right;
    }

    @Override
    public Tensor rows(long from, long to) {
        ViewShape shape = view.make(part((int) from, (int) (to - from)), Draws.of(0, 0, 0, 0), canvas);
        float[] values = new float[Math.toIntExact(shape.length())];
        view.write(canvas, FloatBuffer.wrap(values));
        Tensor x = Tensor.create(values, 1, shape.height(), shape.width(), shape.channels())
                .permute(0, 3, 1, 2)
                .contiguous()
                .to(like.device(), like.scalar_type());
        return torch.reflection_pad2d(x, 0, right, 0, 0);
    }

    private Image part(int from, int height) {
        int stride = BYTES * image.width();
        byte[] rgb = new byte[Math.multiplyExact(height, stride)];
        for (int y = 0; y < height; y++) {
            int row = from + y;
            int reflected = row < image.height() ? row : 2 * (image.height() - 1) - row;
            System.arraycopy(image.rgb(), reflected * stride, rgb, y * stride, stride);
        }
        return new Image(image.width(), height, rgb);
    }
}
