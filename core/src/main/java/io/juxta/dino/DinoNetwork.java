package io.juxta.dino;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.MultiCrop;
import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * An encoder with the layer that is registered in it.
 *
 * @param encoder images to embeddings, not brought to length 1
 * @param last embeddings to outputs
 */
record DinoNetwork(EncoderNetwork encoder, LastLayer last) {
    private static final double INITIAL_WEIGHT = 0.02;

    /** Registers a layer as the last child of an encoder, the projector of which begins as the authors' does. */
    static DinoNetwork of(EncoderNetwork encoder, LastLayer last) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(encoder).forEach((name, tensor) -> {
                if (name.startsWith("projector.") && tensor.dim() == 2) {
                    tensor.normal_(0, INITIAL_WEIGHT, new GeneratorOptional());
                } else if (name.startsWith("projector.") && name.endsWith(".bias")) {
                    tensor.zero_();
                }
            });
        }
        encoder.register_module("last_layer", last);
        return new DinoNetwork(encoder, last);
    }

    /**
     * Outputs of crops, (V N, K), crop after crop.
     *
     * @param each is told the number of the first crop of those that go through the backbone together
     */
    Tensor outputs(List<Tensor> crops, MixedPrecision precision, IntConsumer each) {
        return last.forward(precision.compute(() -> MultiCrop.forward(encoder, crops, each)));
    }
}
