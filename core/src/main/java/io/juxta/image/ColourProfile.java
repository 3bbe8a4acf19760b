package io.juxta.image;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Colours by an ICC profile, by the JDK's own colour management. */
final class ColourProfile {
    private static final int LEAST = 128;

    /** Rows that are converted at once: what is beside the picture in memory stays small. */
    private static final int ROWS = 64;

    private ColourProfile() {}

    /**
     * The picture in sRGB.
     *
     * @return the picture itself where the profile is sRGB; empty where it is none of RGB, or damaged
     */
    static Optional<Image> toSrgb(Image image, byte[] profile) {
        if (profile.length < LEAST || !"RGB ".equals(new String(profile, 16, 4, StandardCharsets.ISO_8859_1))) {
            return Optional.empty();
        }
        if (isSrgb(profile)) {
            return Optional.of(image);
        }
        try {
            ColorSpace own = new ICC_ColorSpace(ICC_Profile.getInstance(profile));
            ColorConvertOp convert = new ColorConvertOp(own, ColorSpace.getInstance(ColorSpace.CS_sRGB), null);
            byte[] rgb = new byte[image.rgb().length];
            int row = 3 * image.width();
            for (int y = 0; y < image.height(); y += ROWS) {
                int rows = Math.min(ROWS, image.height() - y);
                byte[] part = new byte[row * rows];
                System.arraycopy(image.rgb(), y * row, part, 0, part.length);
                WritableRaster out = raster(new byte[part.length], image.width(), rows);
                convert.filter(raster(part, image.width(), rows), out);
                byte[] converted = ((DataBufferByte) out.getDataBuffer()).getData();
                System.arraycopy(converted, 0, rgb, y * row, part.length);
            }
            return Optional.of(new Image(image.width(), image.height(), rgb));
        } catch (CMMException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static WritableRaster raster(byte[] rgb, int width, int height) {
        DataBuffer buffer = new DataBufferByte(rgb, rgb.length);
        return Raster.createInterleavedRaster(buffer, width, height, 3 * width, 3, new int[] {0, 1, 2}, null);
    }

    /** Whether its description, in Latin or in wide letters, begins so. */
    private static boolean isSrgb(byte[] profile) {
        String text = new String(profile, StandardCharsets.ISO_8859_1);
        return text.contains("sRGB IEC61966") || text.contains("s\0R\0G\0B") || text.contains("sRGB built-in");
    }
}
