package io.juxta.exchange;

import io.juxta.backbone.Encoder;
import io.juxta.backbone.ResNet;
import io.juxta.image.Normalization;
import io.juxta.moco.MocoEncoder;
import io.juxta.swav.ClusterEncoder;
import io.juxta.torch.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained encoder of any method, read back from a run's {@code encoder.safetensors} or from one of its checkpoints.
 *
 * @param network in evaluation mode
 * @param input that it was trained with
 */
public record TrainedEncoder(ResNet network, Normalization input) {
    /**
     * Reads the weights and the recipe that lies in the same file.
     *
     * @param method that the recipe names
     * @throws IOException when it cannot be read or is no encoder's, in one line that names the file
     */
    public static TrainedEncoder read(Path file, String method) throws IOException {
        Device cpu = new Device("cpu");
        if (method.equals("moco")) {
            MocoEncoder encoder = MocoEncoder.read(file, cpu);
            return new TrainedEncoder(
                    resnet(encoder.network()),
                    encoder.recipe().views().normalization().statistics());
        }
        ClusterEncoder encoder = ClusterEncoder.read(file, cpu);
        return new TrainedEncoder(
                resnet(encoder.network()), encoder.crops().evaluation().normalization());
    }

    /** Its tensors by torchvision's names. */
    public Map<String, Tensor> state() {
        return StateDict.of(network);
    }

    private static ResNet resnet(Encoder encoder) {
        if (encoder instanceof ResNet network) {
            return network;
        }
        throw new IllegalArgumentException("only encoders that are ResNets can be exported");
    }
}
