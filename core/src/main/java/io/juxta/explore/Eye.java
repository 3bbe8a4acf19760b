package io.juxta.explore;

import io.juxta.image.Image;
import java.io.IOException;
import org.apiguardian.api.API;

/** Sees a picture that is not in the collection as those in it were seen. Called by one thread at a time. */
@API(status = API.Status.EXPERIMENTAL)
public interface Eye {
    /** Its embedding. */
    float[] see(Image image) throws IOException;
}
