package io.juxta.runs;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.apiguardian.api.API;

/**
 * Text of others as a terminal may have it. Names of files, what another process of a run says and what a damaged file holds
 * can carry control characters, which move the cursor, change the title or answer in the user's place. Line ends, tabs
 * and the sequences of colours stay; every other control character becomes a question mark.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Harmless {
    private static final int ESCAPE = 0x1B;
    private static final int DELETE = 0x7F;
    /** Of UTF-8: what follows it, below 0xA0, is a control character of one byte in other encodings. */
    private static final int BEFORE_C1 = 0xC2;

    private Harmless() {}

    /** Bytes of UTF-8 or of an encoding that shares ASCII with it. */
    public static byte[] of(byte[] bytes, int from, int count) {
        int end = from + count;
        if (!holdsControls(bytes, from, end)) {
            return Arrays.copyOfRange(bytes, from, end);
        }
        ByteArrayOutputStream plain = new ByteArrayOutputStream(count);
        for (int i = from; i < end; i++) {
            int b = bytes[i] & 0xFF;
            int next = i + 1 < end ? bytes[i + 1] & 0xFF : 0;
            int colour = b == ESCAPE ? colourEnd(bytes, i, end) : 0;
            if (colour > 0) {
                plain.write(bytes, i, colour - i);
                i = colour - 1;
            } else if (b == BEFORE_C1 && next >= 0x80 && next < 0xA0) {
                plain.write('?');
                i++;
            } else {
                plain.write(isControl(b) && !(b == '\r' && next == '\n') ? '?' : b);
            }
        }
        return plain.toByteArray();
    }

    private static boolean holdsControls(byte[] bytes, int from, int end) {
        for (int i = from; i < end; i++) {
            int b = bytes[i] & 0xFF;
            if (isControl(b) || b == BEFORE_C1) {
                return true;
            }
        }
        return false;
    }

    private static boolean isControl(int b) {
        return (b < ' ' && b != '\n' && b != '\t') || b == DELETE;
    }

    /** The place behind ESC [ digits and semicolons m that begins here; 0 where it is another sequence. */
    private static int colourEnd(byte[] bytes, int from, int end) {
        int i = from + 1;
        if (i >= end || bytes[i] != '[') {
            return 0;
        }
        for (i++; i < end && i < from + 20; i++) {
            if (bytes[i] == 'm') {
                return i + 1;
            }
            if (bytes[i] != ';' && (bytes[i] < '0' || bytes[i] > '9')) {
                return 0;
            }
        }
        return 0;
    }
}
