package io.juxta.runs;

import io.juxta.train.Pace;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/** What a status line says, in as many columns as there are: first the bar goes, then what matters least, then words. */
@API(status = API.Status.EXPERIMENTAL)
public final class StatusText {
    private static final int SHORTEST_BAR = 10;
    private static final int LONGEST_BAR = 30;
    /** Longer names leave no room. */
    private static final int LONGEST_NAME = 30;

    private StatusText() {}

    /**
     * Where a run that trains stands.
     *
     * @param run what the run is called
     * @param details what else the method tells, such as its accuracy
     */
    public static String of(Pace.Now now, String run, String details, double lr, int columns) {
        String name = run.length() <= LONGEST_NAME && run.matches("[ -~]+") ? run + ", " : "";
        String epoch = now.epoch() + "/" + now.epochs();
        String step = now.step() + "/" + now.steps();
        String loss = String.format(Locale.ROOT, "loss %.3f", now.loss());
        String rate = rate(now.imagesPerSecond());
        String waiting = String.format(Locale.ROOT, "%.0f %%", 100 * now.waitingShare());
        String left = duration(now.epochSecondsLeft());
        String leftOfRun = duration(now.runSecondsLeft());
        String times = ", left: epoch " + left + ", run " + leftOfRun;
        String speed = rate + " images/s, waiting " + waiting;
        String start = "epoch " + epoch + ", step " + step + ", " + loss;
        String brief = "epoch " + epoch + " step " + step + " " + loss + " " + rate + "/s wait " + waiting;
        double share = (double) now.step() / now.steps();
        return fit(
                columns,
                share,
                List.of(
                        name + start + ", " + details + String.format(Locale.ROOT, ", lr %.4g, ", lr) + speed + times,
                        name + start + ", " + details + ", " + speed + times,
                        name + start + ", " + speed + times,
                        start + ", " + speed + times,
                        brief + ", left " + left + ", run " + leftOfRun,
                        brief + " " + left + "/" + leftOfRun,
                        epoch + " " + step + " " + loss + " " + rate + "/s " + left + "/" + leftOfRun,
                        epoch + " " + step + " " + loss + " " + leftOfRun,
                        epoch + " " + step + " " + leftOfRun,
                        epoch + " " + leftOfRun,
                        epoch));
    }

    /**
     * How far work is that is counted.
     *
     * @param unit what is counted, in the plural
     * @param message what else is worth a look; may be empty
     * @param seconds that it has taken so far
     */
    public static String of(
            String task, String unit, long done, long total, String message, double seconds, int columns) {
        double rate = done / Math.max(1e-9, seconds);
        String left = done == 0 ? "?" : duration(seconds * (total - done) / done);
        String count = String.format(Locale.ROOT, "%,d/%,d", done, total);
        String speed = rate(rate);
        String more = message.isEmpty() ? "" : ", " + message;
        return fit(
                columns,
                total == 0 ? 1 : (double) done / total,
                List.of(
                        task + ": " + count + " " + unit + ", " + speed + " " + unit + "/s" + more + ", left " + left,
                        task + ": " + count + ", " + speed + "/s" + more + ", left " + left,
                        task + ": " + count + ", left " + left,
                        count + ", left " + left,
                        count));
    }

    /** In three digits where it is small: 0.31, 4.6, 812. */
    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 1 ? "%.2f" : perSecond < 10 ? "%.1f" : "%.0f", perSecond);
    }

    /** The first that fits, with a bar behind it where there is room; of the last as much as fits. */
    private static String fit(int columns, double share, List<String> texts) {
        for (String text : texts) {
            if (text.length() <= columns) {
                int room = Math.min(LONGEST_BAR + 2, columns - text.length() - 1);
                return room < SHORTEST_BAR + 2 ? text : text + " " + bar(share, room - 2);
            }
        }
        return texts.get(texts.size() - 1).substring(0, columns);
    }

    /** Any line, cut where the columns end. */
    public static String cut(String text, int columns) {
        return text.substring(0, Math.min(columns, text.length()));
    }

    private static String bar(double share, int length) {
        int full = (int) Math.round(share * length);
        return "[" + "#".repeat(full) + "-".repeat(length - full) + "]";
    }

    /** Minutes and seconds, with hours where there are any: 0:05, 3:12:05; days from two on. */
    public static String duration(double seconds) {
        long whole = Math.round(Math.max(0, seconds));
        if (whole >= 48 * 3600) {
            return String.format(Locale.ROOT, "%,dd%02dh", whole / 86_400, whole / 3600 % 24);
        }
        return whole >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }
}
