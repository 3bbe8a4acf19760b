package io.juxta.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apiguardian.api.API;

/** A file that was listed could not be read, in one line that names it. It fails the job: whether it is a picture is not known. */
@API(status = API.Status.EXPERIMENTAL)
public final class UnreadStorageException extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    UnreadStorageException(String message, IOException cause) {
        super(message, cause);
    }
}
