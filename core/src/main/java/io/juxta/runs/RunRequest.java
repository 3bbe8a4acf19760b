package io.juxta.runs;

import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for when something is to be trained: where the run goes, who is told of it, which processes share it. Each
 * method gives this request back. It is filled in and started by one thread.
 *
 * @param <T> what is trained
 */
@API(status = API.Status.EXPERIMENTAL)
public abstract sealed class RunRequest<T extends RunRequest<T>> permits Pretraining, Translating, Detecting {
    private final Recipe recipe;
    private @Nullable Path folder;
    private Optional<Path> checkpoint = Optional.empty();
    private boolean resumes;
    private RunListener listener = new RunListener() {};
    private Processes processes = Processes.alone();
    private BooleanSupplier stop = () -> false;
    private Predicate<EpochReport> enough = epoch -> false;
    private boolean ignoresMemory;
    private String command = "a program";

    RunRequest(Recipe recipe) {
        this.recipe = recipe;
    }

    abstract T self();

    /**
     * The folder of a new run, to be made; without it the first of {@code runs/<recipe>}, {@code runs/<recipe>-2}, ... that is not
     * there.
     */
    public final T into(Path folder) {
        this.folder = folder;
        resumes = false;
        return self();
    }

    /** Goes on with the run in a folder from its last checkpoint. */
    public final T resuming(Path folder) {
        return resuming(folder, Optional.empty());
    }

    /** Goes on with the run in a folder from one of its checkpoints; from the last where none is named. */
    public final T resuming(Path folder, Optional<Path> checkpoint) {
        this.folder = folder;
        this.checkpoint = checkpoint;
        resumes = true;
        return self();
    }

    /**
     * The folder of what it trains on, in one of the shapes that the kind of work takes.
     *
     * @throws IOException when there are no images, or they cannot be listed
     */
    public abstract T on(Path folder) throws IOException;

    /**
     * Begins from weights that are there already instead of random ones.
     *
     * @param weights a run of ours, or whatever the kind of work knows of other programs
     * @throws IOException when they cannot be read, in one line
     */
    public abstract T from(Path weights) throws IOException;

    /** Who is told how the run goes on, in its thread. */
    public final T told(RunListener listener) {
        this.listener = listener;
        return self();
    }

    /** The processes that share the run; without it this one is alone. */
    public final T among(Processes processes) {
        this.processes = processes;
        return self();
    }

    /** Asked before every step, and at the end of each epoch: whether to stop with a checkpoint, besides {@link Run#stop}. */
    public final T stopWhen(BooleanSupplier stop) {
        this.stop = stop;
        return self();
    }

    /**
     * Asked after each epoch, once that is judged and saved: whether the run has come far enough, or should not go on.
     *
     * <pre>{@code
     * .stopAfter(epoch -> epoch.judged().orElse(0.0) > 80) // kNN in percent
     * }</pre>
     */
    public final T stopAfter(Predicate<EpochReport> enough) {
        this.enough = enough;
        return self();
    }

    /** Begins although the run would take more memory than the machine or its container has. */
    public final T ignoringMemory() {
        ignoresMemory = true;
        return self();
    }

    /** How the run was started, for its report. */
    public final T startedBy(String command) {
        this.command = command;
        return self();
    }

    /**
     * Starts the run, once all was looked at that can be refused before.
     *
     * @throws IOException when the images cannot be read or the memory does not suffice, in one line
     * @throws IllegalArgumentException when the recipe does not fit the images
     */
    public final Run start() throws IOException {
        RunPlace place = new RunPlace(folder(), resumes, checkpoint, data(), command);
        return Run.begin(place.folder(), work(place), listener::ended);
    }

    /** The folder that the run has, or would have. */
    public final Path folder() {
        if (folder == null) {
            folder = free(name(recipe));
        }
        return folder;
    }

    /** {@code runs/<name>}, or with the first number behind it that is not taken. */
    public static Path free(String name) {
        Path folder = Path.of("runs", name);
        for (int number = 2; Files.exists(folder); number++) {
            folder = Path.of("runs", name + "-" + number);
        }
        return folder;
    }

    /**
     * What the run would be; refuses what it would refuse, and trains nothing.
     *
     * @throws IOException when the images cannot be read
     * @throws IllegalArgumentException when the recipe does not fit the images
     */
    public abstract RunPlan plan() throws IOException;

    /** Looks at what can be refused, and gives what is to be done then. */
    abstract Run.Work work(RunPlace place) throws IOException;

    /** Where the images are; empty where they are in no folder. */
    abstract Optional<Path> data();

    final Recipe recipe() {
        return recipe;
    }

    final Processes processes() {
        return processes;
    }

    /** The listener, in the process that speaks. */
    final RunListener listener() {
        return processes.isFirst() ? listener : new RunListener() {};
    }

    final boolean ignoresMemory() {
        return ignoresMemory;
    }

    final BooleanSupplier stop(Stopping stopping) {
        return () -> stopping.requested() || stop.getAsBoolean();
    }

    /** To be told of each epoch: stops the run where that is enough. */
    final Consumer<EpochReport> after(Stopping stopping) {
        return epoch -> {
            if (enough.test(epoch)) {
                stopping.request();
            }
        };
    }

    /** The keys of records; nothing is bound, which would take libtorch. */
    static Set<String> keysOf(List<Class<? extends Record>> records) {
        Set<String> keys = new TreeSet<>();
        records.forEach(record -> keys.addAll(Recipe.keys(record)));
        return keys;
    }

    /** What runs of a recipe are called: {@code cifar10-moco-cpu} for cifar10/moco-cpu and for recipes/cifar10/moco-cpu.yaml. */
    private static String name(Recipe recipe) {
        Path path = Path.of(recipe.name()).toAbsolutePath().normalize();
        Path file = path.getFileName();
        String stem = file == null ? "run" : file.toString().replaceFirst("\\.ya?ml$", "");
        Path folder = path.getParent();
        return folder == null || folder.getFileName() == null ? stem : folder.getFileName() + "-" + stem;
    }
}
