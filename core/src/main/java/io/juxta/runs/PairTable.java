package io.juxta.runs;

import io.juxta.eval.translation.PairQualities;
import io.juxta.eval.translation.PairQuality;
import io.juxta.search.Csv;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** How near each translated image is to its true picture, as a CSV file. */
final class PairTable {
    private PairTable() {}

    /** Writes a row for each pair: image, l1, psnr (inf where both are the same), ssim. */
    static void write(Path file, PairQualities qualities) throws IOException {
        StringBuilder csv = new StringBuilder("image,l1,psnr,ssim\n");
        for (PairQualities.Row row : qualities.rows()) {
            PairQuality quality = row.quality();
            csv.append(Csv.quoted(row.name()))
                    .append(String.format(
                            Locale.ROOT,
                            ",%.6f,%s,%.6f\n",
                            quality.l1(),
                            Double.isInfinite(quality.psnr())
                                    ? "inf"
                                    : String.format(Locale.ROOT, "%.4f", quality.psnr()),
                            quality.ssim()));
        }
        Replacing.write(file, csv.toString().getBytes(StandardCharsets.UTF_8));
    }
}
