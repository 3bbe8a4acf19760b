package io.juxta.siamese;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.Perceptron;
import io.juxta.torch.StateDict;
import io.juxta.train.FineTuning;
import io.juxta.train.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Tensor;

/** Moves the parameters of encoder and predictor, which may have a rate of its own. */
final class Updates implements AutoCloseable {
    private final List<Part> parts = new ArrayList<>();
    private final OptionalDouble predictorLr;

    /**
     * How.
     *
     * @param tuning what of the encoder is trained, and how fast
     * @param predictorLr the predictor's rate in every step; empty where it has the encoder's (Chen and He 2021, section 4.2)
     */
    record Options(UpdateOptions rule, FineTuning tuning, OptionalDouble predictorLr) {
        Options(UpdateOptions rule) {
            this(rule, FineTuning.NONE, OptionalDouble.empty());
        }
    }

    private record Part(Map<String, Tensor> parameters, Optimizer optimizer) {
        Part(Map<String, Tensor> parameters, List<Double> factors, UpdateOptions rule) {
            this(parameters, rule.of(List.copyOf(parameters.values()), factors));
        }
    }

    Updates(EncoderNetwork encoder, Optional<Perceptron> predictor, Options options) {
        predictorLr = options.predictorLr;
        Map<String, Tensor> trained = options.tuning.begin(encoder);
        parts.add(new Part(trained, options.tuning.factors(encoder, trained.keySet()), options.rule));
        predictor.ifPresent(network -> {
            Map<String, Tensor> all = StateDict.parameters(network);
            parts.add(new Part(all, Collections.nCopies(all.size(), 1.0), options.rule));
        });
    }

    /** The encoder's, then the predictor's. */
    List<Tensor> parameters() {
        return parts.stream().flatMap(part -> part.parameters.values().stream()).toList();
    }

    void step(double lr) {
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).optimizer.step(i == 0 ? lr : predictorLr.orElse(lr));
        }
    }

    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String prefix = i == 0 ? "optimizer.encoder." : "optimizer.predictor.";
            part.optimizer.state(part.parameters.keySet()).forEach((name, tensor) -> state.put(prefix + name, tensor));
        }
        return state;
    }

    @Override
    public void close() {
        parts.forEach(part -> part.optimizer.close());
    }
}
