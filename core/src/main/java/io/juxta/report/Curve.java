package io.juxta.report;

import io.juxta.report.page.Page;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * Values over the numbers from 1, as a line without a script; it begins at 0 upwards.
 *
 * @param values at least one, none below 0
 */
@API(status = API.Status.INTERNAL)
public record Curve(String what, List<Double> values) {
    private static final int POINTS = 400;

    public Curve {
        values = List.copyOf(values);
    }

    String html() {
        double most = values.stream().mapToDouble(v -> v).max().orElse(1);
        int n = values.size();
        StringBuilder points = new StringBuilder();
        int step = Math.max(1, n / POINTS);
        for (int i = 0; i < n; i += step) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.2f,%.2f ",
                    n == 1 ? 50 : 100.0 * i / (n - 1),
                    100 - 96 * values.get(i) / Math.max(1e-12, most)));
        }
        return "<figure class=\"histogram\"><div class=\"line\"><svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\""
                + " role=\"img\" aria-label=\""
                + Page.escaped(what + ": from " + Histogram.number(values.get(0)) + " to "
                        + Histogram.number(values.get(n - 1)))
                + "\"><polyline points=\""
                + points.toString().strip() + "\"/></svg><span class=\"number\">" + Histogram.number(most)
                + "</span></div><div class=\"ends number\"><span>1</span><span>" + String.format(Locale.ROOT, "%,d", n)
                + "</span></div><figcaption><b>" + Page.escaped(what) + "</b></figcaption></figure>\n";
    }
}
