package io.juxta.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A checksum of a whole file that lies within the file: SHA-256 of all its bytes, with zeros for the checksum's own
 * digits.
 */
final class Seal {
    /** The name under which a file's metadata holds it. */
    static final String KEY = "juxta-sha256";

    private static final String BLANK = "0".repeat(64);
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{64}");

    private final MessageDigest digest;

    Seal() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Metadata with room for a seal. */
    static Map<String, String> blank(Map<String, String> metadata) {
        Map<String, String> sealed = new LinkedHashMap<>(metadata);
        sealed.put(KEY, BLANK);
        return sealed;
    }

    /** The seal that a file's metadata holds, if any. */
    static Optional<String> of(Map<String, String> metadata) {
        return Optional.ofNullable(metadata.get(KEY))
                .filter(digits -> DIGITS.matcher(digits).matches());
    }

    /** Takes in bytes that follow those before; leaves the buffer as it is. */
    void add(ByteBuffer bytes) {
        digest.update(bytes.duplicate());
    }

    /** The checksum of all that was added. */
    String digits() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A header as it was when its seal was blank. */
    static ByteBuffer blanked(byte[] header, String digits) {
        return exchanged(header, digits, BLANK);
    }

    /** A header with its blank seal filled in. */
    static ByteBuffer filled(byte[] header, String digits) {
        return exchanged(header, BLANK, digits);
    }

    private static ByteBuffer exchanged(byte[] header, String from, String to) {
        // Latin-1 gives each byte a character and back, whatever the header's encoding
        String text = new String(header, StandardCharsets.ISO_8859_1);
        String entry = "\"" + KEY + "\":\"";
        return ByteBuffer.wrap(text.replace(entry + from, entry + to).getBytes(StandardCharsets.ISO_8859_1));
    }
}
