package io.juxta.data;

import org.apiguardian.api.API;

/**
 * Where the images of two domains lie, and which way they are translated.
 *
 * @param layout of the folder; default found by what is in it
 * @param domainA a sub-folder with the images of A, in the folder or in its train, test or val; default empty: trainA
 *     and so on, or A
 * @param domainB likewise; both are given or none
 * @param direction default from A to B
 * @param halfA which half of a sheet is A, the other being B; default left
 * @param holdOut where the set has no held-out part, every n-th image of each domain is held out, the first being image
 *     n in the order of the names; 0, the default: none
 * @param items how many samples an epoch of a single image is said to have; the original takes 100,000
 */
@API(status = API.Status.INTERNAL)
public record DomainOptions(
        Layout layout, String domainA, String domainB, Direction direction, Half halfA, int holdOut, int items) {
    /** How a folder holds two domains. */
    public enum Layout {
        /** Sub-folders, named or called trainA and trainB or A and B; else sheets. */
        AUTO,
        /** A sub-folder for each domain. */
        FOLDERS,
        /** Images of double width, in train, test or val or in the folder itself: true pairs side by side. */
        SHEETS,
        /** A sub-folder with exactly one image for each domain. */
        SINGLE_IMAGE
    }

    /** From which domain to which. */
    public enum Direction {
        A_TO_B,
        /** The two domains change places: what is called A from here on was B. */
        B_TO_A
    }

    /** A half of a sheet. */
    public enum Half {
        LEFT,
        RIGHT;

        Half other() {
            return this == LEFT ? RIGHT : LEFT;
        }
    }

    /** The defaults. */
    public static final DomainOptions DEFAULTS =
            new DomainOptions(Layout.AUTO, "", "", Direction.A_TO_B, Half.LEFT, 0, 100_000);

    /** @throws IllegalArgumentException naming the key, its value and its limit */
    public DomainOptions {
        require(
                domainA.isEmpty() == domainB.isEmpty(),
                "domain-a '" + domainA + "' and domain-b '" + domainB + "': give both or none");
        require(
                domainA.isEmpty() || !domainA.equals(domainB),
                "domain-a and domain-b are both '" + domainA + "'; name two folders");
        require(
                domainA.isEmpty() || layout != Layout.SHEETS,
                "sheets hold both domains: leave out domain-a '" + domainA + "' and domain-b '" + domainB + "'");
        require(holdOut == 0 || holdOut >= 2, "hold-out " + holdOut + " must be 0 (none) or at least 2 (every second)");
        require(items >= 1 && items <= 100_000_000, "items " + items + " are not within 1 to 100,000,000");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    public DomainOptions withLayout(Layout newLayout) {
        return new DomainOptions(newLayout, domainA, domainB, direction, halfA, holdOut, items);
    }

    public DomainOptions withDomains(String newA, String newB) {
        return new DomainOptions(layout, newA, newB, direction, halfA, holdOut, items);
    }

    public DomainOptions withDirection(Direction newDirection) {
        return new DomainOptions(layout, domainA, domainB, newDirection, halfA, holdOut, items);
    }

    public DomainOptions withHalfA(Half newHalf) {
        return new DomainOptions(layout, domainA, domainB, direction, newHalf, holdOut, items);
    }

    public DomainOptions withHoldOut(int newHoldOut) {
        return new DomainOptions(layout, domainA, domainB, direction, halfA, newHoldOut, items);
    }

    public DomainOptions withItems(int newItems) {
        return new DomainOptions(layout, domainA, domainB, direction, halfA, holdOut, newItems);
    }
}
