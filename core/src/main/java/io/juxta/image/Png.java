package io.juxta.image;

/** Writes pictures as PNG, which every viewer reads and which loses nothing. */
public final class Png {
    private Png() {}

    /** The bytes of a file. */
    public static byte[] encode(Image image) {
        return Encoding.encode(image, ".png");
    }
}
