package io.juxta.train;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A learner of a few numbers: its weights grow by lr in each step, and it counts its steps. */
public class TinyLearner implements EncoderLearner {
    public static final class Line extends EncoderNetwork {
        private final LinearImpl body = register_module("body", Layers.linear(3, 2));

        Line() {
            super("Line");
        }

        @Override
        public Tensor forward(Tensor x) {
            return pooled(x);
        }

        @Override
        public Tensor pooled(Tensor x) {
            return body.forward(x);
        }

        @Override
        public int features() {
            return 2;
        }
    }

    public final Line encoder = new Line();
    private long steps;
    /** The step, counted from 1, whose loss is no number and whose update spoils the weights; 0 for none. */
    public long spoiled;
    /** Whether the loss of that step shows nothing of it. */
    public boolean unseen;

    public TinyLearner() {
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.parameters(encoder).values().forEach(weight -> weight.fill_(new Scalar(0.5)));
        }
    }

    @Override
    public Map<String, Double> step(List<Tensor> views, Step step) {
        steps++;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            double by = steps == spoiled ? Double.NaN : step.lr();
            StateDict.parameters(encoder).values().forEach(weight -> weight.add_(new Scalar(by)));
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("loss", (unseen ? step.lr() : by) / 3 + steps);
            return metrics;
        }
    }

    public long steps() {
        return steps;
    }

    @Override
    public EncoderNetwork encoder() {
        return encoder;
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>(StateDict.of(encoder));
        state.put("steps", torch.scalar_tensor(new Scalar(steps)).to(ScalarType.Long));
        return state;
    }

    @Override
    public void restored(Map<String, Tensor> state) {
        steps = state.get("steps").item_long();
    }

    @Override
    public void close() {
        encoder.close();
    }
}
