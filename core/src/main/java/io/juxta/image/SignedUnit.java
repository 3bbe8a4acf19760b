package io.juxta.image;

import org.apiguardian.api.API;

/** Pictures as the generators of CUT and CycleGAN give them, -1 (black) to 1 (white), made bytes as they make them. */
@API(status = API.Status.INTERNAL)
public final class SignedUnit {
    private SignedUnit() {}

    /**
     * {@code (x + 1) / 2 * 255} in float32, without its fraction: 0 is 127. What is beyond -1 or 1 is cut to that, and
     * what is no number is black.
     */
    public static byte toByte(float x) {
        float kept = Math.max(-1, Math.min(1, x));
        return (byte) (int) ((kept + 1) / 2 * 255);
    }

    /**
     * A picture from a network's values.
     *
     * @param values (channels, height, width), one channel after the other
     * @param shape of one channel, which becomes grey, or three
     * @throws IllegalArgumentException when there are not as many values as the shape says
     */
    public static Image image(float[] values, ViewShape shape) {
        if (values.length != shape.length()) {
            throw new IllegalArgumentException(
                    values.length + " values are no picture of " + shape.channels() + " x " + shape.pixels());
        }
        int plane = shape.height() * shape.width();
        byte[] rgb = new byte[Math.multiplyExact(3, plane)];
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = toByte(values[shape.channels() == 1 ? i : c * plane + i]);
            }
        }
        return new Image(shape.width(), shape.height(), rgb);
    }
}
