package io.juxta.runs;

import io.juxta.eval.clusters.ClusterAgreement;
import io.juxta.eval.clusters.ClusterUsage;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * How images spread over an encoder's prototypes.
 *
 * @param usage of the prototypes
 * @param agreement with the classes; empty where no image has one
 * @param head whose prototypes
 * @param unread images that could not be read, and are left out
 * @param classes that there are
 * @param table the CSV file with a row for each image
 */
@API(status = API.Status.EXPERIMENTAL)
public record ClusterJudgement(
        ClusterUsage usage, Optional<ClusterAgreement> agreement, int head, int unread, int classes, Path table) {
    /** One line, and one more where there are classes. */
    @Override
    public String toString() {
        String counted = String.format(
                Locale.ROOT,
                "%,d images%s, head %d: %,d of %,d prototypes used, entropy %.1f %% of ln K, the largest (%d) has %,d"
                        + " images, %.1f %%",
                usage.images(),
                unread == 0 ? "" : String.format(Locale.ROOT, " (%,d unreadable, left out)", unread),
                head,
                usage.used(),
                usage.clusters(),
                100 * usage.evenness(),
                usage.largest(),
                usage.most(),
                100.0 * usage.most() / usage.images());
        return counted + agreement.map(this::said).orElse("");
    }

    private String said(ClusterAgreement of) {
        int without = usage.images() - of.images();
        return String.format(
                Locale.ROOT,
                "%nNMI %.4f, ARI %.4f with the %d classes of %,d images%s",
                of.nmi(),
                of.ari(),
                classes,
                of.images(),
                without == 0 ? "" : String.format(Locale.ROOT, " (%,d without a class left out)", without));
    }
}
