package io.juxta.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * Two sets of images, to be translated from one to the other.
 *
 * <pre>{@code
 * Domains apples = Domains.open(
 *         root, Split.TRAIN, DomainOptions.DEFAULTS.withDomains("apple", "orange").withHoldOut(10));
 * }</pre>
 *
 * @param a what is translated
 * @param b what the translations are to look like
 * @param found one line for people: how many images of which folders, and what is held out
 */
@API(status = API.Status.INTERNAL)
public record Domains(Dataset a, Dataset b, String found) {
    /** Two sets at hand. */
    public Domains(Dataset a, Dataset b) {
        this(a, b, "A: " + a.size() + " images, B: " + b.size() + " images");
    }

    /**
     * Opens the split that a folder holds. Training images lie in trainA and trainB, held-out ones in testA and testB
     * or else in valA and valB; or in A and B; or in two sub-folders that the options name, of the folder or of its
     * train, test or val; or side by side on sheets in train, test or val or in the folder itself, where the i-th
     * images of both domains are a pair. A set without held-out part has one when the options say how much.
     *
     * @throws IOException when there is no such folder or split, a domain is missing or empty, or a single image is not
     *     the only one or unreadable
     */
    public static Domains open(Path root, Split split, DomainOptions options) throws IOException {
        return find(root, split, options)
                .orElseThrow(() -> new IOException(root + ": no held-out images in it (" + DomainFolders.HELD_OUT
                        + "); add them, or say hold-out: 10 to hold out every tenth"));
    }

    /** As {@link #open}, but empty where the folder has no held-out part and the options none either. */
    public static Optional<Domains> find(Path root, Split split, DomainOptions options) throws IOException {
        Optional<Domains> found = new DomainFolders(root, options).find(split);
        return options.direction() == DomainOptions.Direction.B_TO_A ? found.map(Domains::swapped) : found;
    }

    /** The other direction: what was B is A. */
    public Domains swapped() {
        return new Domains(b, a, found + ", from B to A");
    }

    /** The same images, turned as the camera was held. */
    public Domains upright() {
        return new Domains(a.upright(), b.upright(), found);
    }

    /**
     * The first images of each domain, by name.
     *
     * @param most images of each, at least 1; a domain of fewer keeps them all
     */
    public Domains atMost(int most) {
        if (a.size() <= most && b.size() <= most) {
            return this;
        }
        return new Domains(first(a, most), first(b, most), found + ", of each at most the first " + most);
    }

    private static Dataset first(Dataset images, int most) {
        return images.size() <= most
                ? images
                : new Subset(images, IntStream.range(0, most).boxed().toList());
    }
}
