package io.juxta.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/**
 * Names of files as text, no two of which are ever the same. On most systems a name is bytes, which need not be UTF-8,
 * and Java shows what its locale does not know as a question mark in a diamond: there two names become one. Here such a
 * byte is written {@code \xE9}.
 */
@API(status = API.Status.INTERNAL)
public final class FileName {
    private static final char UNKNOWN = '\uFFFD';

    /** What a written byte looks like, which a name may hold of itself. */
    private static final Pattern WRITTEN = Pattern.compile("\\\\(?=x[0-9A-F]{2})");

    private FileName() {}

    /** The text of a path, with slashes between its parts whatever the system. */
    public static String of(Path path) {
        StringBuilder text = new StringBuilder();
        for (Path part : path) {
            text.append(text.isEmpty() ? "" : "/").append(part(part));
        }
        return text.toString();
    }

    private static String part(Path part) {
        String text = part.toString();
        if (text.indexOf(UNKNOWN) >= 0 && part.getFileSystem().getSeparator().equals("/")) {
            text = decode(bytes(part));
        } else if (text.indexOf('\\') >= 0) {
            text = WRITTEN.matcher(text).replaceAll("\\\\x5C");
        }
        return text;
    }

    /** A name as the system has it: a file's address is the one place where Java says its bytes. */
    private static byte[] bytes(Path part) {
        String address = part.toAbsolutePath().toUri().getRawPath();
        String last = address.substring(address.lastIndexOf('/', address.length() - 2) + 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < last.length(); i++) {
            char c = last.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(last.substring(i + 1, i + 3), 16));
                i += 2;
            } else if (c != '/') {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    private static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        StringBuilder text = new StringBuilder();
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            text.append(WRITTEN.matcher(out.flip()).replaceAll("\\\\x5C"));
            out.clear();
            if (!result.isError()) {
                return text.toString();
            }
            for (int i = 0; i < result.length(); i++) {
                text.append(String.format(Locale.ROOT, "\\x%02X", in.get() & 255));
            }
            decoder.reset();
        }
    }

    /**
     * What is the same for two names that read the same: {@code ä} may be one character or two, as macOS takes it apart.
     */
    public static String composed(String name) {
        return Normalizer.isNormalized(name, Normalizer.Form.NFC)
                ? name
                : Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** As {@link #composed}, and whether letters are large or small. */
    public static String folded(String name) {
        return composed(composed(name).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT));
    }
}
