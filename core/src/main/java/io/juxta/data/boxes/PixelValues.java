package io.juxta.data.boxes;

import io.juxta.image.Image;
import java.util.List;
import org.apiguardian.api.API;

/** How a picture's bytes become a network's input. */
@API(status = API.Status.INTERNAL)
public enum PixelValues {
    /** Red, green, blue, each less ImageNet's mean and divided by its deviation: what MoCo's and torchvision's encoders see. */
    IMAGENET(new int[] {0, 1, 2}, new float[] {123.675f, 116.28f, 103.53f}, new float[] {58.395f, 57.12f, 57.375f}),
    /** Blue, green, red, each less ImageNet's mean, not divided: what the supervised weights of Caffe2 see. */
    CAFFE2(new int[] {2, 1, 0}, new float[] {103.53f, 116.28f, 123.675f}, new float[] {1, 1, 1});

    private final int[] channels;
    private final float[] mean;
    private final float[] deviation;
    private final float[] table = new float[3 * 256];

    PixelValues(int[] channels, float[] mean, float[] deviation) {
        this.channels = channels;
        this.mean = mean;
        this.deviation = deviation;
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                table[256 * c + v] = (v - mean[c]) / deviation[c];
            }
        }
    }

    /** What is taken from a byte of each of the network's channels. */
    public List<Float> mean() {
        return List.of(mean[0], mean[1], mean[2]);
    }

    /** By what that is divided. */
    public List<Float> deviation() {
        return List.of(deviation[0], deviation[1], deviation[2]);
    }

    /** {@code RGB} or {@code BGR}. */
    public String order() {
        return channels[0] == 0 ? "RGB" : "BGR";
    }

    /** Row by row, the network's channels of each pixel together, into an array that is wider. */
    void write(Image image, float[] into, int from, int width) {
        byte[] rgb = image.rgb();
        for (int y = 0, pixel = 0; y < image.height(); y++) {
            int to = from + 3 * y * width;
            for (int x = 0; x < image.width(); x++, pixel += 3) {
                for (int c = 0; c < 3; c++) {
                    into[to++] = table[256 * c + (rgb[pixel + channels[c]] & 255)];
                }
            }
        }
    }

    /** All of a picture, (height, width, 3). */
    public float[] of(Image image) {
        float[] values = new float[3 * image.width() * image.height()];
        write(image, values, 0, image.width());
        return values;
    }
}
