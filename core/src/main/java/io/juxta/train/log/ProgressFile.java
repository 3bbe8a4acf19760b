package io.juxta.train.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.Training;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apiguardian.api.API;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells within an epoch where a run stands, in {@code progress.json} of its folder, at most once a second; gone when the
 * run ends.
 *
 * <p>It is moved into its place whole, and not forced to the disk: it is for those who watch, and nothing is resumed from
 * it. Where it cannot be written the run goes on without it.
 */
@API(status = API.Status.INTERNAL)
public final class ProgressFile implements Training.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressFile.class);
    private static final String NAME = "progress.json";
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LARGEST = 4096;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Path beside;
    private final Pace pace;
    private final Clock clock;
    private long writtenNanos = System.nanoTime() - PAUSE_NANOS;
    private boolean writes = true;

    /**
     * What a folder says of a run that is at work.
     *
     * @param age how long ago
     */
    public record Told(Pace.Now now, Duration age) {}

    /** @param folder of the run, which nobody else writes */
    public ProgressFile(Path folder, Pace pace) {
        this(folder, pace, Clock.systemUTC());
    }

    ProgressFile(Path folder, Pace pace, Clock clock) {
        file = folder.resolve(NAME);
        beside = folder.resolve("." + NAME + ".tmp");
        this.pace = pace;
        this.clock = clock;
    }

    @Override
    public void step(Position after, double lr, Map<String, Double> metrics) {
        Pace.Now now = pace.step(after, metrics);
        long nanos = System.nanoTime();
        boolean last = now.step() == now.steps();
        if (writes && (last || nanos - writtenNanos >= PAUSE_NANOS)) {
            writtenNanos = nanos;
            write(now);
        }
    }

    /** Where a run stands, as the file and whoever shows it have it. */
    public static void put(ObjectNode json, Pace.Now now) {
        json.put("epoch", now.epoch())
                .put("epochs", now.epochs())
                .put("step", now.step())
                .put("steps", now.steps())
                .put("loss", now.loss())
                .put("images_per_second", now.imagesPerSecond())
                .put("waiting_share", now.waitingShare())
                .put("epoch_seconds_left", now.epochSecondsLeft())
                .put("run_seconds_left", now.runSecondsLeft());
    }

    private void write(Pace.Now now) {
        ObjectNode json = JSON.createObjectNode().put("time", clock.instant().toString());
        put(json, now);
        try {
            Files.writeString(beside, json + "\n");
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            writes = false;
            LOG.warn("{} cannot be written ({}): the run goes on without it", file, e.getMessage());
        }
    }

    /**
     * What a run's folder says, as far as it can be believed.
     *
     * @return empty where no run is at work, or none has finished its first step, or something else lies there
     */
    public static Optional<Told> read(Path folder) {
        return read(folder, Clock.systemUTC());
    }

    static Optional<Told> read(Path folder, Clock clock) {
        Path file = folder.resolve(NAME);
        // whatever else lies there in its place, a pipe for one, is not waited for
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            JsonNode json = JSON.readTree(in.readNBytes(LARGEST));
            Pace.Now now = new Pace.Now(
                    json.path("epoch").asInt(),
                    json.path("epochs").asInt(),
                    json.path("step").asInt(),
                    json.path("steps").asInt(),
                    json.path("loss").asDouble(Double.NaN),
                    json.path("images_per_second").asDouble(),
                    json.path("waiting_share").asDouble(),
                    json.path("epoch_seconds_left").asDouble(),
                    json.path("run_seconds_left").asDouble());
            Instant time = Instant.parse(json.path("time").asText());
            Duration age = Duration.between(time, clock.instant());
            boolean plausible = now.step() >= 1 && now.step() <= now.steps() && now.epoch() <= now.epochs();
            return plausible ? Optional.of(new Told(now, age.isNegative() ? Duration.ZERO : age)) : Optional.empty();
        } catch (IOException | DateTimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(beside);
        Files.deleteIfExists(file);
    }
}
