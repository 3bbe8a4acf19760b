package io.juxta.train.run;

import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.GradScaler;
import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * All that a run goes on from, in one safetensors file with a checksum: the learner's state, the run's position, what
 * run it is, and its metrics so far.
 */
@API(status = API.Status.INTERNAL)
public final class Checkpoint {
    private static final String FORMAT = "juxta-checkpoint";
    private static final int VERSION = 1;
    private static final String SUM = "sum.";

    private final Path file;
    private final Map<String, String> facts;
    private final Map<String, Tensor> state;

    private Checkpoint(Path file, Map<String, String> facts, Map<String, Tensor> state) {
        this.file = file;
        this.facts = facts;
        this.state = state;
    }

    /**
     * Writes a checkpoint, or leaves what was there.
     *
     * @throws IOException when it cannot be written, in one line that names the file
     */
    static void write(Path file, RunIdentity run, Position at, String metrics, Learner learner) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(FORMAT, Integer.toString(VERSION));
        facts.put("method", run.method());
        facts.put("recipe", run.recipe());
        facts.put("images", Integer.toString(run.images()));
        facts.put("names", run.names());
        facts.put("epoch", Integer.toString(at.epoch()));
        facts.put("batch", Integer.toString(at.batch()));
        facts.put("seconds", Double.toString(at.seconds()));
        facts.put("waited", Double.toString(at.waited()));
        // shortest decimals that read back to the same bits
        at.sums().forEach((name, sum) -> facts.put(SUM + name, Double.toString(sum)));
        facts.put("metrics", metrics);
        try (PointerScope scope = new PointerScope()) {
            Safetensors.writeSealed(file, learner.state(), facts);
        }
    }

    /**
     * Reads a checkpoint; its tensors belong to the caller's scope.
     *
     * @throws IOException when it is damaged, of a later version, or no checkpoint: in one line that names the file
     */
    public static Checkpoint read(Path file) throws IOException {
        Safetensors.Loaded loaded = Safetensors.readSealed(file);
        String version = loaded.metadata().getOrDefault(FORMAT, "");
        if (!version.matches("\\d{1,9}")) {
            throw new WeightsException(file + ": is no checkpoint of a run");
        }
        if (Integer.parseInt(version) > VERSION) {
            throw new WeightsException(file + ": is a checkpoint of format " + version
                    + ", this version of Juxta reads up to " + VERSION + ": resume it with the version that wrote it");
        }
        return new Checkpoint(file, loaded.metadata(), loaded.tensors());
    }

    /** Where the run stood. */
    public Position position() {
        Map<String, Double> sums = new LinkedHashMap<>();
        facts.forEach((name, value) -> {
            if (name.startsWith(SUM)) {
                sums.put(name.substring(SUM.length()), Double.valueOf(value));
            }
        });
        return new Position(
                Integer.parseInt(fact("epoch")),
                Integer.parseInt(fact("batch")),
                sums,
                Double.parseDouble(fact("seconds")),
                Double.parseDouble(fact("waited")));
    }

    /** The resolved recipe's text. */
    public String recipe() {
        return fact("recipe");
    }

    String metrics() {
        return fact("metrics");
    }

    private String fact(String name) {
        return Objects.requireNonNull(facts.get(name), name);
    }

    /**
     * Refuses to go on as another run.
     *
     * @return what has changed of what may change, a phrase each
     * @throws IOException naming what must not have changed, with both values
     */
    List<String> requireSameRun(RunIdentity run) throws IOException {
        if (!run.method().equals(fact("method"))) {
            throw new IOException(file + ": is a checkpoint of " + fact("method") + ", not of " + run.method()
                    + ": resume it by a recipe of its own method");
        }
        RunIdentity.Changes changes = run.since(recipe());
        if (!changes.refused().isEmpty()) {
            throw new IOException(file + ": was written under another recipe (" + String.join("; ", changes.refused())
                    + "): resume it with the same, or start another --run");
        }
        if (!fact("images").equals(Integer.toString(run.images()))) {
            throw new IOException(file + ": was written with " + fact("images") + " images, the data set has "
                    + run.images() + ": resume it with the same images, or start another --run");
        }
        if (!fact("names").equals(run.names())) {
            throw new IOException(file + ": was written with as many images of other names:"
                    + " resume it with the same images, or start another --run");
        }
        return changes.allowed();
    }

    /**
     * Copies the state into a learner.
     *
     * @throws IOException when a tensor is missing, left over, or of another shape; the learner is then as before
     */
    public void restore(Learner learner) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> own = learner.state();
            requireSameNames(own);
            List<Tensor> targets = new ArrayList<>();
            List<Tensor> sources = new ArrayList<>();
            for (Map.Entry<String, Tensor> named : own.entrySet()) {
                if (GradScaler.owns(named.getKey()) && !state.containsKey(named.getKey())) {
                    continue; // the run goes on in another precision, and its scale begins anew
                }
                Tensor source = Objects.requireNonNull(state.get(named.getKey()));
                String is = StateDict.shape(source) + " " + source.scalar_type().intern();
                String needed = StateDict.shape(named.getValue()) + " "
                        + named.getValue().scalar_type().intern();
                if (!is.equals(needed)) {
                    throw new WeightsException(
                            file + ": " + named.getKey() + " is " + is + ", the recipe needs " + needed);
                }
                targets.add(named.getValue());
                sources.add(source);
            }
            TensorLists.copy(targets, sources);
            learner.restored(state);
        }
    }

    private void requireSameNames(Map<String, Tensor> own) throws IOException {
        TreeSet<String> missing = new TreeSet<>(own.keySet());
        missing.removeAll(state.keySet());
        TreeSet<String> unknown = new TreeSet<>(state.keySet());
        unknown.removeAll(own.keySet());
        missing.removeIf(GradScaler::owns);
        unknown.removeIf(GradScaler::owns);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new WeightsException(file + ": does not fit the recipe: "
                    + (missing.isEmpty() ? "it also holds " + unknown.first() : "it lacks " + missing.first()));
        }
    }
}
