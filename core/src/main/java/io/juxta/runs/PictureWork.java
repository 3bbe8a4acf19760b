package io.juxta.runs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apiguardian.api.API;

/**
 * Work that makes something of each of many pictures. A picture for which that fails is passed over, and named in the outcome;
 * what is done is kept when the work is stopped.
 *
 * @param <W> what is done
 */
@API(status = API.Status.EXPERIMENTAL)
public abstract sealed class PictureWork<W extends PictureWork<W>>
        permits PreparedImages, TranslatedImages, DetectedPictures {
    private Path output = Path.of("");
    private BooleanSupplier stop = () -> false;
    private WorkListener listener = new WorkListener() {};

    PictureWork() {}

    abstract W self();

    /** What became of the pictures. */
    public interface Outcome {
        /** Each picture that was passed over, and why, in a line. */
        List<String> failed();

        /** Whether it was asked to stop before the last picture. */
        boolean wasStopped();
    }

    /** The folder for what is made, itself made where it is not there. */
    public final W into(Path folder) {
        output = folder;
        return self();
    }

    /** Asked before every picture; what is done until then is kept. */
    public final W stopWhen(BooleanSupplier stop) {
        this.stop = stop;
        return self();
    }

    /** Who is told what is found, and how it goes. */
    public final W told(WorkListener listener) {
        this.listener = listener;
        return self();
    }

    /**
     * Does the work.
     *
     * @throws IOException when pictures cannot be listed or nothing can be written there, in one line
     * @throws IllegalArgumentException for a value that is none
     */
    public abstract Outcome run() throws IOException;

    final Path output() {
        return output;
    }

    final WorkListener listener() {
        return listener;
    }

    final boolean isToStop() {
        return stop.getAsBoolean();
    }

    /** What is made of one picture. */
    @FunctionalInterface
    interface Making<P> {
        void of(P picture) throws IOException;
    }

    /**
     * Makes something of each picture, in their order, until it is asked to stop.
     *
     * @param task as listeners are told
     * @param source the picture's file
     * @return each picture that was passed over, and why
     */
    final <P> List<String> each(List<P> pictures, String task, String unit, Function<P, Path> source, Making<P> making)
            throws IOException {
        List<String> failed = new ArrayList<>();
        var counting = Counting.of(listener, task, unit, pictures.size());
        for (P picture : pictures) {
            if (isToStop()) {
                break;
            }
            try {
                making.of(picture);
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                if (!Mendable.is(e)) {
                    throw e;
                }
                String name = source.apply(picture) + ": ";
                failed.add(name + Mendable.describe(e).replace(name, ""));
            }
            counting.accept(1);
        }
        return failed;
    }
}
