package io.juxta.backbone;

import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * A published width of vision transformers, which tells what tensors do not: how many heads there are.
 *
 * @param name timm's
 */
@API(status = API.Status.INTERNAL)
public record TransformerSize(String name, int dim, int depth, int heads) {
    private static final List<TransformerSize> KNOWN = List.of(
            new TransformerSize("vit_tiny", 192, 12, 3),
            new TransformerSize("vit_small", 384, 12, 6),
            new TransformerSize("vit_base", 768, 12, 12),
            new TransformerSize("vit_large", 1024, 24, 16),
            new TransformerSize("vit_huge", 1280, 32, 16),
            new TransformerSize("vit_giant2", 1536, 40, 24));

    /** MoCo v3's ViT-S has more, and narrower ones, than everybody's (Chen, Xie and He 2021, section 5.1). */
    public int headsOfMocoV3() {
        return name.equals("vit_small") ? 12 : heads;
    }

    /** All that are known, from small to large. */
    public static List<TransformerSize> all() {
        return KNOWN;
    }

    /** The one of a width; its depth may be another's. */
    public static Optional<TransformerSize> ofDim(long dim) {
        return KNOWN.stream().filter(size -> size.dim == dim).findFirst();
    }

    /**
     * The one of a name, as {@code vit_small}.
     *
     * @throws IllegalArgumentException when there is none, listing those there are
     */
    public static TransformerSize named(String name) {
        return named("vit-size", name);
    }

    /** @param key that named it, for the message */
    public static TransformerSize named(String key, String name) {
        return KNOWN.stream()
                .filter(size -> size.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(key + " " + name + " is unknown: use one of "
                        + String.join(
                                ", ", KNOWN.stream().map(TransformerSize::name).toList())));
    }
}
