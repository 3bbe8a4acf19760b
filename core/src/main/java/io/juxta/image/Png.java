package io.juxta.image;

import org.apiguardian.api.API;

/** Writes pictures as PNG, which every viewer reads and which loses nothing. */
@API(status = API.Status.INTERNAL)
public final class Png {
    private Png() {}

    /** The bytes of a file. */
    public static byte[] encode(Image image) {
        return Encoding.encode(image, ".png");
    }
}
