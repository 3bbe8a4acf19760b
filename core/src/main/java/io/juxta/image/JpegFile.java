package io.juxta.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A JPEG file: grey, luma and chroma, RGB, or four inks.
 *
 * @param plain the file without what is said about the picture beside its pixels: the decoder would collect it in a time
 *     that grows with the square of its pieces
 * @param progressive whether all its coefficients are in memory at once
 * @param luma whether Adobe's segment says that four inks were turned into luma and chroma
 */
record JpegFile(byte[] plain, long width, long height, int components, boolean progressive, boolean luma)
        implements PictureFile {
    /** Of a progressive file; programs write about ten. Each costs a pass over the whole picture. */
    private static final int MOST_SCANS = 200;

    static JpegFile read(byte[] bytes) throws Damaged {
        return new Segments(new Bytes(bytes), bytes).read();
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.JPEG;
    }

    @Override
    public DecodingMemory.Need need() {
        long pixels = width * height;
        return components == 4
                ? new DecodingMemory.Need(7 * pixels + plain.length, coefficients())
                : new DecodingMemory.Need(3 * pixels + plain.length, 3 * pixels + coefficients() + plain.length);
    }

    /** Bytes of all coefficients, where they are in memory at once. */
    long coefficients() {
        return progressive ? 2L * components * width * height : 0;
    }

    /** Four inks are read by a reader that does not scale. */
    @Override
    public PictureFile reduced(int divisor) {
        return divisor == 1 || components == 4 ? this : new ReducedJpeg(this, divisor);
    }

    @Override
    public Image decode() throws IOException {
        return components == 4 ? inks() : OpenCv.decode(plain, width, height);
    }

    /** Cyan, magenta, yellow and black, stored inverted as Adobe does; Pillow takes every such file for Adobe's. */
    private Image inks() throws IOException {
        Raster raster = raster();
        if (raster.getWidth() != width || raster.getHeight() != height || raster.getNumBands() != 4) {
            throw new IOException("it has another size than it says");
        }
        int columns = raster.getWidth();
        byte[] rgb = new byte[3 * columns * raster.getHeight()];
        int[] row = new int[4 * columns];
        for (int y = 0, to = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, columns, 1, row);
            for (int from = 0; from < row.length; from += 4, to += 3) {
                if (luma) {
                    invertedInks(row, from);
                }
                int light = row[from + 3];
                for (int c = 0; c < 3; c++) {
                    int product = (255 - row[from + c]) * light + 128;
                    rgb[to + c] = (byte) Math.max(0, light - ((product + (product >> 8)) >> 8));
                }
            }
        }
        return new Image(columns, raster.getHeight(), rgb);
    }

    /** The JDK's reader gives the inks as they are. */
    private Raster raster() throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        if (!readers.hasNext()) {
            throw new IOException("no reader for four inks");
        }
        ImageReader reader = readers.next();
        try (MemoryCacheImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(plain))) {
            reader.setInput(stream, true, true);
            return reader.readRaster(0, null);
        } finally {
            reader.dispose();
        }
    }

    /** From luma and chroma to inks in the fixed point of libjpeg. */
    private static void invertedInks(int[] pixels, int at) {
        int y = pixels[at];
        int cb = pixels[at + 1] - 128;
        int cr = pixels[at + 2] - 128;
        pixels[at] = 255 - cut(y + ((91881 * cr + 32768) >> 16));
        pixels[at + 1] = 255 - cut(y + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        pixels[at + 2] = 255 - cut(y + ((116130 * cb + 32768) >> 16));
    }

    private static int cut(int value) {
        return Math.max(0, Math.min(255, value));
    }

    /** The walk over a file's segments, once from its start to its end marker. */
    private static final class Segments {
        private final Bytes file;
        private final byte[] bytes;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private int keptTo;
        private long width;
        private long height;
        private int components;
        private boolean progressive;
        private boolean luma;
        private int scans;

        Segments(Bytes file, byte[] bytes) {
            this.file = file;
            this.bytes = bytes;
        }

        JpegFile read() throws Damaged {
            int at = 2;
            while (true) {
                if (scans == 0 && file.u8(at) != 0xff) {
                    throw new Damaged("damaged JPEG: no marker at byte " + at);
                }
                int marker = scans > 0 ? nextMarker(at) : at;
                at = marker;
                int kind = file.u8(at + 1);
                if (kind == 0xff) {
                    at++;
                } else if (kind == 0x01 || kind >= 0xd0 && kind <= 0xd8) {
                    at += 2;
                } else if (kind == 0xd9) {
                    if (scans == 0) {
                        throw new Damaged("damaged JPEG: it ends before its picture begins");
                    }
                    return whole(at + 2);
                } else {
                    segment(at, kind);
                    at += 2 + file.u16(at + 2);
                }
            }
        }

        /** Between scans' bytes: a marker is what begins with 255 and is not that value itself. */
        private int nextMarker(int from) throws Damaged {
            int at = from;
            while (at + 1 < bytes.length) {
                if (bytes[at] == -1 && bytes[at + 1] != 0) {
                    return at;
                }
                at++;
            }
            throw new Damaged("truncated JPEG: its end marker is missing");
        }

        private void segment(int at, int kind) throws Damaged {
            if (kind == 0xda) {
                if (++scans > MOST_SCANS) {
                    throw new Damaged("JPEG of more than " + MOST_SCANS + " scans, which is not read: save it anew");
                }
            } else if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc) {
                frame(at, kind);
            } else if (kind == 0xee && file.starts(at + 4, "Adobe") && file.u16(at + 2) >= 14) {
                luma = file.u8(at + 15) != 0;
            } else if (kind == 0xf7) {
                throw new Damaged(ForeignFormat.JPEG_LS.refusal());
            } else if (kind > 0xe0 && kind <= 0xef || kind == 0xfe) {
                kept.write(bytes, keptTo, at - keptTo);
                keptTo = at + 2 + file.u16(at + 2);
            }
        }

        private void frame(int at, int kind) throws Damaged {
            if (components > 0) {
                throw new Damaged("damaged JPEG: its size stands twice");
            }
            int bits = file.u8(at + 4);
            height = file.u16(at + 5);
            width = file.u16(at + 7);
            components = file.u8(at + 9);
            progressive = kind == 0xc2 || kind == 0xca;
            if (kind == 0xc3 || kind == 0xcb) {
                throw refused("lossless JPEG");
            }
            if (kind > 0xc2 && kind != 0xc9 && kind != 0xca) {
                throw refused("hierarchical JPEG");
            }
            if (bits != 8) {
                throw refused("JPEG with samples of " + bits + " bits");
            }
            if (components != 1 && components != 3 && components != 4) {
                throw refused("JPEG of " + components + " components");
            }
        }

        private static Damaged refused(String kind) {
            return new Damaged(kind + ", which is not read: save it as a plain JPEG or PNG");
        }

        private JpegFile whole(int end) {
            byte[] plain = bytes;
            if (keptTo > 0) {
                kept.write(bytes, Math.min(keptTo, end), end - Math.min(keptTo, end));
                plain = kept.toByteArray();
            }
            return new JpegFile(plain, width, height, components, progressive || scans > 1, luma);
        }
    }
}
