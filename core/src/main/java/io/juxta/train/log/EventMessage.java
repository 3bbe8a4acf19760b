package io.juxta.train.log;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * TensorBoard's {@code Event} messages (tensorflow/core/util/event.proto, framework/summary.proto), as far as scalars
 * need them.
 */
final class EventMessage {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;

    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;

    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;

    private EventMessage() {}

    /** Writes the fields of a message. */
    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** What every file begins with. */
    static byte[] version(double seconds, long step) {
        return event(seconds, step, out -> out.writeString(FILE_VERSION, "brain.Event:2"));
    }

    /** That a program starts here: TensorBoard forgets what earlier files say of this step and of later ones. */
    static byte[] start(double seconds, long step) {
        return event(
                seconds,
                step,
                out -> out.writeByteArray(
                        SESSION_LOG, message(session -> session.writeEnum(SESSION_STATUS, SESSION_START))));
    }

    /** Scalars by tag. */
    static byte[] scalars(double seconds, long step, Map<String, Double> values) {
        byte[] summary = message(out -> {
            for (Map.Entry<String, Double> value : values.entrySet()) {
                out.writeByteArray(SUMMARY_VALUE, message(fields -> {
                    fields.writeString(VALUE_TAG, value.getKey());
                    fields.writeFloat(VALUE_SIMPLE, value.getValue().floatValue());
                }));
            }
        });
        return event(seconds, step, out -> out.writeByteArray(SUMMARY, summary));
    }

    private static byte[] event(double seconds, long step, Fields what) {
        return message(out -> {
            out.writeDouble(WALL_TIME, seconds);
            out.writeInt64(STEP, step);
            what.write(out);
        });
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array in memory takes every byte", e);
        }
        return bytes.toByteArray();
    }
}
