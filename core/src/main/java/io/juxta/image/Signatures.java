package io.juxta.image;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What files of other kinds begin with. */
final class Signatures {
    /** First bytes that say it alone. */
    private static final Map<String, ForeignFormat> BEGINNINGS = beginnings();

    /** The brands of ISO base media files (ISO 14496-12) that are pictures; any other is a video. */
    private static final Set<String> HEIC_BRANDS =
            Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1");

    /** Where the words that name a kind of text are looked for. */
    private static final int TEXT = 1024;

    private Signatures() {}

    private static Map<String, ForeignFormat> beginnings() {
        Map<String, ForeignFormat> all = new LinkedHashMap<>();
        all.put("\0\0\0\fjP  \r\n\u0087\n", ForeignFormat.JPEG_2000);
        all.put("\u00ffO\u00ffQ", ForeignFormat.JPEG_2000);
        all.put("\0\0\0\fJXL \r\n\u0087\n", ForeignFormat.JPEG_XL);
        all.put("\u00ff\n", ForeignFormat.JPEG_XL);
        all.put("II\u00bc", ForeignFormat.JPEG_XR);
        all.put("\u00ff\u00d8\u00ff\u00f7", ForeignFormat.JPEG_LS);
        all.put("FUJIFILMCCD-RAW", ForeignFormat.CAMERA_RAW);
        all.put("IIRO", ForeignFormat.CAMERA_RAW);
        all.put("IIRS", ForeignFormat.CAMERA_RAW);
        all.put("MMOR", ForeignFormat.CAMERA_RAW);
        all.put("IIU\0", ForeignFormat.CAMERA_RAW);
        all.put("FOVb", ForeignFormat.CAMERA_RAW);
        all.put("\0MRM", ForeignFormat.CAMERA_RAW);
        all.put("II\u001a\0\0\0HEAPCCDR", ForeignFormat.CAMERA_RAW);
        all.put("8BPS", ForeignFormat.PHOTOSHOP);
        all.put("gimp xcf", ForeignFormat.GIMP);
        all.put("%PDF-", ForeignFormat.PDF);
        all.put("%!PS", ForeignFormat.POSTSCRIPT);
        all.put("\u00c5\u00d0\u00d3\u00c6", ForeignFormat.POSTSCRIPT);
        all.put("\u00d7\u00cd\u00c6\u009a", ForeignFormat.METAFILE);
        all.put("\0\0\1\0", ForeignFormat.ICON);
        all.put("\0\0\2\0\1\0", ForeignFormat.ICON);
        all.put("icns", ForeignFormat.ICON);
        all.put("PF\n", ForeignFormat.FLOAT_MAP);
        all.put("Pf\n", ForeignFormat.FLOAT_MAP);
        all.put("P7\n", ForeignFormat.ARBITRARY_MAP);
        all.put("v/1\1", ForeignFormat.OPEN_EXR);
        all.put("#?RADIANCE", ForeignFormat.RADIANCE);
        all.put("#?RGBE", ForeignFormat.RADIANCE);
        all.put("DDS ", ForeignFormat.DIRECT_DRAW);
        all.put("\u00abKTX ", ForeignFormat.KTX);
        all.put("qoif", ForeignFormat.QOI);
        all.put("FLIF", ForeignFormat.FLIF);
        all.put("BPG\u00fb", ForeignFormat.BPG);
        all.put("\1\u00da", ForeignFormat.SGI);
        all.put("Y\u00a6j\u0095", ForeignFormat.SUN_RASTER);
        all.put("\u008aMNG\r\n\u001a\n", ForeignFormat.MULTIPLE_PNG);
        all.put("\u008bJNG\r\n\u001a\n", ForeignFormat.MULTIPLE_PNG);
        all.put("AT&TFORM", ForeignFormat.DJVU);
        all.put("SIMPLE  =", ForeignFormat.FITS);
        all.put("\u001aE\u00df\u00a3", ForeignFormat.VIDEO);
        all.put("\0\0\1\u00ba", ForeignFormat.VIDEO);
        all.put("\0\0\1\u00b3", ForeignFormat.VIDEO);
        all.put("FLV\1", ForeignFormat.VIDEO);
        all.put("0&\u00b2u\u008ef\u00cf\u0011", ForeignFormat.VIDEO);
        all.put("version https://git-lfs.", ForeignFormat.GIT_LFS_POINTER);
        all.put("\0\5\26\7", ForeignFormat.APPLE_DOUBLE);
        all.put("PK\3\4", ForeignFormat.ARCHIVE);
        all.put("\u001f\u008b\b", ForeignFormat.ARCHIVE);
        all.put("BZh", ForeignFormat.ARCHIVE);
        all.put("\u00fd7zXZ\0", ForeignFormat.ARCHIVE);
        all.put("7z\u00bc\u00af", ForeignFormat.ARCHIVE);
        all.put("Rar!", ForeignFormat.ARCHIVE);
        all.put("(\u00b5/\u00fd", ForeignFormat.ARCHIVE);
        all.put("\u0093NUMPY", ForeignFormat.NUMPY);
        return all;
    }

    static @Nullable ForeignFormat foreign(Bytes file) {
        for (Map.Entry<String, ForeignFormat> beginning : BEGINNINGS.entrySet()) {
            if (file.starts(0, beginning.getKey())) {
                return beginning.getValue();
            }
        }
        if (file.starts(4, "ftyp")) {
            return isoMedia(file);
        }
        if (file.starts(0, "RIFF") && file.starts(8, "AVI ") || file.starts(4, "moov") || file.starts(4, "mdat")) {
            return ForeignFormat.VIDEO;
        }
        if (file.starts(0, "\1\0\0\0") && file.starts(40, " EMF")) {
            return ForeignFormat.METAFILE;
        }
        if (file.starts(128, "DICM")) {
            return ForeignFormat.DICOM;
        }
        if (file.starts(257, "ustar")) {
            return ForeignFormat.ARCHIVE;
        }
        if (Tiff.isOne(file)) {
            return Tiff.isRaw(file) ? ForeignFormat.CAMERA_RAW : null;
        }
        if (isPaintbrush(file)) {
            return ForeignFormat.PAINTBRUSH;
        }
        return isTarga(file) ? ForeignFormat.TARGA : text(file);
    }

    private static ForeignFormat isoMedia(Bytes file) {
        String brand = file.text(8, 4);
        if ("avif".equals(brand) || "avis".equals(brand)) {
            return ForeignFormat.AVIF;
        }
        if (HEIC_BRANDS.contains(brand)) {
            // the general brands may stand before the one that says how it is coded
            return file.text(16, 64).contains("avif") ? ForeignFormat.AVIF : ForeignFormat.HEIC;
        }
        return "crx ".equals(brand) ? ForeignFormat.CAMERA_RAW : ForeignFormat.VIDEO;
    }

    /** PCX: version, run lengths, bits, and a window that is not inside out. */
    private static boolean isPaintbrush(Bytes file) {
        return file.length() >= 128
                && file.u8(0) == 10
                && file.u8(1) <= 5
                && file.u8(2) == 1
                && Set.of(1, 2, 4, 8).contains(file.u8(3))
                && file.u16le(4) <= file.u16le(8)
                && file.u16le(6) <= file.u16le(10)
                && file.u8(64) == 0;
    }

    /** Targa has no first bytes of its own: every field of its header must make sense. */
    private static boolean isTarga(Bytes file) {
        if (file.length() < 26 || file.u8(1) > 1 || file.u16le(12) == 0 || file.u16le(14) == 0) {
            return false;
        }
        int kind = file.u8(2) & ~8;
        int depth = file.u8(16);
        boolean mapped = file.u8(1) == 1 && Set.of(15, 16, 24, 32).contains(file.u8(7)) && file.u16le(5) > 0;
        boolean unmapped = file.u8(1) == 0 && file.u16le(3) == 0 && file.u16le(5) == 0 && file.u8(7) == 0;
        boolean fits =
                switch (kind) {
                    case 1 -> mapped && depth == 8;
                    case 2 -> (mapped || unmapped) && Set.of(15, 16, 24, 32).contains(depth);
                    case 3 -> unmapped && (depth == 8 || depth == 16);
                    default -> false;
                };
        return fits && file.u8(2) <= 11 && (file.u8(17) & 0xc0) == 0 && (file.u8(17) & 15) <= 8;
    }

    private static @Nullable ForeignFormat text(Bytes file) {
        String first = file.text(0, TEXT)
                .replace("\u00ef\u00bb\u00bf", "")
                .stripLeading()
                .toLowerCase(Locale.ROOT);
        if (!first.startsWith("<")) {
            return null;
        }
        if (first.startsWith("<!doctype html") || first.startsWith("<html") || first.startsWith("<head")) {
            return ForeignFormat.WEB_PAGE;
        }
        if (first.contains("<svg")) {
            return ForeignFormat.SVG;
        }
        return first.contains("<html") ? ForeignFormat.WEB_PAGE : null;
    }
}
