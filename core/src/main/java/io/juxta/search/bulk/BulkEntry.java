package io.juxta.search.bulk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apiguardian.api.API;

/**
 * A picture for a data base.
 *
 * @param name its path below the folder, by slashes; half a surrogate pair, which UTF-8 has no form for, is written {@code \\uD800}
 * @param label empty for none
 * @param vector finite, and not all zeros: no cosine is defined else
 */
@API(status = API.Status.EXPERIMENTAL)
public record BulkEntry(String name, String label, float[] vector) {
    private static final long VERSION = 0x8000L; // 8: of the maker's own making (RFC 9562)
    private static final long VARIANT = 0x8000000000000000L;

    public BulkEntry {
        name = whole(name);
        label = whole(label);
    }

    private static String whole(String text) {
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                whole.append(String.format(Locale.ROOT, "\\u%04X", point));
            } else {
                whole.appendCodePoint(point);
            }
        });
        return whole.toString();
    }

    /** The same for the same name, so that what is loaded twice is there once: of its SHA-256. */
    public UUID id() {
        try {
            ByteBuffer digest =
                    ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
            long high = digest.getLong() & ~0xF000L | VERSION;
            long low = digest.getLong() & 0x3FFFFFFFFFFFFFFFL | VARIANT;
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Each folder that it lies in or below: {@code birds} and {@code birds/owls} of {@code birds/owls/7.jpg}. */
    public List<String> folders() {
        List<String> folders = new ArrayList<>();
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            folders.add(name.substring(0, slash));
        }
        return folders;
    }
}
