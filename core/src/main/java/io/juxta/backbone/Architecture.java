package io.juxta.backbone;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apiguardian.api.API;

/**
 * The shape of a residual network (He et al., 2016, table 1; wide: Zagoruyko and Komodakis 2016; ResNeXt: Xie et al.,
 * 2017, table 1).
 *
 * @param name torchvision's name for it
 * @param bottleneck three convolutions a block (1x1, 3x3, 1x1, output four times wider) instead of two
 * @param blocks blocks in each of the four layers
 * @param groups groups of the 3x3 convolution: 1, or ResNeXt's cardinality
 * @param widthPerGroup channels of each group of the first layer's 3x3 convolution when the stem has 64 channels
 */
@API(status = API.Status.INTERNAL)
public record Architecture(String name, boolean bottleneck, List<Integer> blocks, int groups, int widthPerGroup) {
    private static final Map<String, Architecture> KNOWN = new TreeMap<>();

    static {
        know("resnet18", false, List.of(2, 2, 2, 2), 1, 64);
        know("resnet34", false, List.of(3, 4, 6, 3), 1, 64);
        know("resnet50", true, List.of(3, 4, 6, 3), 1, 64);
        know("resnet101", true, List.of(3, 4, 23, 3), 1, 64);
        know("resnet152", true, List.of(3, 8, 36, 3), 1, 64);
        know("resnext50_32x4d", true, List.of(3, 4, 6, 3), 32, 4);
        know("resnext101_32x8d", true, List.of(3, 4, 23, 3), 32, 8);
        know("resnext101_64x4d", true, List.of(3, 4, 23, 3), 64, 4);
        know("wide_resnet50_2", true, List.of(3, 4, 6, 3), 1, 128);
        know("wide_resnet101_2", true, List.of(3, 4, 23, 3), 1, 128);
    }

    /** What an image meets first. */
    public enum Stem {
        /** 7x7 convolution of stride 2 and 3x3 max-pooling of stride 2, for photos (224 px). */
        IMAGENET,
        /** 3x3 convolution of stride 1 and no pooling, for images of 32 to 64 px (He et al., 2020, CIFAR demo). */
        CIFAR
    }

    public Architecture {
        blocks = List.copyOf(blocks);
    }

    /**
     * Finds an architecture by torchvision's name.
     *
     * @throws IllegalArgumentException when it is unknown, listing the known ones
     */
    public static Architecture named(String name) {
        Architecture known = KNOWN.get(name.toLowerCase(Locale.ROOT));
        if (known == null) {
            throw new IllegalArgumentException(
                    "arch " + name + " is unknown: use one of " + String.join(", ", KNOWN.keySet()));
        }
        return known;
    }

    /** All that are known, by name. */
    public static List<Architecture> all() {
        return List.copyOf(KNOWN.values());
    }

    /** How much wider a block's output is than its first convolution: 4 with a bottleneck, otherwise 1. */
    public int expansion() {
        return bottleneck ? 4 : 1;
    }

    private static void know(String name, boolean bottleneck, List<Integer> blocks, int groups, int widthPerGroup) {
        KNOWN.put(name, new Architecture(name, bottleneck, blocks, groups, widthPerGroup));
    }
}
