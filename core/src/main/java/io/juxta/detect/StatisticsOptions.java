package io.juxta.detect;

import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import org.apiguardian.api.API;

/** Whether batch norms' statistics are taken anew before a detector is judged. */
@API(status = API.Status.INTERNAL)
public record StatisticsOptions(
        @Means(
                value =
                        "batches whose statistics replace the running ones at the end of each epoch that is judged, and of"
                                + " the run; 0 for none",
                source = "Wu and Johnson 2021, section 3")
        @Range(least = 0, most = 100000)
        @MayChange
        @Default("200")
        int preciseBn) {
    public StatisticsOptions {
        if (preciseBn < 0 || preciseBn > 100_000) {
            throw new IllegalArgumentException("precise-bn " + preciseBn + " must be from 0 (never) to 100000");
        }
    }
}
