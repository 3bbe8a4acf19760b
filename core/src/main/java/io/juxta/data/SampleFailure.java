package io.juxta.data;

import io.juxta.image.UnfitImageException;
import java.io.IOException;

/** What went wrong with a sample, and at which image. */
final class SampleFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final String image;
    private final Throwable why;

    SampleFailure(String image, Throwable why) {
        super(image, why);
        this.image = image;
        this.why = why;
    }

    /**
     * Tells the consumer.
     *
     * @throws IOException what the user can mend
     */
    void rethrow() throws IOException {
        if (why instanceof UnreadableDatasetException e) {
            throw e;
        }
        if (why instanceof UnfitImageException) {
            throw new IOException(image + ": " + why.getMessage(), why);
        }
        if (why instanceof OutOfMemoryError) {
            throw new OutOfMemoryError(why.getMessage() + ", at " + image);
        }
        throw new IllegalStateException("the loader failed at " + image + ": " + why, why);
    }
}
