package io.juxta.runs;

import io.juxta.exchange.KnownWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apiguardian.api.API;

/**
 * A file of weights, and what tells it from others. Finding out takes reading the file, and nothing of libtorch.
 *
 * @param path of a run's folder the file that the run delivers
 * @param fingerprint sixteen characters: the beginning of the file's SHA-256
 */
@API(status = API.Status.EXPERIMENTAL)
public record DeliveredWeights(Path path, String fingerprint) {
    private static final int BYTES = 8;

    /**
     * Reads it.
     *
     * @param weights a file, or a run's folder
     * @throws IOException when it cannot be read, in one line that names it
     */
    public static DeliveredWeights of(Path weights) throws IOException {
        Path file = KnownWeights.file(weights);
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream read = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            byte[] part = new byte[1 << 16];
            while (read.read(part) >= 0) {
                // what is read goes into the digest
            }
            String fingerprint =
                    HexFormat.of().formatHex(read.getMessageDigest().digest(), 0, BYTES);
            return new DeliveredWeights(file, fingerprint);
        } catch (NoSuchFileException e) {
            throw new IOException("cannot read " + file + ": there is no such file or folder", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
