package io.juxta.eval.translation;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.apiguardian.api.API;

/**
 * How near pictures are to the ones they should be.
 *
 * @param rows one for each pair, at least one
 * @param unreadable what was wrong with the pictures that could not be read
 */
@API(status = API.Status.EXPERIMENTAL)
public record PairQualities(List<Row> rows, List<String> unreadable) {
    /** @param name of the generated picture */
    public record Row(String name, PairQuality quality) {}

    /** Mean of all pairs. */
    public double l1() {
        return mean(PairQuality::l1);
    }

    /** Mean in dB of the pairs that are not the same picture; infinite where all are. */
    public double psnr() {
        return rows.stream()
                .mapToDouble(row -> row.quality().psnr())
                .filter(Double::isFinite)
                .average()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** Mean of all pairs. */
    public double ssim() {
        return mean(PairQuality::ssim);
    }

    /** Pairs of the same picture, whose PSNR is infinite. */
    public long same() {
        return rows.stream()
                .filter(row -> Double.isInfinite(row.quality().psnr()))
                .count();
    }

    private double mean(ToDoubleFunction<PairQuality> figure) {
        return rows.stream()
                .mapToDouble(row -> figure.applyAsDouble(row.quality()))
                .average()
                .orElseThrow();
    }

    @Override
    public String toString() {
        long same = same();
        return String.format(
                Locale.ROOT,
                "L1 %.4f, PSNR %s, SSIM %.4f, the mean of %,d pairs%s%s",
                l1(),
                same == rows.size() ? "infinite" : String.format(Locale.ROOT, "%.2f dB", psnr()),
                ssim(),
                rows.size(),
                same == 0 ? "" : String.format(Locale.ROOT, " (%,d the same picture, not in PSNR)", same),
                unreadable.isEmpty()
                        ? ""
                        : String.format(Locale.ROOT, " (%,d unreadable, left out)", unreadable.size()));
    }
}
