package io.juxta.runs.methods;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ResNet;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/** An encoder's weights for a detector's backbone. */
@API(status = API.Status.INTERNAL)
public final class BackboneWeights {
    private BackboneWeights() {}

    /**
     * Copies all of an encoder but its head.
     *
     * @return how many tensors
     * @throws IOException when it cannot be read, or is no network of that kind, in one line with the cure
     */
    public static int load(Path file, ResNet backbone, Device device) throws IOException {
        try (EncoderNetwork encoder = TrainedEncoder.read(file, device).network()) {
            if (!(encoder instanceof ResNet resnet)) {
                throw new IOException(
                        file + ": a detector's backbone is a ResNet, these weights are of another network");
            }
            ResNet.Options its = resnet.options();
            ResNet.Options ours = backbone.options();
            if (its.stem() != Architecture.Stem.IMAGENET) {
                throw new IOException(
                        file + ": its encoder has the stem for small images (stem cifar), and a detector's"
                                + " features are of stride 16: pre-train one with --set stem=imagenet");
            }
            if (!its.architecture().equals(ours.architecture()) || its.width() != ours.width()) {
                throw new IOException(file + ": an encoder " + named(its) + ", the recipe asks for " + named(ours)
                        + ": --set arch=" + its.architecture().name() + " --set width=" + its.width());
            }
            Map<String, Tensor> state = StateDict.of(resnet);
            Map<String, Tensor> own = new LinkedHashMap<>();
            StateDict.of(backbone)
                    .keySet()
                    .forEach(name -> own.put(name, Objects.requireNonNull(state.get(name), name)));
            StateDict.load(backbone, own);
            return own.size();
        }
    }

    private static String named(ResNet.Options options) {
        return options.architecture().name() + " of width " + options.width();
    }
}
