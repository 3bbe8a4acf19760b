package io.juxta.image;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** What a file of a picture that can be decoded holds beside its pixels. Whatever is damaged in it is taken for absent. */
final class SideData {
    private static final int MOST_PROFILE = 16 << 20;
    private static final int TIFF_PROFILE = 34675;
    private static final int X_RESOLUTION = 282;
    private static final int Y_RESOLUTION = 283;
    private static final int RESOLUTION_UNIT = 296;
    private static final byte[] NONE = {};

    private SideData() {}

    /** The ICC profile of its colours; empty where it has none. */
    static byte[] profile(byte[] bytes, ImageFormat format) {
        Bytes file = new Bytes(bytes);
        try {
            return switch (format) {
                case PNG -> {
                    long at = pngChunk(file, "iCCP");
                    yield at < 0 ? NONE : inflated(bytes, at, (int) file.u32(at));
                }
                case JPEG -> jpegProfile(file, bytes);
                case WEBP -> {
                    long at = webpChunk(file, "ICCP");
                    yield at < 0 ? NONE : part(bytes, at + 8, file.u32le(at + 4));
                }
                case TIFF -> {
                    TiffDirectory tags = TiffDirectory.read(file);
                    byte[] profile = new byte[(int) Math.min(MOST_PROFILE, tags.count(TIFF_PROFILE))];
                    for (int i = 0; i < profile.length; i++) {
                        profile[i] = (byte) tags.value(TIFF_PROFILE, i, 0);
                    }
                    yield profile;
                }
                default -> NONE;
            };
        } catch (IndexOutOfBoundsException | Damaged e) {
            return NONE;
        }
    }

    /** How large it is meant to be printed. */
    static Optional<PixelDensity> resolution(byte[] bytes, ImageFormat format) {
        Bytes file = new Bytes(bytes);
        try {
            return Optional.of(
                            switch (format) {
                                case PNG -> {
                                    long at = pngChunk(file, "pHYs");
                                    boolean metres = at > 0 && file.u8(at + 16) == 1;
                                    yield metres
                                            ? new PixelDensity(file.u32(at + 8), file.u32(at + 12))
                                            : new PixelDensity(0, 0);
                                }
                                case JPEG -> {
                                    int unit = file.starts(6, "JFIF\0") ? file.u8(13) : 0;
                                    int x = file.u16(14);
                                    int y = file.u16(16);
                                    yield unit == 1
                                            ? PixelDensity.ofDotsPerInch(x, y)
                                            : unit == 2 ? new PixelDensity(100L * x, 100L * y) : new PixelDensity(0, 0);
                                }
                                case BMP ->
                                    file.u32le(14) == 12
                                            ? new PixelDensity(0, 0)
                                            : new PixelDensity(file.u32le(38), file.u32le(42));
                                case TIFF -> tiffResolution(TiffDirectory.read(file));
                                default -> new PixelDensity(0, 0);
                            })
                    .filter(PixelDensity::isOne);
        } catch (IndexOutOfBoundsException | Damaged e) {
            return Optional.empty();
        }
    }

    private static PixelDensity tiffResolution(TiffDirectory tags) {
        double x = tags.fraction(X_RESOLUTION);
        double y = tags.fraction(Y_RESOLUTION);
        return switch ((int) tags.value(RESOLUTION_UNIT, 2)) {
            case 2 -> PixelDensity.ofDotsPerInch(x, y);
            case 3 -> new PixelDensity(Math.round(100 * x), Math.round(100 * y));
            default -> new PixelDensity(0, 0);
        };
    }

    /** Whether its header says that pixels may be transparent. */
    static boolean mayBeTransparent(byte[] bytes, ImageFormat format) {
        Bytes file = new Bytes(bytes);
        try {
            return switch (format) {
                case PNG -> (file.u8(25) & 4) != 0 || pngChunk(file, "tRNS") > 0;
                case WEBP ->
                    file.starts(12, "VP8X")
                            ? (file.u8(20) & 0x10) != 0
                            : file.starts(12, "VP8L") && (file.u8(24) & 0x10) != 0;
                case GIF -> GifFile.read(bytes).transparent() >= 0;
                case TIFF -> TiffDirectory.read(file).value(TiffDirectory.EXTRA_SAMPLES, 0) > 0;
                case BMP -> file.u32le(14) >= 56 && file.u16le(28) == 32 && file.u32le(66) != 0;
                default -> false;
            };
        } catch (IndexOutOfBoundsException | Damaged e) {
            return false;
        }
    }

    private static long pngChunk(Bytes file, String name) {
        for (long at = 8; !file.starts(at + 4, "IDAT") && !file.starts(at + 4, "IEND"); at += 12 + file.u32(at)) {
            if (file.starts(at + 4, name)) {
                return at;
            }
        }
        return -1;
    }

    private static long webpChunk(Bytes file, String name) {
        for (long at = 12; at + 8 <= file.length(); at += 8 + (file.u32le(at + 4) + 1 & ~1L)) {
            if (file.starts(at, name)) {
                return at;
            }
        }
        return -1;
    }

    private static byte[] part(byte[] bytes, long from, long length) {
        if (length > MOST_PROFILE || from + length > bytes.length) {
            return NONE;
        }
        return Arrays.copyOfRange(bytes, (int) from, (int) (from + length));
    }

    /** A name, a zero, the kind of compression, and then the profile. */
    private static byte[] inflated(byte[] bytes, long chunk, int length) {
        int end = (int) chunk + 8 + length;
        int at = (int) chunk + 8;
        while (at < end && bytes[at] != 0) {
            at++;
        }
        at += 2;
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes, at, end - at);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            while (!inflater.finished() && out.size() <= MOST_PROFILE) {
                int read = inflater.inflate(buffer);
                if (read == 0) {
                    return NONE;
                }
                out.write(buffer, 0, read);
            }
            return out.size() <= MOST_PROFILE ? out.toByteArray() : NONE;
        } catch (DataFormatException e) {
            return NONE;
        } finally {
            inflater.end();
        }
    }

    /** It comes in parts that are numbered, as a rule in their order. */
    private static byte[] jpegProfile(Bytes file, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int next = 1;
        for (long at = 2; file.u8(at + 1) != 0xda; at += file.u8(at + 1) == 0xff ? 1 : 2 + file.u16(at + 2)) {
            boolean part = file.u8(at + 1) == 0xe2 && file.starts(at + 4, "ICC_PROFILE\0");
            if (part && file.u8(at + 16) == next && file.u16(at + 2) > 16) {
                out.write(bytes, (int) at + 18, file.u16(at + 2) - 16);
                next++;
            }
        }
        return out.size() <= MOST_PROFILE ? out.toByteArray() : NONE;
    }
}
