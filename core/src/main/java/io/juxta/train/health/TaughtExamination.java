package io.juxta.train.health;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Of a run that embeds images as a teacher does. */
final class TaughtExamination extends EmbeddingExamination {
    TaughtExamination(List<Map<String, Double>> epochs, Diagnosis.Taught task) {
        super(epochs, task);
    }

    /** Nothing: a student that does all as its teacher does is what is wanted. */
    @Override
    Optional<Diagnosis> particular() {
        return Optional.empty();
    }

    @Override
    String particulars() {
        return "cosine of student and teacher " + number(now("target_cosine"));
    }

    @Override
    String cureOfCollapse() {
        return "it does not recover: start anew with a lower lr or with warmup-epochs; where the teacher's own embeddings are"
                + " all alike (juxta evaluate knn TEACHER), take teacher-layer backbone or another teacher";
    }

    @Override
    String cureOfCollapsing() {
        return "lower lr or set warmup-epochs; if the teacher's embeddings lie that close together, take teacher-layer"
                + " backbone";
    }

    @Override
    String cureOfStalling() {
        return "start anew with more steps (a smaller batch-size, more epochs) or with lr three times as high; a wider student"
                + " follows more closely";
    }

    @Override
    String cureOfStandstill() {
        return "if it stays so, try lr three times as high, and three times as low";
    }
}
