package io.juxta.data;

import java.util.zip.CRC32C;
import org.apiguardian.api.API;

/**
 * What tells whether an image's file is still what it was.
 *
 * @param size in bytes
 * @param modified time of its last change in milliseconds since 1970; 0 where it says nothing
 * @param checksum CRC-32C of its bytes, or {@link #UNREAD} while it has not been read
 */
@API(status = API.Status.EXPERIMENTAL)
public record FileState(long size, long modified, long checksum) {
    /** The checksum of a file that nobody has read. */
    public static final long UNREAD = -1;

    /** The checksum of some bytes. */
    public static long checksum(byte[] bytes, int from, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, length);
        return sum.getValue();
    }
}
