package io.juxta.runs.compared;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;

/**
 * How contenders did on the same images.
 *
 * @param contenders baselines first, then the encoders in their order
 * @param images how many were learned from
 * @param heldOut how many were asked
 */
@API(status = API.Status.EXPERIMENTAL)
public record Comparison(List<Contender> contenders, int images, int heldOut) {
    private static final int NAME = 19;
    private static final int COLUMN = 10;

    public Comparison {
        contenders = List.copyOf(contenders);
    }

    /** What was asked, in its order. */
    public List<String> tasks() {
        Set<String> tasks = new LinkedHashSet<>();
        contenders.forEach(of -> tasks.addAll(of.scores().keySet()));
        return List.copyOf(tasks);
    }

    /** A table for people, of at most 80 columns. */
    public List<String> lines() {
        StringBuilder head = new StringBuilder(padded("top-1 in %"));
        tasks().forEach(task -> head.append(String.format("%" + COLUMN + "s", task)));
        List<String> lines = new ArrayList<>(List.of(head.toString()));
        for (Contender of : contenders) {
            StringBuilder line = new StringBuilder(padded(of.name()));
            for (String task : tasks()) {
                Score score = of.scores().get(task);
                line.append(String.format("%" + COLUMN + "s", score == null ? "" : cell(score)));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** Nine characters at most, so that columns stay apart. */
    private static String cell(Score score) {
        return String.format(Locale.ROOT, score.mean() > 99.95 ? "%.0f" : "%.1f", score.mean())
                + String.format(Locale.ROOT, score.half() > 9.95 ? " ±%.0f" : " ±%.1f", score.half());
    }

    /** The end of a long name tells more than its beginning. */
    private static String padded(String name) {
        String printable = name.replaceAll("[\\p{Cc}\\p{Cf}]", "?");
        String fits = printable.length() <= NAME ? printable : "…" + printable.substring(printable.length() - NAME + 1);
        return String.format("%-" + NAME + "s", fits);
    }

    /** Which is better, and whether the data suffices to say so: one sentence. */
    public String verdict() {
        List<Contender> order = contenders.stream()
                .sorted(Comparator.comparingDouble(
                        (Contender of) -> -of.linear().mean()))
                .toList();
        Contender best = order.get(0);
        Contender next = order.get(1);
        Lead lead = Lead.of(best.right(), next.right());
        String sentence = lead.isSure()
                ? String.format(
                        Locale.ROOT,
                        "%s is better than %s: %.1f %% against %.1f %% by the linear classifier, a lead of %s on %,d images",
                        best.name(),
                        next.name(),
                        best.linear().mean(),
                        next.linear().mean(),
                        lead,
                        heldOut)
                : String.format(
                        Locale.ROOT,
                        "%,d held-out images do not suffice to say which is better, %s (%.1f %% by the linear classifier) or %s"
                                + " (%.1f %%): the lead is %s",
                        heldOut,
                        best.name(),
                        best.linear().mean(),
                        next.name(),
                        next.linear().mean(),
                        lead);
        return sentence + pays(best, next) + ".";
    }

    /** Whether the training was worth it, where that is not said yet. */
    private String pays(Contender best, Contender next) {
        Optional<Contender> base = contenders.stream()
                .filter(of -> of.kind() != Contender.Kind.ENCODER)
                .max(Comparator.comparingDouble(of -> of.linear().mean()));
        if (base.isEmpty() || best.kind() != Contender.Kind.ENCODER || next.kind() != Contender.Kind.ENCODER) {
            return best.kind() == Contender.Kind.ENCODER ? "" : "; no encoder beats it";
        }
        Lead lead = Lead.of(best.right(), base.get().right());
        return lead.isSure()
                ? "; it leads " + base.get().name() + " by " + lead
                : "; nor is it sure that it beats " + base.get().name() + ", by " + lead;
    }
}
