package io.juxta.data;

/**
 * Two sets of images, to be translated from one to the other.
 *
 * @param a what is translated
 * @param b what the translations are to look like
 */
public record Domains(Dataset a, Dataset b) {
    /** The other direction: from B to A. */
    public Domains swapped() {
        return new Domains(b, a);
    }
}
