package io.juxta.image;

/** A file that is no image of a known format, or not all of one; the message is a clause without the file's name. */
final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    Damaged(String message) {
        super(message);
    }
}
