package io.juxta.service;

import java.io.IOException;

/** A request that is answered with a status other than 200, and why. */
final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    Refusal(int status, String message) {
        super(message);
        this.status = status;
    }

    /** One that may be asked again in a moment. */
    static Refusal later(String message) {
        return new Refusal(503, message);
    }

    int status() {
        return status;
    }
}
