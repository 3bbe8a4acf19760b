package io.juxta.cut;

import io.juxta.data.DomainOptions;
import io.juxta.data.DomainOptions.Direction;
import io.juxta.data.DomainOptions.Half;
import io.juxta.data.DomainOptions.Layout;
import io.juxta.train.recipe.Default;
import java.util.Optional;

/**
 * Where the images of the two domains lie.
 *
 * @param layout {@code auto}, {@code folders}, {@code sheets} or {@code single-image}
 * @param domainA a sub-folder with the source's images, where they do not lie in trainA and so on, or A
 * @param domainB likewise the target's
 * @param direction {@code a-to-b}, or {@code b-to-a}: what is called A is then the target
 * @param halfA which half of a sheet is A: {@code left} or {@code right}
 * @param holdOut every n-th image is held out where the folder has no held-out part; 0 for none
 * @param items samples that an epoch of a single image is said to have: 100,000
 */
public record DomainKeys(
        @Default("auto") Layout layout,
        Optional<String> domainA,
        Optional<String> domainB,
        @Default("a-to-b") Direction direction,
        @Default("left") Half halfA,
        @Default("0") int holdOut,
        @Default("100000") int items) {
    public DomainKeys {
        new DomainOptions(layout, domainA.orElse(""), domainB.orElse(""), direction, halfA, holdOut, items);
    }

    /** What finds them. */
    public DomainOptions options() {
        return new DomainOptions(layout, domainA.orElse(""), domainB.orElse(""), direction, halfA, holdOut, items);
    }
}
