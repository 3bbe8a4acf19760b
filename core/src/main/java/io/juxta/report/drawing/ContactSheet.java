package io.juxta.report.drawing;

import io.juxta.image.Awt;
import io.juxta.image.Image;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.apiguardian.api.API;

/** Many small square pictures in one, row by row. */
@API(status = API.Status.INTERNAL)
public final class ContactSheet {
    /** JPEG halves the resolution of colour over 16 pixels at a time: tiles of its multiples do not bleed. */
    private static final int BLOCK = 16;

    private static final float QUALITY = 0.85f;

    private final BufferedImage sheet;
    private final int tile;
    private final int columns;
    private int rows = 1;

    /** @param tile side of a picture in pixels */
    public ContactSheet(int count, int columns, int tile) {
        this.tile = tile;
        this.columns = columns;
        int most = Math.max(1, (count + columns - 1) / columns);
        this.sheet = new BufferedImage(columns * tile, most * tile, BufferedImage.TYPE_INT_RGB);
    }

    /** Side of a picture in pixels. */
    public int tile() {
        return tile;
    }

    /** The nearest side of a tile that does not bleed. */
    public static int tile(int side, int most) {
        return Math.min(most, Math.max(BLOCK, side / BLOCK * BLOCK));
    }

    /** Puts an image in its place, whole and with its proportions; what it leaves free is grey. */
    public void put(int place, Image image) {
        rows = Math.max(rows, place / columns + 1);
        int left = place % columns * tile;
        int top = place / columns * tile;
        double scale = Math.min((double) tile / image.width(), (double) tile / image.height());
        int width = Math.max(1, (int) Math.rint(scale * image.width()));
        int height = Math.max(1, (int) Math.rint(scale * image.height()));
        java.awt.Image scaled = scale < 1
                ? Awt.buffered(image).getScaledInstance(width, height, java.awt.Image.SCALE_AREA_AVERAGING)
                : Awt.buffered(image);
        Graphics2D graphics = sheet.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        graphics.setColor(Color.GRAY);
        graphics.fillRect(left, top, tile, tile);
        graphics.drawImage(scaled, left + (tile - width) / 2, top + (tile - height) / 2, width, height, null);
        graphics.dispose();
    }

    /** The sheet as a JPEG file, as many rows as there are pictures in. */
    public byte[] jpeg() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam quality = writer.getDefaultWriteParam();
            quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            quality.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            BufferedImage used = sheet.getSubimage(0, 0, sheet.getWidth(), rows * tile);
            writer.write(null, new IIOImage(used, null, null), quality);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
