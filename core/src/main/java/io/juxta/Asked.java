package io.juxta;

import io.juxta.image.Awt;
import io.juxta.image.Decoder;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Image;
import io.juxta.image.Orientation;
import io.juxta.serve.Batcher;
import io.juxta.torch.Computing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * How programs ask about pictures: each thread decodes and prepares its own, and a {@link Batcher} computes what is ready.
 *
 * @param <P> a prepared picture
 * @param <A> the answer to it
 */
final class Asked<P, A> {
    private final Batcher<P, A> batcher;
    private final Function<Image, P> prepare;
    private final String waitingFor;

    /** @param waitingFor what an interrupted picture was waiting for, after "waiting to be" */
    Asked(Batcher<P, A> batcher, Function<Image, P> prepare, String waitingFor) {
        this.batcher = batcher;
        this.prepare = prepare;
        this.waitingFor = waitingFor;
    }

    /** Reads and decodes an image. */
    private interface Source {
        Image read() throws IOException;
    }

    A of(BufferedImage image) {
        return answer(ask(prepare.apply(Awt.image(image))));
    }

    A of(Path file) throws IOException {
        return answer(ask(file(file)));
    }

    A of(byte[] file) throws IOException {
        return answer(ask(() -> Decoder.decodeUpright(file, "image")));
    }

    /** @param images each a {@link BufferedImage}, a {@link Path} or a {@code byte[]} */
    List<A> of(List<?> images) throws IOException {
        List<CompletableFuture<A>> asked = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            asked.add(ask(images.get(i), i));
        }
        return asked.stream().map(this::answer).toList();
    }

    private CompletableFuture<A> ask(Object image, int place) throws IOException {
        if (image instanceof BufferedImage picture) {
            return ask(prepare.apply(Awt.image(picture)));
        }
        if (image instanceof Path file) {
            return ask(file(file));
        }
        if (image instanceof byte[] bytes) {
            return ask(() -> Decoder.decodeUpright(bytes, "image " + place));
        }
        throw new IllegalArgumentException("image " + place + " is a "
                + image.getClass().getName() + ": give a BufferedImage, a Path or a byte[]");
    }

    private static Source file(Path file) {
        return () -> Decoder.read(file, Orientation.CAMERA);
    }

    /** The picture counts until it is prepared. */
    @SuppressWarnings("try") // the hold is never named
    private CompletableFuture<A> ask(Source image) throws IOException {
        P prepared;
        // the libraries that decode are taken down with libtorch's when the JVM ends
        try (Computing computing = Computing.begin();
                DecodingMemory.Hold hold = DecodingMemory.hold()) {
            prepared = prepare.apply(image.read());
        }
        return ask(prepared);
    }

    private CompletableFuture<A> ask(P prepared) {
        try {
            return batcher.ask(prepared);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private A answer(CompletableFuture<A> asked) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            // with this thread's stack: that of the computing thread is the cause
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(String.valueOf(cause.getMessage()), cause);
        }
    }

    private CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while an image was waiting to be " + waitingFor);
    }
}
