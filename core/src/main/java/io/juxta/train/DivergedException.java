package io.juxta.train;

import java.io.IOException;
import org.apiguardian.api.API;

/** A metric or a weight is no number any more; the message names the step and what to change. */
@API(status = API.Status.EXPERIMENTAL)
public final class DivergedException extends IOException {
    private static final long serialVersionUID = 1;

    DivergedException(String message) {
        super(message);
    }
}
