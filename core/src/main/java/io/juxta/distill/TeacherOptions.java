package io.juxta.distill;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import org.apiguardian.api.API;

/** Whom the student learns from. */
@API(status = API.Status.INTERNAL)
public record TeacherOptions(
        @Means(
                "the teacher's weights: a run, or what juxta import knows; --teacher says it for one run. A run that goes on"
                        + " may find the same file elsewhere")
        @MayChange
        @Default("none")
        String teacher,

        @Means("the SHA-256 of that file, by which a run that goes on knows it; the run itself fills it in")
        @Default("none")
        String teacherSha256,

        @Means(
                value =
                        "what the teacher sees: each, the very view that the student sees, as in the papers; once, every"
                                + " image unaugmented and in the teacher's own size before training begins, which is kept in memory and"
                                + " in checkpoints (images times dim values)",
                source = "Fang et al. 2021")
        @Default("each")
        Views teacherViews,

        @Means("what is taken for the teacher's embedding: head, what its loss saw, or backbone, the pooled feature"
                + " below; without a head both are the same")
        @Default("head")
        Layer teacherLayer) {
    /** When the teacher looks. */
    public enum Views {
        EACH,
        ONCE
    }

    /** Which output of the teacher is its embedding. */
    public enum Layer {
        HEAD,
        BACKBONE
    }

    private static final String NONE = "none";

    /** Whether nobody has been named. */
    public boolean isNone() {
        return teacher.equals(NONE);
    }

    /** Whether the weights have been read, and are known again by their checksum. */
    public boolean isKnown() {
        return !isNone() && !teacherSha256.equals(NONE);
    }

    TeacherOptions with(String file, String sha256) {
        return new TeacherOptions(file, sha256, teacherViews, teacherLayer);
    }
}
