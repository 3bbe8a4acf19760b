package io.juxta.image;

import java.io.IOException;

/**
 * The first picture of a GIF file on its screen, as Pillow shows it: where the picture does not cover the screen lies the
 * transparent colour, or the first one; a picture larger than its screen makes that larger. The transparent colour is a
 * colour like any other.
 *
 * @param frame where the first picture's descriptor stands
 * @param transparent the transparent colour, or -1
 */
record GifFile(byte[] bytes, long width, long height, int frame, int transparent) implements PictureFile {
    private static final int MOST_CODES = 4096;

    /** Walks to the trailer: a file without it is cut short. */
    static GifFile read(byte[] bytes) throws Damaged {
        Bytes file = new Bytes(bytes);
        int frame = -1;
        int transparent = -1;
        int at = 13 + paletteBytes(file.u8(10));
        while (file.u8(at) != 0x3b) {
            int kind = file.u8(at);
            if (kind == 0x21) {
                if (frame < 0 && file.u8(at + 1) == 0xf9 && file.u8(at + 2) >= 4) {
                    transparent = (file.u8(at + 3) & 1) == 1 ? file.u8(at + 6) : -1;
                }
                at = afterBlocks(file, at + 2);
            } else if (kind == 0x2c) {
                frame = frame < 0 ? at : frame;
                at = afterBlocks(file, at + 11 + paletteBytes(file.u8(at + 9)));
            } else {
                throw new Damaged("damaged GIF: no block at byte " + at);
            }
        }
        if (frame < 0) {
            throw new Damaged("damaged GIF: no picture in it");
        }
        long width = Math.max(file.u16le(6), file.u16le(frame + 1) + file.u16le(frame + 5));
        long height = Math.max(file.u16le(8), file.u16le(frame + 3) + file.u16le(frame + 7));
        return new GifFile(bytes, width, height, frame, transparent);
    }

    private static int paletteBytes(int flags) {
        return (flags & 0x80) != 0 ? 6 << (flags & 7) : 0;
    }

    private static int afterBlocks(Bytes file, int start) {
        int at = start;
        while (file.u8(at) != 0) {
            at += 1 + file.u8(at);
        }
        return at + 1;
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.GIF;
    }

    @Override
    public DecodingMemory.Need need() {
        return new DecodingMemory.Need(3 * width * height, 0);
    }

    @Override
    public Image decode() throws IOException {
        Bytes file = new Bytes(bytes);
        byte[] palette = palette(file);
        byte[] rgb = new byte[Math.toIntExact(3 * width * height)];
        int background = 3 * Math.max(0, transparent);
        for (int i = 0; i < rgb.length; i += 3) {
            System.arraycopy(palette, background, rgb, i, 3);
        }
        int flags = file.u8(frame + 9);
        Area area = new Area(
                file.u16le(frame + 1),
                file.u16le(frame + 3),
                file.u16le(frame + 5),
                file.u16le(frame + 7),
                (flags & 0x40) != 0);
        new Codes(file, frame + 10 + paletteBytes(flags)).paint(area, palette, rgb, (int) width);
        return new Image((int) width, (int) height, rgb);
    }

    /** 256 colours: of the picture or else of the file, or grey levels where neither has any. */
    private byte[] palette(Bytes file) {
        byte[] palette = new byte[768];
        int local = paletteBytes(file.u8(frame + 9));
        int global = paletteBytes(file.u8(10));
        if (local > 0) {
            System.arraycopy(bytes, frame + 10, palette, 0, local);
        } else if (global > 0) {
            System.arraycopy(bytes, 13, palette, 0, global);
        } else {
            for (int i = 0; i < palette.length; i++) {
                palette[i] = (byte) (i / 3);
            }
        }
        return palette;
    }

    /** Where on the screen the picture lies. */
    private record Area(int x, int y, int width, int height, boolean interlaced) {
        private static final int[] FIRST = {0, 4, 2, 1};
        private static final int[] STEP = {8, 8, 4, 2};

        /** The rows in the order in which they come. */
        int[] rows() {
            int[] rows = new int[height];
            int at = 0;
            if (!interlaced) {
                for (; at < height; at++) {
                    rows[at] = at;
                }
                return rows;
            }
            for (int pass = 0; pass < 4; pass++) {
                for (int row = FIRST[pass]; row < height; row += STEP[pass]) {
                    rows[at++] = row;
                }
            }
            return rows;
        }
    }

    /** GIF's variant of LZW, from blocks of at most 255 bytes. */
    private static final class Codes {
        private final Bytes file;
        private final int least;
        private int at;
        private int left;
        private int bits;
        private int count;

        Codes(Bytes file, int start) {
            this.file = file;
            this.least = file.u8(start);
            this.at = start + 1;
            this.left = file.u8(at++);
        }

        void paint(Area area, byte[] palette, byte[] rgb, int screen) throws IOException {
            if (least < 1 || least > 11) {
                throw new IOException("codes of " + least + " bits");
            }
            int[] rows = area.rows();
            short[] before = new short[MOST_CODES];
            byte[] last = new byte[MOST_CODES];
            byte[] stack = new byte[MOST_CODES + 1];
            int clear = 1 << least;
            int next = clear + 2;
            int size = least + 1;
            int previous = -1;
            long pixels = (long) area.width * area.height;
            long done = 0;
            int column = 0;
            int row = 0;
            while (done < pixels) {
                int code = next(size);
                if (code == clear) {
                    next = clear + 2;
                    size = least + 1;
                    previous = -1;
                    continue;
                }
                if (code < 0 || code == clear + 1) {
                    throw new IOException("its picture ends after " + done + " of " + pixels + " pixels");
                }
                if (code > next || previous < 0 && code > clear) {
                    throw new IOException("its compression is broken");
                }
                int depth = code == next ? 1 : 0;
                int known = code == next ? previous : code;
                while (known >= clear) {
                    stack[depth++] = last[known];
                    known = before[known];
                }
                byte first = (byte) known;
                stack[depth++] = first;
                if (code == next) {
                    stack[0] = first;
                }
                while (depth > 0 && done < pixels) {
                    int colour = 3 * (stack[--depth] & 255);
                    int to = 3 * ((area.y + rows[row]) * screen + area.x + column);
                    rgb[to] = palette[colour];
                    rgb[to + 1] = palette[colour + 1];
                    rgb[to + 2] = palette[colour + 2];
                    done++;
                    if (++column == area.width) {
                        column = 0;
                        row++;
                    }
                }
                if (previous >= 0 && next < MOST_CODES) {
                    before[next] = (short) previous;
                    last[next++] = first;
                    if (next == 1 << size && size < 12) {
                        size++;
                    }
                }
                previous = code;
            }
        }

        /** The next code, or -1 where the blocks end. */
        private int next(int size) {
            while (count < size) {
                if (left == 0) {
                    return -1;
                }
                bits |= file.u8(at++) << count;
                count += 8;
                if (--left == 0) {
                    left = file.u8(at++);
                }
            }
            int code = bits & (1 << size) - 1;
            bits >>>= size;
            count -= size;
            return code;
        }
    }
}
