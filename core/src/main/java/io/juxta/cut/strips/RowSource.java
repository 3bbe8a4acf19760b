package io.juxta.cut.strips;

import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** A picture or its activations, some rows at a time. */
@API(status = API.Status.INTERNAL)
public interface RowSource {
    /** All of them. */
    long rows();

    long columns();

    /**
     * Some of them.
     *
     * @param to excluded
     * @return (1, C, to - from, W), which the caller must not change
     */
    Tensor rows(long from, long to);

    /** What takes them. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param from number of the first row
         * @param rows (1, C, h, W); the sink may change them
         */
        void accept(long from, Tensor rows);
    }

    /** @param all (1, C, H, W) */
    static RowSource of(Tensor all) {
        return new RowSource() {
            @Override
            public long rows() {
                return all.size(2);
            }

            @Override
            public long columns() {
                return all.size(3);
            }

            @Override
            public Tensor rows(long from, long to) {
                return all.narrow(2, from, to - from);
            }
        };
    }
}
