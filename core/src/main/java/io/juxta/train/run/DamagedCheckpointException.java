package io.juxta.train.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apiguardian.api.API;

/** A checkpoint that cannot be gone on from; the message is one line, and says which other one is whole. */
@API(status = API.Status.EXPERIMENTAL)
public final class DamagedCheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Optional<Path> other;

    DamagedCheckpointException(String why, Optional<Path> other, Throwable cause) {
        super(
                why
                        + other.map(file -> "; go on from " + file)
                                .orElse("; there is no other: start anew, in another --run"),
                cause);
        this.other = other;
    }

    /** Another one that is whole. */
    public Optional<Path> other() {
        return other;
    }
}
