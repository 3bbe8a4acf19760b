package io.juxta.image;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Strips and tiles of a TIFF file without their compression: none, LZW, deflate or PackBits, and the predictor. */
final class TiffUnpacker {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int MOST_CODES = 4096;

    private final byte[] file;
    private final Tiff tiff;
    private final int rowBytes;

    // a code of LZW is another one and a byte
    private final short[] before = new short[MOST_CODES];
    private final byte[] last = new byte[MOST_CODES];
    private final byte[] stack = new byte[MOST_CODES];

    TiffUnpacker(Tiff tiff) {
        this.file = tiff.bytes();
        this.tiff = tiff;
        this.rowBytes = (int) (TiffPixels.partBytes(tiff) / tiff.partHeight());
    }

    /** Unpacks the first rows of a part; fails when they are not all there. */
    void unpack(int part, byte[] out, int rows) throws IOException {
        int from = (int) tiff.tags().value(tiff.offsetsTag(), part, 0);
        int length = (int) tiff.tags().value(tiff.lengthsTag(), part, file.length - from);
        int needed = rows * rowBytes;
        int had =
                switch (tiff.compression()) {
                    case Tiff.LZW -> lzw(from, from + length, out, needed);
                    case Tiff.DEFLATE, Tiff.OLD_DEFLATE -> inflate(from, length, out, needed);
                    case Tiff.PACK_BITS -> packBits(from, from + length, out, needed);
                    default -> copy(from, length, out, needed);
                };
        if (had < needed) {
            throw new IOException("a part of it ends after " + had + " of " + needed + " bytes");
        }
        if (tiff.predictor() == 2) {
            for (int row = 0; row < rows; row++) {
                sum(out, row * rowBytes);
            }
        }
    }

    private int copy(int from, int length, byte[] out, int needed) {
        int copied = Math.min(length, needed);
        System.arraycopy(file, from, out, 0, copied);
        if (tiff.tags().value(TiffDirectory.FILL_ORDER, 1) == 2) {
            for (int i = 0; i < copied; i++) {
                out[i] = (byte) (Integer.reverse(out[i]) >>> 24);
            }
        }
        return copied;
    }

    private int inflate(int from, int length, byte[] out, int needed) throws IOException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(file, from, length);
            int had = 0;
            while (had < needed) {
                int more = inflater.inflate(out, had, needed - had);
                if (more == 0) {
                    break;
                }
                had += more;
            }
            return had;
        } catch (DataFormatException e) {
            throw new IOException("its compression is broken", e);
        } finally {
            inflater.end();
        }
    }

    private int packBits(int start, int end, byte[] out, int needed) {
        int at = start;
        int to = 0;
        while (at < end && to < needed) {
            int count = file[at++];
            if (count >= 0) {
                int copied = Math.min(Math.min(count + 1, end - at), needed - to);
                System.arraycopy(file, at, out, to, copied);
                at += count + 1;
                to += copied;
            } else if (count != -128 && at < end) {
                for (int i = 0; i < 1 - count && to < needed; i++) {
                    out[to++] = file[at];
                }
                at++;
            }
        }
        return to;
    }

    private int lzw(int start, int end, byte[] out, int needed) throws IOException {
        if (end - start > 1 && file[start] == 0 && (file[start + 1] & 1) == 1) {
            throw new IOException("LZW of the old style, which is not read: save it anew");
        }
        long bit = 8L * start;
        int size = 9;
        int next = END + 1;
        int previous = -1;
        int to = 0;
        while (to < needed && bit + size <= 8L * end) {
            int code = code(bit, size);
            bit += size;
            if (code == END) {
                break;
            }
            if (code == CLEAR) {
                size = 9;
                next = END + 1;
                previous = -1;
                continue;
            }
            if (code > next || previous < 0 && code > 255 || code == next && previous < 0) {
                throw new IOException("its compression is broken");
            }
            int depth = 0;
            int known = code == next ? previous : code;
            while (known > 255) {
                stack[depth++] = last[known];
                known = before[known];
            }
            byte first = (byte) known;
            stack[depth++] = first;
            while (depth > 0 && to < needed) {
                out[to++] = stack[--depth];
            }
            if (code == next && to < needed) {
                out[to++] = first;
            }
            if (previous >= 0 && next < MOST_CODES) {
                before[next] = (short) previous;
                last[next++] = first;
            }
            previous = code;
            // one code early, as every writer does
            size = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
        }
        return to;
    }

    private int code(long bit, int size) {
        int at = (int) (bit >> 3);
        int bits = (file[at] & 255) << 16
                | (at + 1 < file.length ? file[at + 1] & 255 : 0) << 8
                | (at + 2 < file.length ? file[at + 2] & 255 : 0);
        return bits >> (24 - size - (bit & 7)) & (1 << size) - 1;
    }

    /** Differences from the pixel to the left become values. */
    private void sum(byte[] out, int row) {
        int step = tiff.planar() ? 1 : tiff.samples();
        if (tiff.bits() == 8) {
            for (int i = row + step; i < row + rowBytes; i++) {
                out[i] += out[i - step];
            }
            return;
        }
        int low = tiff.tags().isLittle() ? 0 : 1;
        for (int i = row + 2 * step; i < row + rowBytes; i += 2) {
            int value = (out[i + 1 - low] & 255) << 8 | out[i + low] & 255;
            value += (out[i - 2 * step + 1 - low] & 255) << 8 | out[i - 2 * step + low] & 255;
            out[i + 1 - low] = (byte) (value >> 8);
            out[i + low] = (byte) value;
        }
    }
}
