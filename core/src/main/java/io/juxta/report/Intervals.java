package io.juxta.report;

import io.juxta.report.page.Page;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * Shares in percent with what they may as well be, one below the other, without a script.
 *
 * @param what they are
 */
@API(status = API.Status.INTERNAL)
public record Intervals(String what, List<Row> rows) {
    /** One value and the interval around it, from 0 to 100. */
    public record Row(String name, double value, double low, double high) {}

    public Intervals {
        rows = List.copyOf(rows);
    }

    String html() {
        StringBuilder html = new StringBuilder("<figure class=\"histogram intervals\"><figcaption><b>")
                .append(Page.escaped(what))
                .append("</b></figcaption><dl>");
        for (Row row : rows) {
            html.append("<dt>")
                    .append(Page.escaped(row.name))
                    .append(String.format(
                            Locale.ROOT,
                            "</dt><dd><span class=\"axis\" role=\"img\" aria-label=\"%.1f to %.1f %%\"><u style=\"left:%.2f%%;"
                                    + "width:%.2f%%\"></u><i style=\"left:%.2f%%\"></i></span> <b class=\"number\">%.1f %%</b></dd>\n",
                            row.low,
                            row.high,
                            Math.max(0, row.low),
                            Math.min(100, row.high) - Math.max(0, row.low),
                            row.value,
                            row.value));
        }
        return html.append("</dl><div class=\"ends number\"><span>0 %</span><span>100 %</span></div></figure>\n")
                .toString();
    }
}
