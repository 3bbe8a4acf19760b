package io.juxta.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Single numbers that lie on a device. */
@API(status = API.Status.INTERNAL)
public final class Scalars {
    private Scalars() {}

    /**
     * Brings scalars from their device in one copy: each would wait for all that was asked before it.
     *
     * @param scalars by name, at least one, all on one device
     * @return the same names in the same order
     */
    public static Map<String, Double> read(Map<String, Tensor> scalars) {
        TensorVector all = new TensorVector();
        scalars.values().forEach(scalar -> all.push_back(scalar.detach().to(ScalarType.Double)));
        double[] values = new double[scalars.size()];
        torch.stack(all).cpu().data_ptr_double().get(values);
        Map<String, Double> read = new LinkedHashMap<>();
        for (String name : scalars.keySet()) {
            read.put(name, values[read.size()]);
        }
        return read;
    }
}
