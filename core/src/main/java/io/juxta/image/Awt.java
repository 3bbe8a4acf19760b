package io.juxta.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import org.apiguardian.api.API;

/** Pictures of Java2D to and from ours. */
@API(status = API.Status.INTERNAL)
public final class Awt {
    private Awt() {}

    /**
     * Copies a picture of any kind; transparency is dropped. Grey values stay what they are, of 16 bits the upper eight:
     * Java2D itself takes them for linear light and would make them brighter.
     */
    public static Image image(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        boolean grey = isGrey(picture);
        int down = picture.getRaster().getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? 8 : 0;
        Raster raster = picture.getRaster();
        int[] row = new int[width];
        for (int y = 0, to = 0; y < height; y++) {
            if (grey) {
                raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            } else {
                picture.getRGB(picture.getMinX(), picture.getMinY() + y, width, 1, row, 0, width);
            }
            for (int x = 0; x < width; x++, to += 3) {
                rgb[to] = (byte) (grey ? row[x] >> down : row[x] >> 16);
                rgb[to + 1] = (byte) (grey ? row[x] >> down : row[x] >> 8);
                rgb[to + 2] = (byte) (grey ? row[x] >> down : row[x]);
            }
        }
        return new Image(width, height, rgb);
    }

    /** Whether its first samples are grey values of 8 or 16 bits, unlike those of a palette. */
    private static boolean isGrey(BufferedImage picture) {
        ColorModel model = picture.getColorModel();
        int type = picture.getRaster().getDataBuffer().getDataType();
        return !(model instanceof IndexColorModel)
                && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT)
                && model.getComponentSize(0) == (type == DataBuffer.TYPE_BYTE ? 8 : 16);
    }

    /** Copies a picture into one of {@link BufferedImage#TYPE_INT_RGB}. */
    public static BufferedImage buffered(Image image) {
        BufferedImage result = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int[] row = new int[image.width()];
        byte[] rgb = image.rgb();
        for (int y = 0, from = 0; y < image.height(); y++) {
            for (int x = 0; x < row.length; x++, from += 3) {
                row[x] = (rgb[from] & 255) << 16 | (rgb[from + 1] & 255) << 8 | rgb[from + 2] & 255;
            }
            result.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return result;
    }
}
