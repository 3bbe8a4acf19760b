package io.juxta.data;

import java.io.IOException;
import org.apiguardian.api.API;

/** Too much of a data set cannot be read; the message counts the images and names the first ten. */
@API(status = API.Status.INTERNAL)
public final class UnreadableDatasetException extends IOException {
    private static final long serialVersionUID = 1;

    public UnreadableDatasetException(String message) {
        super(message);
    }
}
