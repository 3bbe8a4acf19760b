package io.juxta.distill;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a teacher made of every image before training began. */
final class RememberedTeacher implements Teacher {
    private final Tensor table;

    /** @param table (images, dim) */
    RememberedTeacher(Tensor table) {
        this.table = table;
    }

    @Override
    public Tensor embeddings(Tensor view, List<Integer> images) {
        long[] rows = images.stream().mapToLong(Integer::longValue).toArray();
        return table.index_select(0, Tensor.create(rows).to(table.device(), ScalarType.Long));
    }

    @Override
    public Optional<Tensor> memory() {
        return Optional.of(table);
    }

    @Override
    public void close() {
        table.close();
    }
}
