package io.juxta.runs;

import io.juxta.eval.Accuracy;
import io.juxta.eval.neighbours.Baselines;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * How well held-out images are named by an encoder.
 *
 * @param accuracy in the end
 * @param best of the epochs, where there are any
 * @param baselines what it is to be compared with; empty in a process that only computes its part, and where no images
 *     are learned from
 * @param text all of it but the baselines for people, in a line
 */
@API(status = API.Status.EXPERIMENTAL)
public record Judgement(Accuracy accuracy, Accuracy best, Optional<Baselines> baselines, String text) {}
