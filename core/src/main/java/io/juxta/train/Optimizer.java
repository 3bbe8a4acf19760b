package io.juxta.train;

import java.util.Collection;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** What moves parameters against their gradients, for methods that leave the choice to their recipe. */
@API(status = API.Status.INTERNAL)
public interface Optimizer extends AutoCloseable {
    /** Which parameters decay. */
    enum Decayed {
        /** All of them. */
        ALL,
        /** Those with two dimensions or more, so neither biases nor norms. */
        MATRICES
    }

    /** Moves the parameters against their gradients; those without one stay as they are, and so does what is kept of them. */
    void step(double lr);

    /** The same with a weight decay of this step. */
    void step(double lr, double weightDecay);

    /** What the next step depends on besides the parameters, under their names. */
    Map<String, Tensor> state(Collection<String> names);

    @Override
    void close();
}
