package io.juxta.search;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** NumPy's array files, version 1.0 of their format. */
final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private Npy() {}

    /**
     * Writes what stands before the values.
     *
     * @param type as NumPy spells it: {@code <f4}
     * @param shape sizes with commas between them
     */
    static void header(OutputStream out, String type, String shape) throws IOException {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        int bare = MAGIC.length + 2 + text.length() + 1;
        int padding = (ALIGNMENT - bare % ALIGNMENT) % ALIGNMENT;
        byte[] padded = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        out.write(MAGIC);
        out.write(padded.length & 255);
        out.write(padded.length >> 8);
        out.write(padded);
    }

    /** A one-dimensional array of texts, each in UTF-32 and as long as the longest. */
    static void strings(OutputStream out, List<String> texts) throws IOException {
        int longest = texts.stream()
                .mapToInt(text -> text.codePointCount(0, text.length()))
                .max()
                .orElse(0);
        int length = Math.max(1, longest);
        header(out, "<U" + length, texts.size() + ",");
        for (String text : texts) {
            ByteBuffer cell = ByteBuffer.allocate(4 * length).order(ByteOrder.LITTLE_ENDIAN);
            text.codePoints().forEach(cell::putInt);
            out.write(cell.array());
        }
    }
}
