package io.juxta.cut.recipe;

import io.juxta.train.Schedule;
import io.juxta.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;

/**
 * A learning rate that falls to a fifth when the generator's mean loss has not become lower, by 1 % at least, for more
 * than five epochs. Give it to the loop among the listeners too. (The original's policy of this name watches a constant, and
 * so falls every six epochs.)
 */
@API(status = API.Status.INTERNAL)
public final class PlateauRate implements Schedule, Training.Listener {
    private static final double FACTOR = 0.2;
    private static final double THRESHOLD = 0.01;
    private static final int PATIENCE = 5;

    private final double lr;
    private final List<Double> losses = new ArrayList<>();

    /**
     * @param lr the base rate
     * @param before metrics of the epochs that a resumed run has behind it; rows without a loss do not count
     */
    public PlateauRate(double lr, List<Map<String, Double>> before) {
        this.lr = lr;
        before.forEach(this::add);
    }

    private void add(Map<String, Double> metrics) {
        Double loss = metrics.get("loss");
        if (loss != null) {
            losses.add(loss);
        }
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) {
        add(metrics);
    }

    @Override
    public double at(int epoch, int batch, int batches, int epochs) {
        double rate = lr;
        double best = Double.POSITIVE_INFINITY;
        int bad = 0;
        for (double loss : losses.subList(0, Math.min(epoch, losses.size()))) {
            if (loss < best * (1 - THRESHOLD)) {
                best = loss;
                bad = 0;
            } else if (++bad > PATIENCE) {
                rate *= FACTOR;
                bad = 0;
            }
        }
        return rate;
    }
}
