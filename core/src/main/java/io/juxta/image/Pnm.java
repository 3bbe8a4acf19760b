package io.juxta.image;

import io.juxta.image.Header.Damaged;
import java.io.IOException;

/**
 * Portable pixel maps (P6, as text P3) and grey maps (P5, P2) with values of 8 or 16 bits, which are scaled to 0 to 255
 * as Pillow scales those of pixel maps.
 */
final class Pnm {
    private final Bytes file;
    private final boolean text;
    private final int channels;
    private long at = 2;

    Pnm(byte[] bytes) {
        this.file = new Bytes(bytes);
        int kind = file.u8(1) - '0';
        this.text = kind < 4;
        this.channels = kind == 3 || kind == 6 ? 3 : 1;
    }

    static boolean isOne(Bytes file) {
        return (file.starts(0, "P2") || file.starts(0, "P3") || file.starts(0, "P5") || file.starts(0, "P6"))
                && file.length() > 2
                && (isSpace(file.u8(2)) || file.u8(2) == '#');
    }

    /** Reads to the first value; of a binary file it checks that all are there. */
    Header header() throws Damaged {
        long width = number();
        long height = number();
        long largest = number();
        if (largest < 1 || largest > 65535) {
            throw new Damaged("damaged PPM: a largest value of " + largest + " is not within 1 to 65535");
        }
        long bytes = channels * (largest > 255 ? 2 : 1);
        long end = at + 1 + width * height * bytes;
        if (!text && width > 0 && height > 0 && (height > (Long.MAX_VALUE >> 8) / width || end > file.length())) {
            throw new Damaged("truncated PPM: " + file.length() + " bytes of " + end);
        }
        return new Header(ImageFormat.PPM, width, height, channels);
    }

    Image decode() throws IOException {
        try {
            int width = (int) number();
            int height = (int) number();
            int largest = (int) number();
            // one space ends the header, then binary values begin
            at++;
            byte[] rgb = new byte[3 * width * height];
            for (int i = 0; i < rgb.length; i += 3) {
                for (int c = 0; c < 3; c++) {
                    rgb[i + c] = c < channels ? scaled(value(largest), largest) : rgb[i];
                }
            }
            return new Image(width, height, rgb);
        } catch (Damaged | IndexOutOfBoundsException e) {
            throw new IOException("its values break off", e);
        }
    }

    private static byte scaled(long value, int largest) {
        return (byte)
                (largest == 255 ? Math.min(255, value) : Math.min(255, Math.rint((double) value / largest * 255)));
    }

    private long value(int largest) throws Damaged {
        if (text) {
            return number();
        }
        int value = largest > 255 ? file.u16(at) : file.u8(at);
        at += largest > 255 ? 2 : 1;
        return value;
    }

    /** The next number in decimal digits, after spaces and comments. */
    private long number() throws Damaged {
        while (isSpace(file.u8(at)) || file.u8(at) == '#') {
            if (file.u8(at) == '#') {
                while (file.u8(at) != '\n') {
                    at++;
                }
            }
            at++;
        }
        long number = 0;
        int digits = 0;
        while (at < file.length() && file.u8(at) >= '0' && file.u8(at) <= '9') {
            number = 10 * number + file.u8(at) - '0';
            at++;
            digits++;
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
