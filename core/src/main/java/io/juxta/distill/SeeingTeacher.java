package io.juxta.distill;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A teacher that sees the view that the student sees, normalised as its own pictures were. */
final class SeeingTeacher implements Teacher {
    private final EncoderNetwork network;
    private final TeacherOptions.Layer layer;
    private final Optional<Change> change;

    /** From the student's values to the teacher's, {@code x scale + shift}, each (1, 3, 1, 1). */
    private record Change(Tensor scale, Tensor shift) {
        static Optional<Change> of(Normalization given, Normalization own, EncoderNetwork network) {
            if (given.equals(own)) {
                return Optional.empty();
            }
            float[] scale = new float[3];
            float[] shift = new float[3];
            for (int channel = 0; channel < 3; channel++) {
                double deviation = own.std().get(channel);
                scale[channel] = (float) (given.std().get(channel) / deviation);
                shift[channel] = (float)
                        (((double) given.mean().get(channel) - own.mean().get(channel)) / deviation);
            }
            return Optional.of(new Change(placed(scale, network), placed(shift, network)));
        }

        private static Tensor placed(float[] values, EncoderNetwork network) {
            Tensor like = StateDict.parameters(network).values().iterator().next();
            return Tensor.create(values, 1, 3, 1, 1).to(like.device(), ScalarType.Float);
        }

        Tensor apply(Tensor x) {
            return x.mul(scale).add(shift);
        }

        void close() {
            scale.close();
            shift.close();
        }
    }

    SeeingTeacher(EncoderNetwork network, TeacherOptions.Layer layer, Normalization own, Normalization given) {
        this.network = network;
        this.layer = layer;
        change = Change.of(given, own, network);
        network.eval();
        StateDict.parameters(network).values().forEach(parameter -> parameter.set_requires_grad(false));
    }

    @Override
    public Tensor embeddings(Tensor view, List<Integer> images) {
        Tensor x = change.map(changing -> changing.apply(view)).orElse(view);
        return layer == TeacherOptions.Layer.HEAD ? network.forward(x) : network.pooled(x);
    }

    @Override
    public Optional<Tensor> memory() {
        return Optional.empty();
    }

    @Override
    public void close() {
        change.ifPresent(Change::close);
        network.close();
    }
}
