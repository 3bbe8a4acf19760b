package io.juxta.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files made to take time or memory: what is done to one is linear in its bytes, and known before it is done. */
class HostileImagesTest {
    private static final int PIECES = 60_000;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] between(byte[] file, int at, byte[] piece, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        for (int i = 0; i < times; i++) {
            out.writeBytes(piece);
        }
        out.write(file, at, file.length - at);
        return out.toByteArray();
    }

    private static byte[] chunk(String name, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(bytes(name));
        sum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(bytes(name))
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    /** Files of one small picture and very many pieces beside it. */
    private enum Pieces {
        PNG_PROFILES,
        PNG_TEXTS,
        JPEG_SEGMENTS,
        JPEG_SEGMENTS_AFTER_ITS_SCAN,
        GIF_BLOCKS,
        WEBP_CHUNKS,
        PIXEL_MAP_COMMENTS;

        byte[] file(int times) {
            Image image = Noise.image(6, 4, 1);
            byte[] jpeg = Jpeg.encode(image, 90);
            byte[] segment = bytes("\u00ff\u00e1\0\2");
            return switch (this) {
                case PNG_PROFILES -> between(Png.encode(image), 33, chunk("iCCP", bytes("a\0\0b")), times);
                case PNG_TEXTS -> between(Png.encode(image), 33, chunk("zTXt", bytes("a\0\0b")), times);
                case JPEG_SEGMENTS -> between(jpeg, 2, segment, times);
                case JPEG_SEGMENTS_AFTER_ITS_SCAN -> between(jpeg, jpeg.length - 2, segment, times);
                case GIF_BLOCKS -> between(gif(), 13, bytes("!\u00fe\1a\0"), times);
                case WEBP_CHUNKS -> {
                    byte[] webp = Encoding.encode(image, ".webp");
                    byte[] file = between(webp, webp.length, bytes("JUNK\0\0\0\0"), times);
                    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4, file.length - 8);
                    yield file;
                }
                case PIXEL_MAP_COMMENTS -> between(bytes("P6\n6 4\n255\n" + "x".repeat(72)), 3, bytes("# \n"), times);
            };
        }

        /** Black, 6 x 4. */
        private static byte[] gif() {
            return bytes("GIF89a\6\0\4\0\0\0\0,\0\0\0\0\6\0\4\0\0\7" + blocks() + "\0;");
        }

        /** Clear codes of eight bits between literal zeros. */
        private static String blocks() {
            StringBuilder codes = new StringBuilder();
            for (int i = 0; i < 24; i++) {
                codes.append('\u0080').append('\0');
            }
            return (char) codes.length() + codes.toString();
        }
    }

    private static long allocatedBy(byte[] file) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Image image = Decoder.decodeUpright(file, "pieces");
        assertThat(image.width()).isEqualTo(6);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** To copy a file once for each of its pieces was to copy gigabytes. */
    @ParameterizedTest
    @EnumSource
    void whatIsDoneToAFileIsLinearInItsBytes(Pieces pieces) throws IOException {
        byte[] file = pieces.file(PIECES);
        allocatedBy(pieces.file(1));
        assertThat(allocatedBy(file)).isLessThan(8L * file.length + (4 << 20));
        assertThat(Decoder.decode(file, "many").rgb())
                .containsExactly(Decoder.decode(pieces.file(0), "none").rgb());
    }

    /** The decoder would collect them, each at the end of a list that it walks from its start. */
    @Test
    void whatStandsBesideThePixelsOfAJpegDoesNotReachTheDecoder() throws Damaged {
        byte[] jpeg = Jpeg.encode(Noise.image(6, 4, 1), 90);
        for (Pieces pieces : new Pieces[] {Pieces.JPEG_SEGMENTS, Pieces.JPEG_SEGMENTS_AFTER_ITS_SCAN}) {
            assertThat(JpegFile.read(pieces.file(PIECES)).plain()).containsExactly(jpeg);
        }
    }

    @Test
    void aTiffWhoseSizeStandsTwiceIsRefused() {
        int[][] entries = {{256, 256}, {256, 30_000}, {257, 256}, {257, 30_000}, {258, 8}, {273, 8}, {279, 1}};
        ByteBuffer file = ByteBuffer.allocate(8 + 2 + 12 * entries.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        file.put(bytes("II*\0")).putInt(8).putShort((short) entries.length);
        for (int[] entry : entries) {
            file.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[1]);
        }
        assertThatThrownBy(() -> Decoder.pixels(file.array(), "two.tif"))
                .hasMessage("two.tif: damaged TIFF: its tag 256 stands twice; save it anew");
        file.putShort(8, (short) -1);
        assertThatThrownBy(() -> Decoder.pixels(file.array(), "many.tif"))
                .hasMessage("many.tif: damaged TIFF: 65535 tags are more than the limit of 2048");
    }

    @Test
    void twoSizesInOneFileAreRefused() {
        byte[] png = Png.encode(Noise.image(6, 4, 1));
        byte[] twice = between(png, 33, Arrays.copyOfRange(png, 8, 33), 1);
        assertThatThrownBy(() -> Decoder.decode(twice, "a.png"))
                .hasMessage("a.png: damaged PNG: its header stands twice");
        byte[] jpeg = Jpeg.encode(Noise.image(6, 4, 1), 90);
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0");
        byte[] two = between(jpeg, frame, Arrays.copyOfRange(jpeg, frame, frame + 19), 1);
        assertThatThrownBy(() -> Decoder.decode(two, "a.jpg")).hasMessage("a.jpg: damaged JPEG: its size stands twice");
    }

    /** Of a few bytes, and of four inks: the reader for them needs 7 bytes for each pixel on the heap. */
    @Test
    void whatWouldTakeTooMuchMemoryIsRefusedBeforeItIsDecoded() throws Damaged {
        byte[] jpeg = Jpeg.encode(Noise.image(6, 4, 1), 90);
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0");
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 13_300).putShort(frame + 7, (short) 13_300);
        DecodingMemory.Need rgb = JpegFile.read(jpeg).need();
        assertThat(rgb.heap()).isEqualTo(3L * 13_300 * 13_300 + jpeg.length);
        byte[] inks = between(jpeg, frame + 19, bytes("\4\21\0"), 1);
        ByteBuffer.wrap(inks).putShort(frame + 2, (short) 20).put(frame + 9, (byte) 4);
        assertThat(JpegFile.read(inks).need().heap()).isEqualTo(7L * 13_300 * 13_300 + inks.length);
        inks[frame + 1] = (byte) 0xc2;
        assertThat(JpegFile.read(inks).need().outside()).isEqualTo(8L * 13_300 * 13_300);
        DecodingMemory memory = new DecodingMemory(768 << 20, 2L << 30);
        assertThat(memory.refusal(rgb)).isNull();
        assertThat(memory.refusal(JpegFile.read(inks).need()))
                .isEqualTo("1181 MiB to decode, the limit is 768 MiB: shrink it, or give Java more memory (-Xmx)");
        assertThat(memory.refusal(new DecodingMemory.Need(1, 3L << 30)))
                .isEqualTo("3072 MiB to decode, the limit is 2048 MiB, half of the memory here: shrink it");
    }

    @Test
    void whoFindsTooLittleMemoryWaits() throws InterruptedException {
        DecodingMemory memory = new DecodingMemory(100, 100);
        DecodingMemory.Need most = new DecodingMemory.Need(80, 0);
        memory.take(most);
        Thread large = waiting(memory, most);
        // a small one that would fit does not pass it for ever
        Thread small = waiting(memory, new DecodingMemory.Need(10, 0));
        assertThat(memory.taken()).isEqualTo(most);
        memory.decoded(most, 0);
        large.join();
        small.join();
        assertThat(memory.taken()).isEqualTo(new DecodingMemory.Need(90, 0));
    }

    private static Thread waiting(DecodingMemory memory, DecodingMemory.Need need) {
        Thread thread = new Thread(() -> memory.take(need));
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void aPictureCountsWhileItIsHeld() throws IOException {
        byte[] png = Png.encode(Noise.image(6, 4, 1));
        try (DecodingMemory.Hold hold = DecodingMemory.hold()) {
            Decoder.decode(png, "a");
            Decoder.decode(png, "b");
            assertThat(DecodingMemory.PROCESS.taken()).isEqualTo(new DecodingMemory.Need(2 * 72, 0));
        }
        assertThat(DecodingMemory.PROCESS.taken()).isEqualTo(new DecodingMemory.Need(0, 0));
    }

    @Test
    void tooManyScansAreRefused() {
        byte[] jpeg = Jpeg.encode(Noise.image(6, 4, 1), 90);
        int scan = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00da");
        byte[] many = between(jpeg, scan, Arrays.copyOfRange(jpeg, scan, jpeg.length - 2), 300);
        assertThatThrownBy(() -> Decoder.decode(many, "a.jpg"))
                .hasMessage("a.jpg: JPEG of more than 200 scans, which is not read: save it anew");
    }
}
