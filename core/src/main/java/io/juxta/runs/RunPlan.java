package io.juxta.runs;

import java.util.Locale;
import org.apiguardian.api.API;

/**
 * What a run would be.
 *
 * @param recipe with every key, as the run's folder would have it
 * @param images in the data
 * @param stepsPerEpoch of it
 * @param steps in all
 * @param parameters of the networks, in words
 * @param memory that it would take, in words; empty where that is not known
 * @param time that it would take here, in words; empty where that is not known
 */
@API(status = API.Status.EXPERIMENTAL)
public record RunPlan(
        String recipe, long images, long stepsPerEpoch, long steps, String parameters, String memory, String time) {
    /** One of which it is not known how long it takes. */
    public RunPlan(String recipe, long images, long stepsPerEpoch, long steps, String parameters, String memory) {
        this(recipe, images, stepsPerEpoch, steps, parameters, memory, "");
    }

    /** All of it for people: the recipe, an empty line, and a line for each figure. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s%nimages             %,d%nsteps              %,d an epoch, %,d in all%nparameters         %s%n%s%s",
                recipe,
                images,
                stepsPerEpoch,
                steps,
                parameters,
                line("memory", memory),
                line("time", time));
    }

    private static String line(String name, String value) {
        return value.isEmpty() ? "" : String.format(Locale.ROOT, "%-19s%s%n", name, value);
    }
}
