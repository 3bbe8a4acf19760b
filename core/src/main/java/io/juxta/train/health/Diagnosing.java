package io.juxta.train.health;

import io.juxta.train.Training;
import io.juxta.train.health.Diagnosis.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;

/** Diagnoses every epoch. Give it to the loop behind those who measure. */
@API(status = API.Status.INTERNAL)
public final class Diagnosing implements Training.Listener {
    private final Diagnosis.Task task;
    private final Told told;
    private final List<Map<String, Double>> epochs;
    private Verdict last;

    /** Told each diagnosis. */
    @FunctionalInterface
    public interface Told {
        /**
         * @param epochs that are finished
         * @param isNews whether a person should hear of it: it differs from the one before, or something is wrong
         */
        void diagnosed(int epochs, Diagnosis diagnosis, boolean isNews) throws IOException;
    }

    /** @param before metrics of the epochs that a resumed run has behind it */
    public Diagnosing(Diagnosis.Task task, List<Map<String, Double>> before, Told told) {
        this.task = task;
        this.told = told;
        epochs = new ArrayList<>(before);
        last = Diagnosis.of(epochs, task).verdict();
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        epochs.add(new LinkedHashMap<>(metrics));
        Diagnosis diagnosis = Diagnosis.of(epochs, task);
        Verdict verdict = diagnosis.verdict();
        boolean isIll = verdict != Verdict.HEALTHY && verdict != Verdict.UNKNOWN;
        boolean isNews = isIll || verdict != last;
        last = verdict;
        told.diagnosed(epoch + 1, diagnosis, isNews);
    }
}
