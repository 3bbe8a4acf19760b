package io.juxta.report;

import io.juxta.report.page.Page;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apiguardian.api.API;

/**
 * How values are spread, as bars without a script.
 *
 * @param what they are
 * @param low below it a value is odd; empty where none is
 * @param high above it a value is odd; empty where none is
 */
@API(status = API.Status.INTERNAL)
public record Histogram(String what, double[] values, Scale scale, OptionalDouble low, OptionalDouble high) {
    private static final int BARS = 48;

    /** How values lie along the axis. */
    public enum Scale {
        LINEAR,
        /** Of values above 0; smaller ones lie at 0.001. */
        LOGARITHMIC
    }

    String html() {
        double least = Arrays.stream(values).map(this::along).min().orElse(0);
        double greatest = Arrays.stream(values).map(this::along).max().orElse(0);
        double width = greatest > least ? greatest - least : 1;
        int[] counts = new int[BARS];
        boolean[] odd = new boolean[BARS];
        for (double value : values) {
            int bar = (int) Math.min(BARS - 1, BARS * (along(value) - least) / width);
            counts[bar]++;
            odd[bar] |= low.isPresent() && value < low.getAsDouble() || high.isPresent() && value > high.getAsDouble();
        }
        int most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        StringBuilder html = new StringBuilder(
                        "<figure class=\"histogram\"><div class=\"bars\" role=\"img\" aria-label=\"")
                .append(Page.escaped(what + " of " + values.length + " pictures: " + limits()))
                .append("\">");
        for (int i = 0; i < BARS; i++) {
            // a bar of one among thousands must still be seen; heights are square roots for that
            html.append(String.format(
                    Locale.ROOT,
                    "<i%s style=\"height:%.1f%%\"></i>",
                    odd[i] ? " class=\"odd\"" : "",
                    100 * Math.sqrt((double) counts[i] / most)));
        }
        low.ifPresent(limit -> html.append(mark(limit, least, width)));
        high.ifPresent(limit -> html.append(mark(limit, least, width)));
        return html.append("</div><div class=\"ends number\"><span>")
                .append(number(values.length == 0 ? 0 : back(least)))
                .append("</span><span>")
                .append(number(values.length == 0 ? 0 : back(greatest)))
                .append("</span></div><figcaption><b>")
                .append(Page.escaped(what))
                .append("</b> ")
                .append(Page.escaped(limits()))
                .append("</figcaption></figure>\n")
                .toString();
    }

    private String limits() {
        String below = low.isPresent() ? "odd below " + number(low.getAsDouble()) : "";
        String above = high.isPresent() ? "odd above " + number(high.getAsDouble()) : "";
        return (below
                + (below.isEmpty() || above.isEmpty() ? "" : ", ")
                + above
                + (scale == Scale.LOGARITHMIC ? "; logarithmic" : ""));
    }

    private String mark(double limit, double least, double width) {
        double place = (along(limit) - least) / width;
        return place < 0 || place > 1 ? "" : String.format(Locale.ROOT, "<u style=\"left:%.2f%%\"></u>", 100 * place);
    }

    private double along(double value) {
        return scale == Scale.LINEAR ? value : Math.log(Math.max(1e-3, value));
    }

    private double back(double along) {
        return scale == Scale.LINEAR ? along : Math.exp(along);
    }

    static String number(double value) {
        double size = Math.abs(value);
        String form =
                size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, form, value);
    }
}
