package io.juxta.weights.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apiguardian.api.API;

/** A stream of which it is known how much there is: no length in it makes an array of more. */
@API(status = API.Status.INTERNAL)
public final class PickleBytes {
    private final InputStream in;
    private long left;

    /** @param length bytes that the stream may give */
    public PickleBytes(InputStream in, long length) {
        this.in = in;
        this.left = length;
    }

    /** Bytes that have not been read. */
    public long left() {
        return left;
    }

    int next() throws IOException {
        int value = left > 0 ? in.read() : -1;
        if (value < 0) {
            throw new EOFException("ends within a pickle: it is cut short");
        }
        left--;
        return value;
    }

    byte[] next(long length) throws IOException {
        if (length < 0 || length > left) {
            throw new PickleException("says that " + Long.toUnsignedString(length) + " bytes follow, and has " + left);
        }
        byte[] bytes = in.readNBytes((int) length);
        left -= bytes.length;
        if (bytes.length < length) {
            throw new EOFException("ends within a pickle: it is cut short");
        }
        return bytes;
    }

    /** An unsigned number, little-endian, of up to four bytes. */
    long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        return value;
    }

    /** A whole number of eight bytes, little-endian. */
    public long whole() throws IOException {
        return number(4) | number(4) << 32;
    }

    String text(long length) throws IOException {
        return new String(next(length), StandardCharsets.UTF_8);
    }

    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = next(); c != '\n'; c = next()) {
            if (line.length() == 1000) {
                throw new PickleException("has a name of more than 1,000 characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
