package io.juxta.runs.machine;

import io.juxta.image.Decoder;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.Layers;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Three short measurements, to tell an odd machine from a good one; no benchmark. */
@API(status = API.Status.INTERNAL)
public final class SpeedTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;

    private static final int BATCH = 32;
    private static final int CHANNELS = 64;
    private static final int SIDE = 32;
    private static final int KERNEL = 3;
    private static final int ORDER = 512;

    private SpeedTest() {}

    /** JPEG photos decoded in a second by one thread; measured for about a second. */
    static double decodedPerSecond() {
        try {
            byte[] jpeg = photo();
            decode(jpeg, SECOND / 2);
            return decode(jpeg, SECOND);
        } catch (IOException e) {
            throw new IllegalStateException("a picture drawn here cannot be read", e);
        }
    }

    private static double decode(byte[] jpeg, long nanos) throws UnreadableImageException {
        long started = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - started < nanos) {
            Decoder.decode(jpeg, "photo");
            count++;
        }
        return count * 1e9 / (System.nanoTime() - started);
    }

    private static byte[] photo() throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setPaint(new GradientPaint(0, 0, Color.ORANGE, WIDTH, HEIGHT, Color.BLUE));
        g.fillRect(0, 0, WIDTH, HEIGHT);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 400; i++) {
            g.setColor(new Color(random.nextInt(1 << 24)));
            g.fillOval(random.nextInt(WIDTH), random.nextInt(HEIGHT), random.nextInt(60), random.nextInt(60));
        }
        g.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);
        return bytes.toByteArray();
    }

    /** A convolution of ResNet's first stage with its gradients; measured for about two seconds. */
    public static double convolutionGigaflops() {
        try (PointerScope scope = new PointerScope()) {
            Conv2dImpl conv = Layers.conv2d(CHANNELS, CHANNELS, KERNEL, 1, 1);
            Tensor x = torch.randn(BATCH, CHANNELS, SIDE, SIDE)
                    .contiguous(MemoryFormat.ChannelsLast)
                    .set_requires_grad(true);
            run(conv, x, SECOND / 4);
            double steps = run(conv, x, 2 * SECOND);
            // forward, gradient of the input, gradient of the weights: a multiplication and an addition each
            double flops = 3.0 * 2 * BATCH * CHANNELS * CHANNELS * KERNEL * KERNEL * SIDE * SIDE;
            return steps * flops / 1e9;
        }
    }

    /** The fastest of twenty products of matrices, which OpenBLAS computes on one thread of its own. */
    static double productGigaflops() {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor a = torch.randn(ORDER, ORDER);
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 20; i++) {
                long started = System.nanoTime();
                a.mm(a).close();
                least = Math.min(least, System.nanoTime() - started);
            }
            return 2.0 * ORDER * ORDER * ORDER / least;
        }
    }

    private static double run(Conv2dImpl conv, Tensor x, long nanos) {
        long started = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - started < nanos) {
            try (PointerScope scope = new PointerScope()) {
                conv.forward(x).sum().backward();
            }
            count++;
        }
        return count * 1e9 / (System.nanoTime() - started);
    }
}
