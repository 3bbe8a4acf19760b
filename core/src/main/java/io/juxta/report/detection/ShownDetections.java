package io.juxta.report.detection;

import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What a run's folder keeps of its boxes.
 *
 * @param labelled a JPEG contact sheet
 * @param judged of the last epoch that was judged
 */
@API(status = API.Status.INTERNAL)
@SuppressWarnings("ArrayRecordComponent")
public record ShownDetections(LabelledSample sample, byte[] labelled, Optional<Judged> judged) {
    /** @param mistakes a JPEG contact sheet */
    public record Judged(DetectionSnapshot snapshot, byte[] mistakes) {}
}
