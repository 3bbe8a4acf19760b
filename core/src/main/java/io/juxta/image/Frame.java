package io.juxta.image;

/**
 * The part of a picture that is resized, in pixels and parts of them. A JPEG that was read at a part of its size is as a rule
 * not a whole number of pixels wide: 1201 columns at an eighth are 150.125, in a picture of 151. Taken for 151 they would be
 * drawn out, and lie up to seven columns beside where they belong.
 *
 * @param left where it begins
 * @param top where it begins
 * @param width above 0
 * @param height above 0
 */
record Frame(double left, double top, double width, double height) {
    static Frame whole(Image image) {
        return new Frame(0, 0, image.width(), image.height());
    }

    /**
     * What of a picture, read at a part of its size and turned upright, its file's pixels fill.
     *
     * @param width of the file's picture, as it is stored
     * @param height of the file's picture, as it is stored
     * @param orientation by which it was turned, 1 to 8
     */
    static Frame ofReduced(long width, long height, int divisor, int orientation) {
        double w = (double) width / divisor;
        double h = (double) height / divisor;
        // what is more than that was on the right and at the bottom
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        double left = fromRight ? ReducedJpeg.reduced(width, divisor) - w : 0;
        double top = fromBottom ? ReducedJpeg.reduced(height, divisor) - h : 0;
        return orientation >= 5 ? new Frame(top, left, h, w) : new Frame(left, top, w, h);
    }
}
