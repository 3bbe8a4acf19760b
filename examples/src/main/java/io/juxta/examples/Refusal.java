package io.juxta.examples;

/** A request that is answered with a status other than 200, and why. */
final class Refusal extends Exception {
    private final int status;

    Refusal(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
