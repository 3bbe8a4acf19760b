package io.juxta.image;

import java.io.IOException;

/**
 * Portable pixel maps (P6, as text P3), grey maps (P5, P2) and bit maps (P4, P1) with values of 1, 8 or 16 bits, which
 * are scaled to 0 to 255 as Pillow scales those of pixel maps.
 */
final class Pnm implements PictureFile {
    private final Bytes file;
    private final boolean text;
    private final boolean bitmap;
    private final int channels;
    private final long start;
    private long at = 2;
    private final long width;
    private final long height;
    private final int largest;

    private Pnm(Bytes file) throws Damaged {
        this.file = file;
        int kind = file.u8(1) - '0';
        this.text = kind < 4;
        this.bitmap = kind == 1 || kind == 4;
        this.channels = kind == 3 || kind == 6 ? 3 : 1;
        this.width = number();
        this.height = number();
        long most = bitmap ? 1 : number();
        if (most < 1 || most > 65535) {
            throw new Damaged("damaged PPM: a largest value of " + most + " is not within 1 to 65535");
        }
        this.largest = (int) most;
        this.start = at;
    }

    static boolean isOne(Bytes file) {
        return file.length() > 2
                && file.u8(0) == 'P'
                && file.u8(1) >= '1'
                && file.u8(1) <= '6'
                && (isSpace(file.u8(2)) || file.u8(2) == '#');
    }

    /** Reads to the first value, and checks that all can be there. */
    static Pnm read(byte[] bytes) throws Damaged {
        Pnm pnm = new Pnm(new Bytes(bytes));
        // numbers have at most nine digits: no product overflows
        long values = pnm.width * pnm.height * pnm.channels;
        long needed = pnm.bitmap && !pnm.text
                ? (pnm.width + 7) / 8 * pnm.height
                : pnm.text ? (pnm.bitmap ? values : 2 * values - 1) : values * (pnm.largest > 255 ? 2 : 1);
        long end = pnm.at + 1 + needed;
        if (pnm.width > 0 && pnm.height > 0 && end > bytes.length) {
            throw new Damaged("truncated PPM: " + bytes.length + " bytes of " + end);
        }
        return pnm;
    }

    @Override
    public ImageFormat format() {
        return ImageFormat.PPM;
    }

    @Override
    public long width() {
        return width;
    }

    @Override
    public long height() {
        return height;
    }

    @Override
    public DecodingMemory.Need need() {
        return new DecodingMemory.Need(3 * width * height, 0);
    }

    @Override
    public Image decode() throws IOException {
        try {
            // one space ends the header, then binary values begin
            at = start + 1;
            byte[] rgb = new byte[Math.toIntExact(3 * width * height)];
            if (bitmap) {
                bits(rgb);
            } else {
                for (int i = 0; i < rgb.length; i += 3) {
                    for (int c = 0; c < 3; c++) {
                        rgb[i + c] = c < channels ? scaled(value()) : rgb[i];
                    }
                }
            }
            return new Image((int) width, (int) height, rgb);
        } catch (Damaged | IndexOutOfBoundsException e) {
            throw new IOException("its values break off", e);
        }
    }

    /** Ones are black. */
    private void bits(byte[] rgb) throws Damaged {
        long stride = (width + 7) / 8;
        for (int i = 0; i < rgb.length; i += 3) {
            long x = i / 3 % width;
            boolean black =
                    text ? digit() == 1 : (file.u8(at + i / 3 / width * stride + x / 8) >> (7 - x % 8) & 1) == 1;
            for (int c = 0; c < 3; c++) {
                rgb[i + c] = (byte) (black ? 0 : 255);
            }
        }
    }

    private byte scaled(long value) {
        return (byte)
                (largest == 255 ? Math.min(255, value) : Math.min(255, Math.rint((double) value / largest * 255)));
    }

    private long value() throws Damaged {
        if (text) {
            return number();
        }
        int value = largest > 255 ? file.u16(at) : file.u8(at);
        at += largest > 255 ? 2 : 1;
        return value;
    }

    private void skip() {
        while (isSpace(file.u8(at)) || file.u8(at) == '#') {
            if (file.u8(at) == '#') {
                while (file.u8(at) != '\n') {
                    at++;
                }
            }
            at++;
        }
    }

    /** The digits of a bit map need nothing between them. */
    private int digit() throws Damaged {
        skip();
        int digit = file.u8(at++) - '0';
        if (digit < 0 || digit > 1) {
            throw new Damaged("damaged PPM: no bit at byte " + (at - 1));
        }
        return digit;
    }

    /** The next number in decimal digits, after spaces and comments. */
    private long number() throws Damaged {
        skip();
        long number = 0;
        int digits = 0;
        while (at < file.length() && file.u8(at) >= '0' && file.u8(at) <= '9') {
            number = 10 * number + file.u8(at) - '0';
            at++;
            digits++;
            if (digits > 9) {
                break;
            }
        }
        if (digits == 0 || digits > 9) {
            throw new Damaged("damaged PPM: no number at byte " + at);
        }
        return number;
    }

    private static boolean isSpace(int c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
