package io.juxta.runs;

import io.juxta.exchange.KnownWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells weights apart by sixteen characters: the beginning of their file's SHA-256. */
final class WeightsFingerprint {
    private static final int BYTES = 8;

    private WeightsFingerprint() {}

    static String of(Path weights) throws IOException {
        Path file = KnownWeights.file(weights);
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream read = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            byte[] part = new byte[1 << 16];
            while (read.read(part) >= 0) {
                // what is read goes into the digest
            }
            return HexFormat.of().formatHex(read.getMessageDigest().digest(), 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
