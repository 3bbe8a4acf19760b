package io.juxta.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.apiguardian.api.API;

/**
 * Of which file, and how, a shrunk picture was made: a comment in the picture itself, so that a folder of them needs no list,
 * and work that was broken off knows what is done.
 *
 * @param size of the file that it was made of, in bytes
 * @param modified of that file, in milliseconds since 1970
 */
@API(status = API.Status.INTERNAL)
public record MadeOf(Shrinking how, long size, long modified) {
    /** Within this beginning of a file the comment lies. */
    public static final int FIRST_BYTES = 256;

    private static final String BEGIN = "Made by juxta prepare: short side ";
    private static final String KEYWORD = "Comment\0";
    private static final Pattern TEXT =
            Pattern.compile(BEGIN + "(\\d{1,5}), quality (\\d{1,3}), of (\\d{1,18}) bytes at (-?\\d{1,18})\\.");

    /** Where the comment begins: behind the header that every writer here begins with. */
    private static final int IN_JPEG = 20;

    private static final int IN_PNG = 33;

    private String text() {
        return BEGIN + how.shortSide() + ", quality " + how.quality() + ", of " + size + " bytes at " + modified + ".";
    }

    /** A JPEG or PNG file as it is written here, with the comment. */
    public byte[] writtenInto(byte[] file, ImageFormat format) {
        byte[] text = text().getBytes(StandardCharsets.ISO_8859_1);
        if (format == ImageFormat.JPEG) {
            byte[] comment = ByteBuffer.allocate(4 + text.length)
                    .putShort((short) 0xfffe)
                    .putShort((short) (2 + text.length))
                    .put(text)
                    .array();
            return inserted(file, new Bytes(file).starts(6, "JFIF\0") ? IN_JPEG : 2, comment);
        }
        byte[] content = ("tEXt" + KEYWORD + text()).getBytes(StandardCharsets.ISO_8859_1);
        CRC32 sum = new CRC32();
        sum.update(content);
        byte[] chunk = ByteBuffer.allocate(8 + content.length)
                .putInt(content.length - 4)
                .put(content)
                .putInt((int) sum.getValue())
                .array();
        return inserted(file, IN_PNG, chunk);
    }

    /**
     * What a picture says of itself; empty where it says nothing.
     *
     * @param beginning the first {@link #FIRST_BYTES} of its file
     */
    public static Optional<MadeOf> in(byte[] beginning) {
        Matcher found = TEXT.matcher(new String(beginning, StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            return Optional.empty();
        }
        try {
            Shrinking how = new Shrinking(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
            return Optional.of(new MadeOf(how, Long.parseLong(found.group(3)), Long.parseLong(found.group(4))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] inserted(byte[] file, int at, byte[] part) {
        return ByteBuffer.allocate(file.length + part.length)
                .put(file, 0, at)
                .put(part)
                .put(file, at, file.length - at)
                .array();
    }
}
