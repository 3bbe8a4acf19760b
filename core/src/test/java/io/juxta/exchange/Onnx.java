package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.juxta.torch.StateDict;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** An ONNX file as onnxruntime computes it. */
final class Onnx implements AutoCloseable {
    private final OrtSession.SessionOptions options;
    private final OrtSession session;

    Onnx(Path file) throws OrtException {
        options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
    }

    Tensor run(Tensor image, String output) throws OrtException {
        float[] values = new float[(int) image.numel()];
        image.contiguous().data_ptr_float().get(values);
        try (OnnxTensor x = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), sizes(image));
                OrtSession.Result result = session.run(Map.of("image", x))) {
            OnnxTensor y = (OnnxTensor) result.get(output).orElseThrow();
            float[] got = new float[y.getFloatBuffer().remaining()];
            y.getFloatBuffer().get(got);
            return Tensor.create(got, y.getInfo().getShape());
        }
    }

    /** An output of int64. */
    long[] whole(Tensor image, String output) throws OrtException {
        float[] values = new float[(int) image.numel()];
        image.contiguous().data_ptr_float().get(values);
        try (OnnxTensor x = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), sizes(image));
                OrtSession.Result result = session.run(Map.of("image", x))) {
            return (long[]) result.get(output).orElseThrow().getValue();
        }
    }

    Map<String, String> metadata() throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    String producer() throws OrtException {
        return session.getMetadata().getProducerName();
    }

    private static long[] sizes(Tensor x) {
        long[] sizes = new long[(int) x.dim()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = x.size(i);
        }
        return sizes;
    }

    /** Gives batch norms statistics and weights of a network that has been trained. */
    static void train(Module network) {
        try (NoGradGuard guard = new NoGradGuard()) {
            StateDict.of(network).forEach((name, tensor) -> {
                if (name.endsWith("running_mean")) {
                    tensor.normal_(0.1, 0.3, new GeneratorOptional());
                    given(network, name, "running_var").orElseThrow().uniform_(0.5, 2, new GeneratorOptional());
                    // a norm may have one of them, or neither
                    given(network, name, "weight")
                            .ifPresent(weight -> weight.uniform_(0.5, 1, new GeneratorOptional()));
                    given(network, name, "bias").ifPresent(bias -> bias.normal_(0, 0.2, new GeneratorOptional()));
                }
            });
        }
        network.eval();
    }

    private static Optional<Tensor> given(Module network, String name, String other) {
        return Optional.ofNullable(StateDict.of(network).get(name.replace("running_mean", other)));
    }

    static void assertSame(Tensor got, Tensor wanted) {
        assertThat(StateDict.shape(got)).isEqualTo(StateDict.shape(wanted));
        double scale = wanted.abs().max().item_double();
        assertThat(scale).isGreaterThan(1e-3);
        assertThat(got.sub(wanted).abs().max().item_double() / scale).isLessThan(1e-4);
    }

    @Override
    public void close() throws OrtException {
        session.close();
        options.close();
    }
}
