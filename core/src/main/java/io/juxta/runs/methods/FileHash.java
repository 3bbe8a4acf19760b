package io.juxta.runs.methods;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** By what weights that a run was given are known again. */
final class FileHash {
    private FileHash() {}

    /** Of several files that of all one behind the other. */
    static String sha256(List<Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                try (InputStream in = Files.newInputStream(file);
                        DigestInputStream digesting = new DigestInputStream(in, digest)) {
                    digesting.transferTo(OutputStream.nullOutputStream());
                } catch (NoSuchFileException e) {
                    throw new IOException("cannot read " + file + ": there is no such file or folder", e);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
