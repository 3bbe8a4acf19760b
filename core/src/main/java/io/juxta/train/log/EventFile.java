package io.juxta.train.log;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event file for TensorBoard. Each start of a run writes one of its own; TensorBoard reads all of a folder in the
 * order of their names, and where one begins it forgets the steps that the earlier ones had gone beyond it.
 *
 * <pre>{@code
 * try (EventFile events = EventFile.create(folder, 0, Clock.systemUTC())) {
 *     events.add(1, Map.of("train/loss", 6.2));
 * }
 * }</pre>
 */
final class EventFile implements AutoCloseable {
    private final Path path;
    private final Clock clock;
    private final OutputStream out;

    private EventFile(Path path, Clock clock, OutputStream out) {
        this.path = path;
        this.clock = clock;
        this.out = out;
    }

    /**
     * Makes a file {@code events.out.tfevents.<seconds>.<host>.<process>.<number>}.
     *
     * @param firstStep the first step that will be told; what other files say of it and later ones is void
     */
    static EventFile create(Path folder, long firstStep, Clock clock) throws IOException {
        String start = String.format(
                Locale.ROOT,
                "events.out.tfevents.%010d.%s.%d.",
                clock.instant().getEpochSecond(),
                host(),
                ProcessHandle.current().pid());
        for (int number = 0; ; number++) {
            Path path = folder.resolve(start + number);
            try {
                OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                EventFile file = new EventFile(path, clock, new BufferedOutputStream(out));
                file.write(EventMessage.version(file.seconds(), firstStep));
                file.write(EventMessage.start(file.seconds(), firstStep));
                file.flush();
                return file;
            } catch (FileAlreadyExistsException e) {
                // another start in this second: the next number
                continue;
            }
        }
    }

    /** Without asking a name server, which may take seconds to say that it does not know. */
    private static String host() {
        Map<String, String> environment = System.getenv();
        String name = environment.getOrDefault("HOSTNAME", environment.getOrDefault("COMPUTERNAME", "localhost"));
        return name.replaceAll("[^A-Za-z0-9-]", "-");
    }

    Path path() {
        return path;
    }

    /**
     * Tells scalars; those that are no finite number are left out.
     *
     * @param step steps that are finished
     * @param values by TensorBoard's tag, as in {@code train/loss}
     */
    void add(long step, Map<String, Double> values) throws IOException {
        Map<String, Double> finite = new TreeMap<>(values);
        finite.values().removeIf(value -> !Double.isFinite(value));
        if (!finite.isEmpty()) {
            write(EventMessage.scalars(seconds(), step, finite));
        }
    }

    /** Makes all that was told readable for others. */
    void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void write(byte[] event) throws IOException {
        try {
            out.write(TfRecord.frame(event));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IOException failed(IOException e) {
        return new IOException("cannot write " + path + ": " + e.getMessage(), e);
    }

    private double seconds() {
        return clock.millis() / 1000.0;
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
