package io.juxta.image;

import java.awt.image.BufferedImage;
import org.apiguardian.api.API;

/** Pictures made small for a page. */
@API(status = API.Status.INTERNAL)
public final class Thumbnail {
    private Thumbnail() {}

    /** In its proportions, by the mean of areas; a picture that is smaller stays. */
    public static Image of(Image image, int side) {
        int longer = Math.max(image.width(), image.height());
        if (longer <= side) {
            return image;
        }
        int width = Math.max(1, Math.round((float) side * image.width() / longer));
        int height = Math.max(1, Math.round((float) side * image.height() / longer));
        BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var graphics = small.createGraphics();
        graphics.drawImage(
                Awt.buffered(image).getScaledInstance(width, height, java.awt.Image.SCALE_AREA_AVERAGING), 0, 0, null);
        graphics.dispose();
        return Awt.image(small);
    }
}
