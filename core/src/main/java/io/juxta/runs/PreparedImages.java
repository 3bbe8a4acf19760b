package io.juxta.runs;

import io.juxta.data.ImageFolder;
import io.juxta.data.Survey;
import io.juxta.image.Shrinking;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apiguardian.api.API;

/**
 * Shrinks a folder of large photos into another folder, once, so that training need not decode twelve megapixels for a view of
 * 224 pixels. Names and folders stay; small pictures are copied as they are. What was done before, by the same settings of the
 * same files, is left: work that was stopped goes on.
 *
 * <pre>{@code
 * PreparedImages.Result result = PreparedImages.of(Path.of("photos"))
 *         .into(Path.of("photos-512"))
 *         .shortSide(512)
 *         .run();
 * }</pre>
 *
 * <p>Several pictures are made at once, in threads that end with the call; listeners are told in the caller's. An interrupted
 * caller gets an {@link InterruptedIOException} once the pictures at hand are done.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class PreparedImages extends PictureWork<PreparedImages> {
    /** Pixels of the short side where nothing else is said: at least 224 of them are in a crop of a fifth of the picture. */
    public static final int SHORT_SIDE = 512;

    /** Of JPEG files where nothing else is said. */
    public static final int QUALITY = 92;

    private final Path input;
    private int shortSide = SHORT_SIDE;
    private int quality = QUALITY;
    private int threads;

    /**
     * What became of the images.
     *
     * @param images how many there are
     * @param shrunk how many were shrunk, turned or converted now
     * @param copied how many were small, and copied as they are
     * @param left how many were done before
     * @param before bytes of the images that are done, as they were
     * @param after bytes of them as they are
     * @param failed each image that was left out, and why, in a line
     */
    public record Result(int images, int shrunk, int copied, int left, long before, long after, List<String> failed)
            implements Outcome {
        public Result {
            failed = List.copyOf(failed);
        }

        @Override
        public boolean wasStopped() {
            return shrunk + copied + left + failed.size() < images;
        }
    }

    private PreparedImages(Path input) {
        this.input = input;
    }

    /** The folder of the images. */
    public static PreparedImages of(Path folder) {
        return new PreparedImages(folder);
    }

    @Override
    PreparedImages self() {
        return this;
    }

    /** What the short side is shrunk to, in pixels, 16 to 16,384; pictures below it are not enlarged. */
    public PreparedImages shortSide(int pixels) {
        shortSide = pixels;
        return this;
    }

    /** Of JPEG files, from 1 to 100. */
    public PreparedImages quality(int quality) {
        this.quality = quality;
        return this;
    }

    /** How many images are made at once; 0, the default, for one for each core that may be used. */
    public PreparedImages threads(int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("--threads " + threads + " must be at least 0");
        }
        this.threads = threads;
        return this;
    }

    /**
     * Does the work.
     *
     * @throws IllegalArgumentException for a value that is none, or an output that lies in the input
     * @throws IOException when images cannot be listed, two would become one file, or nothing can be written, in one line
     */
    @Override
    public Result run() throws IOException {
        Shrinking how = new Shrinking(shortSide, quality);
        ImageFolder images = ImageFolder.open(input);
        PreparedFiles files = PreparedFiles.plan(images, output());
        listener()
                .notes(
                        Note.Kind.DATA,
                        Survey.of(input, Map.of("images", images)).leftLines());
        long started = System.nanoTime();
        PreparedTally tally = new PreparedTally();
        work(files, how, tally);
        Result result = tally.result(images.size());
        double seconds = (System.nanoTime() - started) / 1e9;
        listener().note(Note.Kind.RESULT, said(result, seconds));
        listener().notes(Note.Kind.RESULT, tally.lines());
        return result;
    }

    private void work(PreparedFiles files, Shrinking how, PreparedTally tally) throws IOException {
        int atOnce = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        ExecutorService makers = Executors.newFixedThreadPool(atOnce, made -> new Thread(made, "juxta-prepare"));
        var making = new ExecutorCompletionService<PreparedFile.Outcome>(makers);
        var counting = Counting.of(listener(), "preparing", "images", files.size());
        int begun = 0;
        int ended = 0;
        try {
            while (true) {
                while (begun < files.size() && begun - ended < atOnce && !isToStop()) {
                    PreparedFile file = files.get(begun++);
                    making.submit(() -> file.make(how));
                }
                if (ended == begun) {
                    return;
                }
                tally.add(making.take().get());
                ended++;
                counting.accept(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted: what is prepared is kept");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            if (e.getCause() instanceof RuntimeException failed) {
                throw failed;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            end(makers);
        }
    }

    /** Nobody computes or writes any more when this returns. */
    private static void end(ExecutorService makers) {
        makers.shutdown();
        boolean interrupted = Thread.interrupted();
        while (!makers.isTerminated()) {
            try {
                makers.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String said(Result result, double seconds) {
        int now = result.shrunk + result.copied;
        List<String> parts = new ArrayList<>();
        parts.add(String.format(Locale.ROOT, "%,d shrunk", result.shrunk));
        parts.add(String.format(Locale.ROOT, "%,d copied as they are", result.copied));
        if (result.left > 0) {
            parts.add(String.format(Locale.ROOT, "%,d done before", result.left));
        }
        if (!result.failed.isEmpty()) {
            parts.add(String.format(Locale.ROOT, "%,d left out", result.failed.size()));
        }
        return String.format(
                Locale.ROOT,
                "%,d of %,d images in %s: %s; %.1f MB became %.1f MB%s",
                now + result.left,
                result.images,
                output(),
                String.join(", ", parts),
                result.before / 1e6,
                result.after / 1e6,
                now == 0 ? "" : String.format(Locale.ROOT, ", %.1f images/s", now / Math.max(1e-9, seconds)));
    }
}
