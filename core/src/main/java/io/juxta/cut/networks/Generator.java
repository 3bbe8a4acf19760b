package io.juxta.cut.networks;

import io.juxta.cut.strips.Chain;
import io.juxta.cut.strips.RowSource;
import io.juxta.cut.strips.Strips;
import io.juxta.torch.Container;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** G: a network from images of one domain to images of the other, the first layers of which are also the encoder. */
@API(status = API.Status.INTERNAL)
public abstract class Generator extends Container {
    /** @param name what libtorch calls the module in its messages */
    protected Generator(String name) {
        super(name);
    }

    /** Images (N, in, H, W) to images (N, out, H, W). */
    public abstract Tensor forward(Tensor x);

    /**
     * What PatchNCE compares: the activations of some layers. Nothing behind the last of them is computed.
     *
     * @param layers ascending, each from 0 to {@link #layers} less 1
     * @return (N, C, H, W) each, in the order of the layers
     */
    public abstract List<Tensor> taps(Tensor x, List<Integer> layers);

    /**
     * An image and the activations on the way to it.
     *
     * @param image (N, out, H, W)
     * @param taps as of {@link #taps}
     */
    public record Tapped(Tensor image, List<Tensor> taps) {
        public Tapped {
            taps = List.copyOf(taps);
        }
    }

    /** Both in one pass: the same numbers as {@link #forward} and {@link #taps}. */
    public abstract Tapped forwardWithTaps(Tensor x, List<Integer> layers);

    /** Whether an image's numbers depend on that image alone, and not on chance or its place: it may be passed by itself then. */
    public boolean isPerImage() {
        return false;
    }

    /** How many layers can be tapped. */
    public abstract int layers();

    /** The channels of a layer's activations. */
    public abstract int tapChannels(int layer);

    /** All layers, as an image passes them. */
    public abstract Chain chain();

    /**
     * G of one image, in one strip if that fits.
     *
     * @param image whose rows and columns G can halve
     * @param sink gets images from -1 to 1
     */
    public final void forward(RowSource image, RowSource.Sink sink, Strips strips) {
        Chain all = chain();
        try (PointerScope scope = new PointerScope()) {
            if (strips.isRoomFor(all, image)) {
                RowSource whole = isPerImage() ? RowSource.of(laidOut(image.rows(0, image.rows()))) : image;
                sink.accept(0, all.pass(whole, 0, image.rows() / all.scale()));
            } else {
                inStrips(image, sink, strips);
            }
        }
    }

    /** In a shorter type a processor is a third quicker with channels last; float32 would lose digits (docs/results.md). */
    private static Tensor laidOut(Tensor x) {
        boolean isShort = x.element_size() < Float.BYTES;
        return x.is_cpu() && isShort ? x.contiguous(MemoryFormat.ChannelsLast) : x;
    }

    /** G of an image that is too large to be passed as a whole. */
    protected abstract void inStrips(RowSource image, RowSource.Sink sink, Strips strips);

    /** Sets where noise comes from; a network without noise does not care. */
    public void noise(NoiseSource source) {}
}
