package io.juxta.eval;

import io.juxta.Filler;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.Layers;
import java.io.IOException;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A tiny encoder and images to run it on. */
public final class Drawn {
    private Drawn() {}

    /** One convolution, batch norm, ReLU and mean; a head. */
    public static class TinyEncoder extends EncoderNetwork {
        final Conv2dImpl conv = register_module("conv", Layers.conv2d(3, 6, 3, 1, 1));
        final BatchNorm norm = register_module("norm", new BatchNorm(6, 1));
        final LinearImpl fc = register_module("fc", Layers.linear(6, 4));
        public boolean everTrained;

        public TinyEncoder() {
            super("Tiny");
        }

        @Override
        public Tensor pooled(Tensor x) {
            everTrained |= is_training() || norm.is_training();
            return torch.relu_(norm.forward(conv.forward(x))).mean(2, 3);
        }

        @Override
        public Tensor forward(Tensor x) {
            return fc.forward(pooled(x));
        }

        @Override
        public int features() {
            return 6;
        }
    }

    /** Images of one colour a class, with some noise of their own in every pass; the label is the number mod classes. */
    public record Colours(int size, int classes, int batchSize, long tag) implements LabelledImages {
        @Override
        public void read(int pass, Consumer consumer) throws IOException {
            for (int from = 0; from < size; from += batchSize) {
                int[] labels = IntStream.range(from, Math.min(size, from + batchSize))
                        .map(i -> i % classes)
                        .toArray();
                try (PointerScope scope = new PointerScope()) {
                    Tensor noise =
                            Filler.tensor(tag + 1000L * pass + from, 0.1, ScalarType.Float, labels.length, 3, 6, 6);
                    for (int n = 0; n < labels.length; n++) {
                        noise.select(0, n).select(0, labels[n]).add_(new Scalar(1));
                    }
                    consumer.accept(noise, labels);
                }
            }
        }
    }
}
