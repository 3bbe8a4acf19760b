package io.juxta.image;

import java.util.List;
import org.apiguardian.api.API;

/**
 * What turns a channel's byte v into the network's input: {@code (v / 255 - mean) / std}, in float32 as torchvision's
 * ToTensor and Normalize compute it.
 *
 * @param mean of red, green and blue, on the scale 0 to 1
 * @param std of red, green and blue, on the same scale; above 0
 */
@API(status = API.Status.INTERNAL)
public record Normalization(List<Float> mean, List<Float> std) {
    /** ImageNet's statistics as MoCo and torchvision use them. */
    public static final Normalization IMAGENET = of(0.485f, 0.456f, 0.406f, 0.229f, 0.224f, 0.225f);

    /** CIFAR-10's statistics as in MoCo's CIFAR notebook. */
    public static final Normalization CIFAR10 = of(0.4914f, 0.4822f, 0.4465f, 0.2023f, 0.1994f, 0.2010f);

    /** ImageNet's statistics as SwAV has them: the first deviation is 0.228, not 0.229. */
    public static final Normalization SWAV = of(0.485f, 0.456f, 0.406f, 0.228f, 0.224f, 0.225f);

    /** Maps bytes to [-1, 1], as CUT does. */
    public static final Normalization HALF = of(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);

    /** Leaves values from 0 to 1, as SimCLR does. */
    public static final Normalization UNIT = of(0, 0, 0, 1, 1, 1);

    /** @throws IllegalArgumentException when there are not three of each, or a deviation is not above 0 */
    public Normalization {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException("a normalisation needs three means and three deviations, not "
                    + mean.size() + " and " + std.size());
        }
        for (float deviation : std) {
            if (!(deviation > 0)) {
                throw new IllegalArgumentException("a deviation of " + deviation + " is not above 0");
            }
        }
    }

    private static Normalization of(float r, float g, float b, float stdR, float stdG, float stdB) {
        return new Normalization(List.of(r, g, b), List.of(stdR, stdG, stdB));
    }

    /** The value of every byte in every channel: {@code table[256 * channel + byte]}. */
    float[] table() {
        float[] table = new float[3 * 256];
        for (int channel = 0; channel < 3; channel++) {
            for (int value = 0; value < 256; value++) {
                table[256 * channel + value] = (value / 255f - mean.get(channel)) / std.get(channel);
            }
        }
        return table;
    }
}
