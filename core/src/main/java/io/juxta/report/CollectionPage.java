package io.juxta.report;

import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.image.Thumbnail;
import io.juxta.report.page.Page;
import io.juxta.train.run.Replacing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/**
 * What was found in a collection of pictures, as one HTML file that needs nothing beside it and loads nothing: figures, then
 * sections of sentences, distributions, curves and rows of pictures. Its one script shows a picture large.
 */
@API(status = API.Status.INTERNAL)
public final class CollectionPage {
    /** The longer side of a picture in pixels. */
    private static final int SIDE = 160;

    private static final int QUALITY = 85;

    /** The longer side up to which a picture is shown with its pixels. */
    private static final int PIXELS = 48;

    private final String title;
    private final StringBuilder contents = new StringBuilder();
    private final StringBuilder figures = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private final String about;
    private boolean inSection;
    private boolean inRow;
    private int sections;
    private int rows;
    private int inThisRow;

    /** @param about one sentence under the title */
    public CollectionPage(String title, String about) {
        this.title = title;
        this.about = about;
    }

    /** A number that stands first. */
    public void figure(String what, String value, String note) {
        figures.append("<div><dt>")
                .append(Page.escaped(what))
                .append("</dt><dd class=\"number\">")
                .append(Page.escaped(value))
                .append(" <span class=\"note\">")
                .append(Page.escaped(note))
                .append("</span></dd></div>\n");
    }

    /** A sentence that stands before all sections. */
    public void verdict(String sentence) {
        body.append("<div class=\"card verdict\"><p class=\"headline\">")
                .append(Page.escaped(sentence))
                .append("</p></div>\n");
    }

    /**
     * Begins a section.
     *
     * @param called in a word, for the contents
     */
    public void section(String called, String heading, String sentence) {
        endSection();
        sections++;
        contents.append("<li><a href=\"#s")
                .append(sections)
                .append("\">")
                .append(Page.escaped(called))
                .append("</a></li>\n");
        body.append("<section id=\"s")
                .append(sections)
                .append("\"><h2>")
                .append(Page.escaped(heading))
                .append("</h2>\n");
        text(sentence);
        inSection = true;
    }

    /** A paragraph. */
    public void text(String sentence) {
        endRow();
        body.append("<p class=\"soft\">").append(Page.escaped(sentence)).append("</p>\n");
    }

    /** A list of lines, for what has no picture. */
    public void lines(String heading, List<String> lines) {
        heading(heading);
        body.append("<ul class=\"lines\">");
        lines.forEach(line -> body.append("<li>").append(Page.escaped(line)).append("</li>\n"));
        body.append("</ul>\n");
    }

    /** How values are spread, and from where on they are odd. */
    public void histogram(Histogram histogram) {
        endRow();
        body.append(histogram.html());
    }

    /** Values with what they may as well be. */
    public void intervals(Intervals intervals) {
        endRow();
        body.append(intervals.html());
    }

    /** A curve over the numbers from 1. */
    public void curve(Curve curve) {
        endRow();
        body.append(curve.html());
    }

    /** A heading within the section. */
    public void heading(String heading) {
        endRow();
        body.append("<h3>").append(Page.escaped(heading)).append("</h3>\n");
    }

    /** Begins a row of pictures; heading and sentence may be empty. */
    public void row(String heading, String sentence) {
        endRow();
        if (!heading.isEmpty()) {
            heading(heading);
        }
        if (!sentence.isEmpty()) {
            body.append("<p class=\"soft\">").append(Page.escaped(sentence)).append("</p>\n");
        }
        body.append("<ul class=\"pictures\" data-group>\n");
        inRow = true;
        rows++;
        inThisRow = 0;
    }

    /** Adds a picture to the row, in its proportions; it is shown large beside the row's first. */
    public void picture(Image image, String name, String note) {
        Image small = Thumbnail.of(image, SIDE);
        String data = Base64.getEncoder().encodeToString(Jpeg.encode(small, QUALITY));
        String caption = Page.escaped((name + (note.isEmpty() ? "" : ", ") + note).trim());
        body.append("<li><figure><button type=\"button\" class=\"open\" data-caption=\"")
                .append(caption)
                .append("\" aria-label=\"")
                .append(caption)
                .append(inThisRow++ == 0 ? "\" data-picture" : "\" data-beside")
                .append("=\"row ")
                .append(rows)
                .append("\"><img alt=\"\" loading=\"lazy\"")
                .append(Math.max(small.width(), small.height()) <= PIXELS ? " class=\"pixels\"" : "")
                .append(" src=\"data:image/jpeg;base64,")
                .append(data)
                .append("\"></button><figcaption><b class=\"number\">")
                .append(Page.escaped(note))
                .append("</b> <span>")
                .append(Page.escaped(name))
                .append("</span></figcaption></figure></li>\n");
    }

    /** A picture of the row that is no longer there. */
    public void gone(String name) {
        body.append("<li><figure><figcaption><b>gone since</b> <span>")
                .append(Page.escaped(name))
                .append("</span></figcaption></figure></li>\n");
    }

    private void endRow() {
        if (inRow) {
            body.append("</ul>\n");
            inRow = false;
        }
    }

    private void endSection() {
        endRow();
        if (inSection) {
            body.append("</section>\n");
            inSection = false;
        }
    }

    /** Writes the page beside its place, and then there. */
    public void write(Path file) throws IOException {
        endSection();
        String script = "\"use strict\";\n" + Page.resource("enlarge.js");
        String page = String.format(
                Locale.ROOT,
                """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="%s">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>%s - Juxta</title>
                <style>
                %s</style>
                </head>
                <body>
                <header class="masthead"><a class="home" href="#top"><b>Juxta</b></a>
                <nav aria-label="Sections"><ul>
                %s</ul></nav></header>
                <main id="top">
                <h1>%s</h1>
                <p id="about">%s</p>
                <dl class="key many">
                %s</dl>
                """,
                Page.policy(script),
                Page.escaped(title),
                Page.resource("page.css") + Page.resource("gallery.css") + Page.resource("collection.css"),
                contents,
                Page.escaped(title),
                Page.escaped(about),
                figures);
        Replacing.write(
                file,
                (page + body + "</main>\n<script>" + script + "</script>\n</body>\n</html>\n")
                        .getBytes(StandardCharsets.UTF_8));
    }
}
