package io.juxta.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Strips and tiles of a TIFF file that are JPEG files without the tables that they share. */
final class TiffJpeg {
    /** Adobe's segment that says that colours are RGB. */
    private static final byte[] RGB = {-1, -18, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};

    private final byte[] file;
    private final Tiff tiff;

    TiffJpeg(Tiff tiff) {
        this.file = tiff.bytes();
        this.tiff = tiff;
    }

    void decode(byte[] rgb) throws IOException {
        byte[] tables = tables();
        for (int part = 0; part < tiff.partsOfPlane(); part++) {
            int from = (int) tiff.tags().value(tiff.offsetsTag(), part, 0);
            int length = (int) tiff.tags().value(tiff.lengthsTag(), part, file.length - from);
            if (length < 4 || file[from] != -1 || file[from + 1] != -40) {
                throw new IOException("part " + part + " is no JPEG");
            }
            ByteArrayOutputStream whole = new ByteArrayOutputStream(length + tables.length + RGB.length);
            whole.write(file, from, 2);
            whole.writeBytes(tables);
            if (tiff.photometric() == Tiff.RGB) {
                whole.writeBytes(RGB);
            }
            whole.write(file, from + 2, length - 2);
            TiffPixels.place(decode(whole.toByteArray(), part), tiff, part, rgb);
        }
    }

    /** A part must have the size that the directory says, before any pixel of it is decoded. */
    private Image decode(byte[] jpeg, int part) throws IOException {
        try {
            JpegFile file = JpegFile.read(jpeg);
            long rows = Math.min(tiff.partHeight(), tiff.height() - (long) part / tiff.across() * tiff.partHeight());
            boolean fits = file.width() == tiff.partWidth()
                    && file.height() >= rows
                    && file.height() <= Math.max(rows, tiff.partHeight());
            if (!fits || file.components() != tiff.samples()) {
                throw new IOException("part " + part + " is a JPEG of " + file.width() + " x " + file.height());
            }
            return file.decode();
        } catch (Damaged e) {
            throw new IOException("part " + part + ": " + e.getMessage(), e);
        }
    }

    /** What stands between the start and the end marker of the shared tables. */
    private byte[] tables() throws IOException {
        int count = (int) Math.min(Integer.MAX_VALUE, tiff.tags().count(TiffDirectory.JPEG_TABLES));
        if (count > 1 << 16) {
            throw new IOException("JPEG tables of " + count + " bytes are above the limit of 65536");
        }
        byte[] tables = new byte[Math.max(0, count - 4)];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = (byte) tiff.tags().value(TiffDirectory.JPEG_TABLES, i + 2L, 0);
        }
        return tables;
    }
}
