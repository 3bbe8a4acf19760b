package io.juxta.distill;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.image.Normalization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/** What tells the student how images are to be embedded. It does not learn. */
@API(status = API.Status.INTERNAL)
public sealed interface Teacher extends AutoCloseable permits SeeingTeacher, RememberedTeacher {
    /**
     * One that sees every view.
     *
     * @param network stays in evaluation mode, and gets no gradient; closed with this
     * @param own how its pictures were normalised
     * @param given how the views are
     */
    static Teacher seeing(EncoderNetwork network, TeacherOptions.Layer layer, Normalization own, Normalization given) {
        return new SeeingTeacher(network, layer, own, given);
    }

    /**
     * One that has seen every image once; nothing yet, until it is told what it saw.
     *
     * @param table (images, dim), a row for each image of the data set; kept and written to
     */
    static Teacher remembering(Tensor table) {
        return new RememberedTeacher(table);
    }

    /**
     * Embeddings of a batch, of any length.
     *
     * @param view (N, 3, H, W), as the student sees it
     * @param images places in the data set of the batch's images
     * @return (N, dim), in the caller's scope; no gradient is needed of it
     */
    Tensor embeddings(Tensor view, List<Integer> images);

    /** What is remembered, (images, dim); empty where nothing is. */
    Optional<Tensor> memory();

    /** What of it belongs to the state of a run: weights do not, they are in a file of their own. */
    default Map<String, Tensor> state() {
        return memory().map(table -> Map.of("teacher_embeddings", table)).orElse(Map.of());
    }

    @Override
    void close();
}
