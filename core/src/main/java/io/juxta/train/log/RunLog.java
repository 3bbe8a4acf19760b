package io.juxta.train.log;

import io.juxta.train.Position;
import io.juxta.train.Training;
import io.juxta.train.health.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apiguardian.api.API;

/**
 * Tells a run as it goes: to TensorBoard, in an event file for each start, and to machines, in {@code events.jsonl}.
 *
 * <p>In both, a step is the number of steps that are finished. Every {@value #EVERY} steps and every epoch are told. Give
 * it to the loop before what saves the checkpoint: what is told and not saved is told again, and supersedes.
 */
@API(status = API.Status.INTERNAL)
public final class RunLog implements Training.Listener, AutoCloseable {
    /** Steps between two that are told: a line or two a minute on a CPU, 20,000 lines in a run of 200 epochs on ImageNet. */
    static final int EVERY = 50;

    /** Under which heading TensorBoard shows a figure that is not of learning itself. */
    private static final Map<String, String> TAGS = Map.ofEntries(
            Map.entry("seconds", "speed/seconds"),
            Map.entry("images_per_second", "speed/images_per_second"),
            Map.entry("waiting_share", "speed/waiting_share"),
            Map.entry("resident_mib", "speed/resident_mib"),
            Map.entry("embedding_std", "embedding/std"),
            Map.entry("effective_rank", "embedding/effective_rank"),
            Map.entry("mean_cosine", "embedding/mean_cosine"),
            Map.entry("change", "translation/change"),
            Map.entry("diversity", "translation/diversity"),
            Map.entry("knn", "eval/knn"),
            Map.entry("kid", "eval/kid"),
            Map.entry("kid_std", "eval/kid_std"),
            Map.entry("frechet", "eval/frechet"));

    private final EventFile tensorBoard;
    private final JsonLines lines;
    private final int stepsPerEpoch;

    private RunLog(EventFile tensorBoard, JsonLines lines, int stepsPerEpoch) {
        this.tensorBoard = tensorBoard;
        this.lines = lines;
        this.stepsPerEpoch = stepsPerEpoch;
    }

    /**
     * Begins to tell a run that starts or goes on, with an event {@code start}.
     *
     * @param folder of the run
     * @param from where it begins
     * @param stepsPerEpoch steps of an epoch
     * @param about what else the start should say: recipe, versions, data set
     */
    public static RunLog open(Path folder, Position from, int stepsPerEpoch, Map<String, ?> about) throws IOException {
        return open(folder, from, stepsPerEpoch, about, Clock.systemUTC());
    }

    static RunLog open(Path folder, Position from, int stepsPerEpoch, Map<String, ?> about, Clock clock)
            throws IOException {
        long step = step(from, stepsPerEpoch);
        JsonLines lines = JsonLines.open(folder.resolve("events.jsonl"), clock);
        try {
            Map<String, Object> start = new LinkedHashMap<>();
            start.put("step", step);
            start.put("epoch", from.epoch());
            start.put("resumed", !from.isStart());
            start.put("steps_per_epoch", stepsPerEpoch);
            start.putAll(about);
            lines.write("start", start);
            // what was told of the step it goes on from stays; the steps after it will be told anew
            EventFile events = EventFile.create(folder, from.isStart() ? 0 : step + 1, clock);
            return new RunLog(events, lines, stepsPerEpoch);
        } catch (IOException | RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    private static long step(Position at, int stepsPerEpoch) {
        return (long) at.epoch() * stepsPerEpoch + at.batch();
    }

    @Override
    public void step(Position after, double lr, Map<String, Double> metrics) throws IOException {
        long step = step(after, stepsPerEpoch);
        if (step % EVERY == 0) {
            Map<String, Double> told = new LinkedHashMap<>(metrics);
            told.put("lr", lr);
            Map<String, Double> tagged = new TreeMap<>();
            told.forEach((name, value) -> tagged.put("step/" + name, value));
            tensorBoard.add(step, tagged);
            // the epoch that the step belongs to, as people count
            lines.write("step", event(step, Math.toIntExact((step + stepsPerEpoch - 1) / stepsPerEpoch), told));
        }
    }

    /** What was measured before the first epoch. */
    public void before(Map<String, Double> metrics) throws IOException {
        tellEpoch(0, metrics);
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        tellEpoch(epoch + 1, metrics);
    }

    private void tellEpoch(int epochs, Map<String, Double> metrics) throws IOException {
        long step = (long) epochs * stepsPerEpoch;
        Map<String, Double> tagged = new TreeMap<>();
        metrics.forEach((name, value) -> tagged.put(TAGS.getOrDefault(name, "train/" + name), value));
        tensorBoard.add(step, tagged);
        tensorBoard.flush();
        lines.write("epoch", event(step, epochs, metrics));
    }

    /** How the run did in an epoch. */
    public void health(int epochs, Diagnosis diagnosis) throws IOException {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("verdict", diagnosis.verdict().toString());
        words.put("finding", diagnosis.finding());
        words.put("advice", diagnosis.advice());
        lines.write("health", event((long) epochs * stepsPerEpoch, epochs, words));
    }

    /** That a checkpoint lies on disk. */
    public void checkpoint(Position at) throws IOException {
        tensorBoard.flush();
        lines.write("checkpoint", event(step(at, stepsPerEpoch), at.epoch(), Map.of("batch", at.batch())));
    }

    /** What the person who started the run is told besides. */
    public void warning(String message) throws IOException {
        lines.write("warning", Map.of("message", message));
    }

    /** What a run does from its start to its end. */
    @FunctionalInterface
    public interface Run {
        /** @return whether the last epoch was reached */
        boolean run() throws IOException;
    }

    /** Runs, and tells how it ended: {@code finished}, {@code stopped}, or {@code failed} by an error that is passed on. */
    public boolean telling(Run run) throws IOException {
        try {
            boolean finished = run.run();
            end(Map.of("how", finished ? "finished" : "stopped"));
            return finished;
        } catch (IOException | RuntimeException error) {
            try {
                Map<String, String> words = new LinkedHashMap<>(Map.of("how", "failed"));
                words.put("message", String.valueOf(error.getMessage()));
                end(words);
            } catch (IOException e) {
                // the disk that ended the run takes no last word either
                error.addSuppressed(e);
            }
            throw error;
        }
    }

    private void end(Map<String, String> words) throws IOException {
        tensorBoard.flush();
        lines.write("end", words);
    }

    private static Map<String, Object> event(long step, int epoch, Map<String, ?> more) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("step", step);
        event.put("epoch", epoch);
        event.putAll(more);
        return event;
    }

    @Override
    public void close() throws IOException {
        try {
            tensorBoard.close();
        } finally {
            lines.close();
        }
    }
}
