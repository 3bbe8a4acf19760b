package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ForeignFormatTest {
    /** How real files of each kind begin. */
    private static final Map<ForeignFormat, Set<String>> BEGINNINGS = Map.ofEntries(
            Map.entry(
                    ForeignFormat.HEIC,
                    Set.of("\0\0\0\30ftypheic\0\0\0\0mif1heic", "\0\0\0\30ftypmif1\0\0\0\0mif1heic")),
            Map.entry(
                    ForeignFormat.AVIF,
                    Set.of("\0\0\0\34ftypavif\0\0\0\0mif1miaf", "\0\0\0\34ftypmif1\0\0\0\0mif1avif")),
            Map.entry(
                    ForeignFormat.JPEG_2000, Set.of("\0\0\0\fjP  \r\n\u0087\n\0\0\0\24ftypjp2 ", "\u00ffO\u00ffQ\0/")),
            Map.entry(ForeignFormat.JPEG_XL, Set.of("\u00ff\n\u00fa\37", "\0\0\0\fJXL \r\n\u0087\n")),
            Map.entry(ForeignFormat.JPEG_XR, Set.of("II\u00bc\1\b\0\0\0")),
            Map.entry(ForeignFormat.JPEG_LS, Set.of("\u00ff\u00d8\u00ff\u00f7\0\13\b")),
            Map.entry(
                    ForeignFormat.CAMERA_RAW,
                    Set.of(
                            "FUJIFILMCCD-RAW 0201",
                            "II*\0\20\0\0\0CR\2\0",
                            "\0\0\0\30ftypcrx \0\0\0\1crx isom",
                            "II*\0\b\0\0\0\1\0\22\u00c6\1\0\4\0\0\0\1\4\0\0\0\0\0\0",
                            "MM\0*\0\0\0\b\0\2\0\u00fe\0\4\0\0\0\1\0\0\0\1\1J\0\4\0\0\0\1\0\0\1\0\0\0\0\0")),
            Map.entry(ForeignFormat.PHOTOSHOP, Set.of("8BPS\0\1")),
            Map.entry(ForeignFormat.GIMP, Set.of("gimp xcf v011")),
            Map.entry(
                    ForeignFormat.SVG,
                    Set.of("<svg xmlns='a'>", "\u00ef\u00bb\u00bf<?xml version='1.0'?>\n<!-- drawn -->\n<svg>")),
            Map.entry(ForeignFormat.PDF, Set.of("%PDF-1.7")),
            Map.entry(ForeignFormat.POSTSCRIPT, Set.of("%!PS-Adobe-3.0 EPSF-3.0", "\u00c5\u00d0\u00d3\u00c6")),
            Map.entry(
                    ForeignFormat.METAFILE,
                    Set.of("\u00d7\u00cd\u00c6\u009a\0\0", "\1\0\0\0" + "\0".repeat(36) + " EMF")),
            Map.entry(ForeignFormat.ICON, Set.of("\0\0\1\0\1\0  ", "\0\0\2\0\1\0  ", "icns\0\0\0\b")),
            Map.entry(
                    ForeignFormat.TARGA,
                    Set.of(
                            "\0\0\2\0\0\0\0\0\0\0\0\0\5\0\4\0\30\0" + "x".repeat(60),
                            "\0\0\n\0\0\0\0\0\0\0\0\0\5\0\4\0 \b" + "x".repeat(60),
                            "\0\1\1\0\0\0\1\30\0\0\0\0\5\0\4\0\b\0" + "x".repeat(60))),
            Map.entry(ForeignFormat.FLOAT_MAP, Set.of("PF\n5 4\n-1.0\n")),
            Map.entry(ForeignFormat.ARBITRARY_MAP, Set.of("P7\nWIDTH 1\n")),
            Map.entry(ForeignFormat.OPEN_EXR, Set.of("v/1\1\2\0\0\0")),
            Map.entry(ForeignFormat.RADIANCE, Set.of("#?RADIANCE\n")),
            Map.entry(ForeignFormat.DIRECT_DRAW, Set.of("DDS |\0\0\0")),
            Map.entry(ForeignFormat.KTX, Set.of("\u00abKTX 11\u00bb")),
            Map.entry(ForeignFormat.QOI, Set.of("qoif\0\0\0\5")),
            Map.entry(ForeignFormat.FLIF, Set.of("FLIF31")),
            Map.entry(ForeignFormat.BPG, Set.of("BPG\u00fb ")),
            Map.entry(ForeignFormat.PAINTBRUSH, Set.of("\n\5\1\b\0\0\0\0\4\0\3\0" + "\0".repeat(120))),
            Map.entry(ForeignFormat.SGI, Set.of("\1\u00da\1\1\0\3")),
            Map.entry(ForeignFormat.SUN_RASTER, Set.of("Y\u00a6j\u0095\0\0")),
            Map.entry(ForeignFormat.MULTIPLE_PNG, Set.of("\u008aMNG\r\n\u001a\n")),
            Map.entry(ForeignFormat.DJVU, Set.of("AT&TFORM\0\0")),
            Map.entry(ForeignFormat.DICOM, Set.of("\0".repeat(128) + "DICM\2\0")),
            Map.entry(ForeignFormat.FITS, Set.of("SIMPLE  =                    T")),
            Map.entry(
                    ForeignFormat.VIDEO,
                    Set.of(
                            "\0\0\0\30ftypisom\0\0\2\0",
                            "\u001aE\u00df\u00a3",
                            "RIFF\0\0\0\0AVI LIST",
                            "\0\0\0\24ftypqt  ")),
            Map.entry(ForeignFormat.WEB_PAGE, Set.of("<!DOCTYPE html><html>", "\n <html lang='en'>")),
            Map.entry(ForeignFormat.GIT_LFS_POINTER, Set.of("version https://git-lfs.github.com/spec/v1\n")),
            Map.entry(ForeignFormat.APPLE_DOUBLE, Set.of("\0\5\26\7\0\2\0\0Mac OS X")),
            Map.entry(ForeignFormat.ARCHIVE, Set.of("PK\3\4\24\0", "\u001f\u008b\b\0", "\0x".repeat(128) + "xustar")),
            Map.entry(ForeignFormat.NUMPY, Set.of("\u0093NUMPY\1\0")));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @EnumSource
    void eachKindIsToldByItsFirstBytes(ForeignFormat kind) {
        assertThat(BEGINNINGS).containsKey(kind);
        for (String beginning : BEGINNINGS.getOrDefault(kind, Set.of())) {
            byte[] file = bytes(beginning);
            assertThat(ForeignFormat.of(file)).contains(kind);
            assertThat(ForeignFormat.of(Arrays.copyOf(file, 9000))).contains(kind);
            assertThat(ImageFormat.of(file)).isEmpty();
            assertThatThrownBy(() -> Decoder.decode(file, "a.jpg"))
                    .isInstanceOf(UnreadableImageException.class)
                    .hasMessage("a.jpg: " + kind.refusal());
        }
        assertThat(kind.refusal()).contains(kind.called(), kind.cure()).doesNotContain("\n");
    }

    @Test
    void whatIsReadOrUnknownIsNoneOfThem() {
        Image image = Noise.image(5, 4, 1);
        for (byte[] file : new byte[][] {
            Png.encode(image), Jpeg.encode(image, 90), bytes("P6 1 1 255 abc"), bytes("hello"), bytes("<"), {}
        }) {
            assertThat(ForeignFormat.of(file)).isEmpty();
        }
        assertThat(ForeignFormat.HEIC.refusal())
                .isEqualTo("is a HEIC picture, which is not read: convert it to PNG or JPEG");
        assertThat(ForeignFormat.GIT_LFS_POINTER.refusal())
                .isEqualTo("is a Git LFS pointer, not the file itself: run git lfs pull");
    }

    /** Any bytes have an answer, and hardly ever one by chance. */
    @Test
    void noiseIsNothing() {
        Random random = new Random(1);
        Set<ForeignFormat> seen = EnumSet.noneOf(ForeignFormat.class);
        int hits = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            hits += ForeignFormat.of(noise).map(seen::add).isPresent() ? 1 : 0;
        }
        assertThat(hits).as("%s", seen).isLessThan(20);
    }
}
