package io.juxta.cut.recipe;

import io.juxta.data.DomainOptions;
import io.juxta.data.DomainOptions.Direction;
import io.juxta.data.DomainOptions.Half;
import io.juxta.data.DomainOptions.Layout;
import io.juxta.data.Domains;
import io.juxta.data.Split;
import io.juxta.image.Orientation;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.OnlyWith;
import io.juxta.train.recipe.Range;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Where the images of the two domains lie.
 */
@API(status = API.Status.INTERNAL)
public record DomainKeys(
        @Means("how the folder holds the two domains: found by what is in it, two folders, sheets with both "
                + "images side by side, or one image each")
        @Default("auto")
        Layout layout,

        @Means("a sub-folder with the source's images, where they do not lie in trainA and so on, or A")
        Optional<String> domainA,

        @Means("a sub-folder with the target's images") Optional<String> domainB,

        @Means("b-to-a: what is called A is then the target") @Default("a-to-b")
        Direction direction,

        @Means("which half of a sheet is A; only with sheets")
        @Default("left")
        @OnlyWith(
                key = "layout",
                in = {"sheets", "auto"})
        Half halfA,

        @Means(
                value = "every n-th image is held out where the folder has no held-out part, from 2; 0 for none",
                unit = "images")
        @Range(least = 0)
        @Default("0")
        int holdOut,

        @Means(
                value = "samples that an epoch of a single image is said to have; only with layout single-image",
                source = "Park et al. 2020, SinCUT")
        @Range(least = 1, most = 100000000.0)
        @Default("100000")
        @OnlyWith(key = "layout", in = "single-image")
        int items,

        @Means(
                value =
                        "images of each domain that are trained on, at most: the first by name, of those that are not held"
                                + " out; null for all",
                unit = "images")
        @Range(least = 1)
        Optional<Integer> maxDatasetSize,

        @Means("camera turns a picture as the camera was held, by its EXIF data; ignore takes the pixels as they are"
                + " stored, as all published protocols do")
        @Default("ignore")
        Orientation orientation) {
    public DomainKeys {
        maxDatasetSize.ifPresent(most ->
                CutOptions.check(most >= 1, "max-dataset-size " + most + " must be at least 1, or null for all"));
        new DomainOptions(layout, domainA.orElse(""), domainB.orElse(""), direction, halfA, holdOut, items);
    }

    /** What finds them. */
    public DomainOptions options() {
        return new DomainOptions(layout, domainA.orElse(""), domainB.orElse(""), direction, halfA, holdOut, items);
    }

    /** The images that are held out, where there are any. */
    public Optional<Domains> heldOut(Path data) throws IOException {
        return Domains.find(data, Split.TEST, options()).map(this::taken);
    }

    private Domains taken(Domains found) {
        return orientation == Orientation.CAMERA ? found.upright() : found;
    }

    /** The images of a run that are trained on. */
    public Domains trained(Path data) throws IOException {
        Domains all = taken(Domains.open(data, Split.TRAIN, options()));
        return maxDatasetSize.isPresent() ? all.atMost(maxDatasetSize.get()) : all;
    }
}
