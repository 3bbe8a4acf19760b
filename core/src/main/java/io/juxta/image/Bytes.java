package io.juxta.image;

import java.nio.charset.StandardCharsets;

/** Unsigned numbers in a file's bytes; reading past the end throws IndexOutOfBoundsException. */
final class Bytes {
    private final byte[] file;

    Bytes(byte[] file) {
        this.file = file;
    }

    int length() {
        return file.length;
    }

    int u8(long at) {
        if (at >= file.length || at < 0) {
            throw new IndexOutOfBoundsException("byte " + at + " of " + file.length);
        }
        return file[(int) at] & 255;
    }

    int u16(long at) {
        return u8(at) << 8 | u8(at + 1);
    }

    int u16le(long at) {
        return u8(at) | u8(at + 1) << 8;
    }

    long u32(long at) {
        return (long) u16(at) << 16 | u16(at + 2);
    }

    long u32le(long at) {
        return u16le(at) | (long) u16le(at + 2) << 16;
    }

    /** Whether these characters, one a byte, stand here. */
    boolean starts(long at, String characters) {
        if (at + characters.length() > file.length) {
            return false;
        }
        for (int i = 0; i < characters.length(); i++) {
            if (u8(at + i) != characters.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** What stands here as text, a character a byte; shorter where the file ends. */
    String text(int at, int length) {
        int from = Math.min(at, file.length);
        return new String(file, from, Math.min(length, file.length - from), StandardCharsets.ISO_8859_1);
    }
}
