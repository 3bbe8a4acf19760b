package io.juxta.train;

import java.util.Collection;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** What moves parameters against their gradients, for methods that leave the choice to their recipe. */
@API(status = API.Status.INTERNAL)
public interface Optimizer extends AutoCloseable {
    /** Moves the parameters against their gradients. */
    void step(double lr);

    /** What the next step depends on besides the parameters, under their names. */
    Map<String, Tensor> state(Collection<String> names);

    @Override
    void close();
}
