package io.juxta.image;

/** A rectangle of pixels; left and top are counted from the image's upper left corner. */
record Box(int left, int top, int width, int height) {
    static Box whole(int width, int height) {
        return new Box(0, 0, width, height);
    }
}
