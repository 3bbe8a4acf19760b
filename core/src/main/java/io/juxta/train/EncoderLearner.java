package io.juxta.train;

import io.juxta.backbone.EncoderNetwork;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;

/** A method whose result is an encoder. */
@API(status = API.Status.INTERNAL)
public interface EncoderLearner extends Learner {
    /** The encoder that evaluations judge and that the run delivers. */
    EncoderNetwork encoder();

    @Override
    default Module network() {
        return encoder();
    }

    @Override
    default String product() {
        return "encoder";
    }
}
