package io.juxta.report.drawing;

import io.juxta.data.boxes.Boxes;
import io.juxta.image.Awt;
import io.juxta.image.Image;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.IntPredicate;
import org.apiguardian.api.API;

/** Pictures with boxes drawn over them, each class in a colour of its own, its label on a bar of that colour. */
@API(status = API.Status.INTERNAL)
public final class DrawnBoxes {
    private static final float GOLDEN = 0.618034f;

    private DrawnBoxes() {}

    /**
     * Draws.
     *
     * @param classes of each box, for its colour
     * @param labels of each box
     */
    public static Image over(Image image, Boxes boxes, int[] classes, List<String> labels) {
        return over(image, boxes, classes, labels, i -> false);
    }

    /**
     * Draws, some of them dashed.
     *
     * @param classes of each box, for its colour
     * @param labels of each box
     * @param dashed whether the box of a number is
     */
    public static Image over(Image image, Boxes boxes, int[] classes, List<String> labels, IntPredicate dashed) {
        BufferedImage picture = Awt.buffered(image);
        BufferedImage drawn = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = drawn.createGraphics();
        try {
            pen.drawImage(picture, 0, 0, null);
            pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            int side = Math.min(image.width(), image.height());
            float stroke = Math.max(1.5f, side / 150f);
            pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(10, side / 24)));
            // the surest come first and are drawn last, above the others
            for (int i = boxes.size() - 1; i >= 0; i--) {
                BasicStroke line = dashed.test(i) ? dashed(stroke) : new BasicStroke(stroke);
                draw(pen, image, boxes, i, colour(classes[i]), labels.get(i), line);
            }
        } finally {
            pen.dispose();
        }
        return Awt.image(drawn);
    }

    private static void draw(
            Graphics2D pen, Image image, Boxes boxes, int i, Color colour, String label, BasicStroke line) {
        float stroke = line.getLineWidth();
        pen.setStroke(line);
        pen.setColor(colour);
        double inset = stroke / 2;
        pen.draw(new Rectangle2D.Double(
                boxes.x1(i) + inset,
                boxes.y1(i) + inset,
                Math.max(0, boxes.width(i) - stroke),
                Math.max(0, boxes.height(i) - stroke)));
        FontMetrics letters = pen.getFontMetrics();
        int height = letters.getHeight();
        int width = letters.stringWidth(label) + height / 2;
        double x = Math.max(0, Math.min(boxes.x1(i), image.width() - width));
        double above = boxes.y1(i) - height;
        double y = above >= 0 ? above : Math.max(0, Math.min(boxes.y1(i), image.height() - height));
        pen.fill(new Rectangle2D.Double(x, y, width, height));
        pen.setColor(luminance(colour) > 0.5 ? Color.BLACK : Color.WHITE);
        pen.drawString(label, (float) x + height / 4f, (float) y + letters.getAscent());
    }

    private static BasicStroke dashed(float width) {
        float[] pattern = {4 * width, 3 * width};
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, pattern, 0);
    }

    /** Hues that differ as much as they can, however many there are. */
    static Color colour(int number) {
        return Color.getHSBColor(0.05f + number * GOLDEN, 0.85f, 0.95f);
    }

    private static double luminance(Color colour) {
        return (0.299 * colour.getRed() + 0.587 * colour.getGreen() + 0.114 * colour.getBlue()) / 255;
    }
}
