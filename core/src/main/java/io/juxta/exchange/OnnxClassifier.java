package io.juxta.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.torch.BatchNorm;
import io.juxta.weights.onnx.OnnxAttribute;
import io.juxta.weights.onnx.OnnxGraph;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A classifier at the end of an ONNX file: one matrix with batch norm and temperature in it, and a softmax.
 *
 * @param weight (C, D), double
 * @param bias (C), double
 * @param classes names, in the order of the output {@code probabilities} (batch, C)
 */
record OnnxClassifier(Tensor weight, Tensor bias, List<String> classes) {
    /** @throws IOException when it sees more than the pooled feature */
    static OnnxClassifier of(TrainedClassifier trained) throws IOException {
        if (!trained.layer().isOnPooled(trained.encoder().network())) {
            throw new IOException("this classifier sees four averages of the map of features, which onnx is not written"
                    + " with: train one without probe-global-pooling=false");
        }
        Map<String, Tensor> state = trained.layer().state();
        Tensor weight = number(state, "fc.weight");
        Tensor bias = number(state, "fc.bias");
        if (state.containsKey("bn.weight")) {
            Tensor scale = number(state, "bn.weight")
                    .div(number(state, "bn.running_var")
                            .add(new Scalar(BatchNorm.EPSILON))
                            .sqrt());
            Tensor shift = number(state, "bn.bias")
                    .sub(number(state, "bn.running_mean").mul(scale));
            bias = bias.add(weight.mv(shift));
            weight = weight.mul(scale);
        }
        Scalar temperature = new Scalar(trained.temperature());
        return new OnnxClassifier(weight.div(temperature), bias.div(temperature), trained.classes());
    }

    private static Tensor number(Map<String, Tensor> state, String name) {
        return Objects.requireNonNull(state.get(name), name).cpu().to(ScalarType.Double);
    }

    /** Adds it behind the pooled feature, and its output. */
    void into(OnnxGraph graph, String pooled) {
        String scores = graph.node(
                "classifier",
                "Gemm",
                List.of(
                        pooled,
                        graph.tensor("classifier.weight", weight.to(ScalarType.Float)),
                        graph.tensor("classifier.bias", bias.to(ScalarType.Float))),
                OnnxAttribute.of("transB", 1));
        graph.node("probabilities", "Softmax", List.of(scores), OnnxAttribute.of("axis", 1));
        graph.output("probabilities", List.of("batch", Integer.toString(classes.size())));
    }

    /** Says in a file's metadata what its numbers stand for; nothing of a file without classifier. */
    static void say(@Nullable OnnxClassifier classifier, Map<String, String> metadata) {
        if (classifier == null) {
            return;
        }
        try {
            metadata.put("classes", new ObjectMapper().writeValueAsString(classifier.classes));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names can always be written", e);
        }
    }
}
