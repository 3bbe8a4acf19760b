package io.juxta.runs;

import io.juxta.image.ImageFormat;
import io.juxta.runs.pictures.KeptSideData;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what became of pictures that were prepared. */
final class PreparedTally {
    private final Map<PreparedFile.Fate, Integer> fates = new EnumMap<>(PreparedFile.Fate.class);
    private final Map<String, Integer> became = new TreeMap<>();
    private final List<String> failed = new ArrayList<>();
    private final KeptSideData kept = new KeptSideData();
    private long before;
    private long after;

    void add(PreparedFile.Outcome outcome) {
        if (outcome instanceof PreparedFile.Failed left) {
            failed.add(left.why());
        } else if (outcome instanceof PreparedFile.Done done) {
            fates.merge(done.fate(), 1, Integer::sum);
            before += done.before();
            after += done.after();
            done.side().ifPresent(this::add);
        }
    }

    private void add(PreparedFile.SideFates side) {
        kept.add(side.original(), side.written());
        ImageFormat own = side.own();
        if (own != side.written()) {
            became.merge(own + " became " + side.written(), 1, Integer::sum);
        }
    }

    PreparedImages.Result result(int images) {
        return new PreparedImages.Result(
                images,
                fates.getOrDefault(PreparedFile.Fate.SHRUNK, 0),
                fates.getOrDefault(PreparedFile.Fate.COPIED, 0),
                fates.getOrDefault(PreparedFile.Fate.LEFT, 0),
                before,
                after,
                failed.stream().sorted().toList());
    }

    /** A line for each thing that happened to some. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        became.forEach((what, count) -> lines.add("of " + count + (count == 1 ? " image: " : " images: ") + what));
        lines.addAll(kept.lines());
        return lines;
    }
}
