package io.juxta.report;

import io.juxta.image.Awt;
import io.juxta.image.Image;
import io.juxta.image.Jpeg;
import io.juxta.train.run.Replacing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Rows of pictures with what is to be said of each, as one HTML file that needs nothing beside it, runs no script and
 * loads nothing.
 */
public final class Gallery {
    /** The longer side of a picture in pixels. */
    public static final int SIDE = 128;

    private static final int QUALITY = 88;
    private static final String POLICY =
            "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'unsafe-inline'";

    private final StringBuilder body = new StringBuilder();
    private final String title;
    private boolean inRow;

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
        body.append("<section><h2>").append(Page.escaped(heading)).append("</h2>\n<ul class=\"pictures\">\n");
        inRow = true;
    }

    /** Adds a picture to the row, in its proportions. */
    public void picture(Image image, String name, String note) {
        String data = Base64.getEncoder().encodeToString(Jpeg.encode(thumbnail(image), QUALITY));
        body.append("<li><figure><img alt=\"\" src=\"data:image/jpeg;base64,")
                .append(data)
                .append("\"><figcaption><b class=\"number\">")
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
        String page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"" + POLICY + "\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" + Page.escaped(title)
                + " - Juxta</title>\n<style>\n" + Page.resource("page.css") + Page.resource("gallery.css")
                + "</style>\n</head>\n<body>\n" + body + "</main>\n</body>\n</html>\n";
        Replacing.write(file, page.getBytes(StandardCharsets.UTF_8));
    }

    private static Image thumbnail(Image image) {
        int longer = Math.max(image.width(), image.height());
        if (longer <= SIDE) {
            return image;
        }
        int width = Math.max(1, Math.round((float) SIDE * image.width() / longer));
        int height = Math.max(1, Math.round((float) SIDE * image.height() / longer));
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = small.createGraphics();
        graphics.drawImage(
                Awt.buffered(image).getScaledInstance(width, height, java.awt.Image.SCALE_AREA_AVERAGING), 0, 0, null);
        graphics.dispose();
        return Awt.image(small);
    }
}
