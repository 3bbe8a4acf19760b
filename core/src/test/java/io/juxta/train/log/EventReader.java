package io.juxta.train.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads event files by the published formats, sharing no code with what writes them; every byte must have its meaning. */
final class EventReader {
    private EventReader() {}

    /**
     * One event.
     *
     * @param version of the file, empty where the event is another
     * @param start whether it is a session's start
     */
    record Event(double wallTime, long step, String version, boolean start, Map<String, Float> scalars) {}

    static List<Event> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            long length = bytes.getLong();
            assertThat(bytes.getInt()).isEqualTo(masked(bytes.array(), start, 8));
            byte[] data = new byte[Math.toIntExact(length)];
            bytes.get(data);
            assertThat(bytes.getInt()).isEqualTo(masked(data, 0, data.length));
            events.add(event(data));
        }
        return events;
    }

    private static int masked(byte[] bytes, int from, int count) {
        int crc = ~0;
        for (int i = from; i < from + count; i++) {
            crc ^= bytes[i] & 255;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        crc = ~crc;
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static Event event(byte[] data) throws InvalidProtocolBufferException {
        UnknownFieldSet fields = UnknownFieldSet.parseFrom(data);
        assertThat(fields.asMap().keySet()).isSubsetOf(1, 2, 3, 5, 7);
        Map<String, Float> scalars = new TreeMap<>();
        if (fields.hasField(5)) {
            UnknownFieldSet summary = UnknownFieldSet.parseFrom(
                    fields.getField(5).getLengthDelimitedList().get(0));
            assertThat(summary.asMap().keySet()).containsExactly(1);
            for (var bytes : summary.getField(1).getLengthDelimitedList()) {
                UnknownFieldSet value = UnknownFieldSet.parseFrom(bytes);
                assertThat(value.asMap().keySet()).containsExactly(1, 2);
                scalars.put(
                        value.getField(1).getLengthDelimitedList().get(0).toStringUtf8(),
                        Float.intBitsToFloat(value.getField(2).getFixed32List().get(0)));
            }
        }
        boolean start = false;
        if (fields.hasField(7)) {
            UnknownFieldSet session = UnknownFieldSet.parseFrom(
                    fields.getField(7).getLengthDelimitedList().get(0));
            assertThat(session.asMap().keySet()).containsExactly(1);
            start = session.getField(1).getVarintList().equals(List.of(1L));
        }
        return new Event(
                Double.longBitsToDouble(fields.getField(1).getFixed64List().get(0)),
                fields.getField(2).getVarintList().get(0),
                fields.hasField(3)
                        ? fields.getField(3).getLengthDelimitedList().get(0).toStringUtf8()
                        : "",
                start,
                scalars);
    }
}
