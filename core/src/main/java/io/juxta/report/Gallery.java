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
import org.apiguardian.api.API;

/**
 * Rows of pictures with what is to be said of each, as one HTML file that needs nothing beside it and loads nothing. Its
 * one script shows a picture large.
 */
@API(status = API.Status.INTERNAL)
public final class Gallery {
    /** The longer side of a picture in pixels. */
    public static final int SIDE = 128;

    /** That of the first pictures, which are worth a larger look. */
    private static final int LARGE_SIDE = 256;

    /** How many those are: some 2 MB of the page. */
    private static final int LARGE = 120;

    private static final int QUALITY = 88;

    /** The longer side up to which a picture is shown with its pixels. */
    private static final int PIXELS = 48;

    private final StringBuilder body = new StringBuilder();
    private final String title;
    private boolean inRow;
    private int rows;
    private int pictures;
    private int inThisRow;

    /** @param about one sentence under the title */
    public Gallery(String title, String about) {
        this.title = title;
        body.append("<header><p class=\"eyebrow\">Juxta</p><h1>")
                .append(Page.escaped(title))
                .append("</h1><p id=\"about\">")
                .append(Page.escaped(about))
                .append("</p></header>\n<main>\n");
    }

    /** Begins a row. */
    public void row(String heading) {
        endRow();
        body.append("<section><h2>")
                .append(Page.escaped(heading))
                .append("</h2>\n<ul class=\"pictures\" data-group>\n");
        inRow = true;
        rows++;
        inThisRow = 0;
    }

    /** Adds a picture to the row, in its proportions; it is shown large beside the row's first. */
    public void picture(Image image, String name, String note) {
        Image small = Thumbnail.of(image, pictures++ < LARGE ? LARGE_SIDE : SIDE);
        String data = Base64.getEncoder().encodeToString(Jpeg.encode(small, QUALITY));
        String caption = Page.escaped((name + (name.isEmpty() || note.isEmpty() ? "" : ", ") + note).trim());
        String place = inThisRow++ == 0 ? "data-picture" : "data-beside";
        body.append("<li><figure><button type=\"button\" class=\"open\" data-caption=\"")
                .append(caption)
                .append("\" aria-label=\"")
                .append(caption)
                .append("\" ")
                .append(place)
                .append("=\"row ")
                .append(rows)
                .append("\"><img alt=\"\"")
                .append(Math.max(small.width(), small.height()) <= PIXELS ? " class=\"pixels\"" : "")
                .append(" src=\"data:image/jpeg;base64,")
                .append(data)
                .append("\"></button><figcaption><b class=\"number\">")
                .append(Page.escaped(note))
                .append("</b> <span>")
                .append(Page.escaped(name))
                .append("</span></figcaption></figure></li>\n");
    }

    private void endRow() {
        if (inRow) {
            body.append("</ul></section>\n");
            inRow = false;
        }
    }

    /** Writes the page beside its place, and then there. */
    public void write(Path file) throws IOException {
        endRow();
        String script = "\"use strict\";\n" + Page.resource("enlarge.js");
        String page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"" + Page.policy(script) + "\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" + Page.escaped(title)
                + " - Juxta</title>\n<style>\n" + Page.resource("page.css") + Page.resource("gallery.css")
                + "</style>\n</head>\n<body>\n" + body + "</main>\n<script>" + script
                + "</script>\n</body>\n</html>\n";
        Replacing.write(file, page.getBytes(StandardCharsets.UTF_8));
    }
}
