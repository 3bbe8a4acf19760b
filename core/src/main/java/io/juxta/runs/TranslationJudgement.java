package io.juxta.runs;

import io.juxta.eval.translation.DomainDistance;
import io.juxta.eval.translation.PairQualities;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * How near translated images are to what they should look like.
 *
 * @param generated distance of the translations from the target domain
 * @param source distance of what was translated, where that was asked for
 * @param pairs likeness to the true pictures, where there are any
 */
@API(status = API.Status.EXPERIMENTAL)
public record TranslationJudgement(
        DomainDistance.Measured generated, Optional<DomainDistance.Measured> source, Optional<PairQualities> pairs) {}
