package io.juxta.image;

/** Images of random bytes for the tests. */
final class Noise {
    private Noise() {}

    static Image image(int width, int height, long seed) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Draws.mix(seed * 1_000_000 + i);
        }
        return new Image(width, height, rgb);
    }
}
