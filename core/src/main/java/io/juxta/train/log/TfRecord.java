package io.juxta.train.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The framing of TensorFlow's record files: length as a little-endian uint64, its checksum, the data, their checksum.
 * Checksums are CRC-32C, masked so that a checksum of data that hold checksums stays useful.
 */
final class TfRecord {
    private static final int MASK = 0xa282ead8;

    private TfRecord() {}

    static byte[] frame(byte[] data) {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedChecksum(record.array(), Long.BYTES));
        record.put(data);
        record.putInt(maskedChecksum(data, data.length));
        return record.array();
    }

    /** Of the first bytes. */
    private static int maskedChecksum(byte[] bytes, int count) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, count);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK;
    }
}
