package io.juxta.distill;

import io.juxta.backbone.ProjectionHead;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.util.Optional;
import org.apiguardian.api.API;

/** What brings the student's feature to the teacher's embedding. */
@API(status = API.Status.INTERNAL)
public record StudentHead(
        @Means(
                value = "from the student's feature to the teacher's embedding: mlp with a hidden layer as wide as the"
                        + " feature, linear without",
                source = "Fang et al. 2021")
        @Default("mlp")
        ProjectionHead.Kind head,

        @Means("width of the embedding, which is the teacher's; null until its weights have been read")
        @Range(least = 1, most = 65536)
        Optional<Integer> dim) {
    public StudentHead {
        dim.ifPresent(values -> {
            if (values < 1 || values > 65536) {
                throw new IllegalArgumentException("dim " + values + " must be from 1 to 65536: it is the teacher's");
            }
        });
    }

    /**
     * The width of the embedding.
     *
     * @throws IllegalArgumentException when no teacher has been read yet, in one line
     */
    public int embedding() {
        return dim.orElseThrow(
                () -> new IllegalArgumentException(
                        "dim null: the embedding is as wide as the teacher's, and there is no teacher yet: say --teacher WEIGHTS"));
    }

    /**
     * The layers, with weights from libtorch's generator.
     *
     * @param in width of the student's feature
     */
    ProjectionHead on(int in) {
        return ProjectionHead.of(head, in, embedding());
    }

    StudentHead withDim(int values) {
        return new StudentHead(head, Optional.of(values));
    }
}
