package io.juxta.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.data.DomainOptions.Direction;
import io.juxta.data.DomainOptions.Half;
import io.juxta.data.DomainOptions.Layout;
import io.juxta.image.Augmentation;
import io.juxta.image.Image;
import io.juxta.image.Normalization;
import io.juxta.image.Preprocess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DomainsTest {
    private static final DomainOptions DEFAULTS = DomainOptions.DEFAULTS;

    @TempDir
    Path root;

    private void images(String folder, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Drawn.write(root.resolve(folder).resolve("image" + (10 + i) + ".png"), 8, 9, i);
        }
    }

    private static List<String> names(Dataset images) {
        return IntStream.range(0, images.size()).mapToObj(images::name).toList();
    }

    @Test
    void theOriginalsFolders() throws IOException {
        images("trainA", 3);
        images("trainB", 5);
        assertThat(Domains.find(root, Split.TEST, DEFAULTS)).isEmpty();
        images("valA", 1);
        assertThat(Domains.open(root, Split.TRAIN, DEFAULTS.withHoldOut(2)).a().size())
                .isEqualTo(3);
        assertThatThrownBy(() -> Domains.find(root, Split.TEST, DEFAULTS))
                .hasMessage(root + ": it has a folder valA but no valB (it has trainA, trainB, valA)");
        images("valB", 2);
        Domains train = Domains.open(root, Split.TRAIN, DEFAULTS);
        assertThat(train.a().size()).isEqualTo(3);
        assertThat(train.b().size()).isEqualTo(5);
        assertThat(train.found()).isEqualTo("A: 3 images of trainA, B: 5 of trainB");
        assertThat(Domains.open(root, Split.TEST, DEFAULTS).found()).isEqualTo("A: 1 images of valA, B: 2 of valB");
        images("testA", 4);
        images("testB", 2);
        assertThat(Domains.open(root, Split.TEST, DEFAULTS).a().size()).isEqualTo(4);
        Domains back = Domains.open(root, Split.TRAIN, DEFAULTS.withDirection(Direction.B_TO_A));
        assertThat(back.a().size()).isEqualTo(5);
        assertThat(back.found()).endsWith(", from B to A");
        // a set that has held-out images is not divided once more
        assertThat(Domains.open(root, Split.TRAIN, DEFAULTS.withHoldOut(2)).b().size())
                .isEqualTo(5);
    }

    @Test
    void everyNthIsHeldOutOfASetWithoutSplit() throws IOException {
        images("apple", 7);
        images("orange", 9);
        DomainOptions fruit = DEFAULTS.withDomains("apple", "orange");
        assertThat(Domains.open(root, Split.TRAIN, fruit).b().size()).isEqualTo(9);
        assertThat(Domains.find(root, Split.TEST, fruit)).isEmpty();
        Domains train = Domains.open(root, Split.TRAIN, fruit.withHoldOut(3));
        Domains test = Domains.open(root, Split.TEST, fruit.withHoldOut(3));
        assertThat(names(test.a())).containsExactly("image12.png", "image15.png");
        assertThat(names(test.b())).containsExactly("image12.png", "image15.png", "image18.png");
        List<String> all = new ArrayList<>(names(train.b()));
        assertThat(all).doesNotContainAnyElementsOf(names(test.b()));
        all.addAll(names(test.b()));
        assertThat(all).hasSize(9).doesNotHaveDuplicates();
        assertThat(train.found())
                .isEqualTo("A: 7 images of apple, B: 9 of orange; one in 3 is held out: 5 and 6 remain");
        assertThat(test.found())
                .isEqualTo("A: 7 images of apple, B: 9 of orange; of these one in 3 is held out: 2 and 3");
        assertThatThrownBy(() -> Domains.open(root, Split.TEST, fruit.withHoldOut(8)))
                .isInstanceOf(IOException.class)
                .hasMessage(root + ": hold-out 8 leaves none of 7 images of a domain held out; choose at most 7");
    }

    @Test
    void plainFoldersAndNamedOnesOfASplit() throws IOException {
        images("set/A", 2);
        images("set/B", 3);
        assertThat(Domains.open(root.resolve("set"), Split.TRAIN, DEFAULTS).found())
                .isEqualTo("A: 2 images of A, B: 3 of B");
        images("train/ants", 2);
        images("train/bees", 3);
        images("val/ants", 1);
        images("val/bees", 1);
        DomainOptions insects = DEFAULTS.withDomains("bees", "ants");
        assertThat(Domains.open(root, Split.TRAIN, insects).a().size()).isEqualTo(3);
        assertThat(Domains.open(root, Split.TEST, insects).a().size()).isEqualTo(1);
        assertThatThrownBy(() -> Domains.open(root, Split.TRAIN, DEFAULTS))
                .hasMessage(root.resolve("train") + ": the images lie in folders; name two of them with domain-a and"
                        + " domain-b (it has ants, bees)");
    }

    @Test
    void sheetsAreTruePairs() throws IOException {
        for (int i = 0; i < 4; i++) {
            Drawn.write(root.resolve("train/sheet" + i + ".png"), 16, 7, i);
        }
        Domains pairs = Domains.open(root, Split.TRAIN, DEFAULTS);
        assertThat(pairs.found()).isEqualTo("4 sheets of train, A left, B right");
        ImageFolder sheets = ImageFolder.open(root.resolve("train"));
        for (int i = 0; i < 4; i++) {
            Image whole = sheets.image(i);
            Image left = pairs.a().image(i);
            Image right = pairs.b().image(i);
            assertThat(left.width()).isEqualTo(8).isEqualTo(right.width());
            assertThat(left.height()).isEqualTo(7).isEqualTo(right.height());
            for (int j = 0; j < left.rgb().length; j++) {
                int x = j / 3 % 8;
                int y = j / 24;
                assertThat(left.rgb()[j]).isEqualTo(whole.rgb()[3 * (16 * y + x) + j % 3]);
                assertThat(right.rgb()[j]).isEqualTo(whole.rgb()[3 * (16 * y + 8 + x) + j % 3]);
            }
            assertThat(pairs.a().name(i)).isEqualTo(pairs.b().name(i));
        }
        Domains other = Domains.open(root, Split.TRAIN, DEFAULTS.withHalfA(Half.RIGHT));
        assertThat(other.a().image(2).rgb()).containsExactly(pairs.b().image(2).rgb());
        assertThat(other.found()).endsWith("A right, B left");
        Domains flat = Domains.open(root.resolve("train"), Split.TRAIN, DEFAULTS.withLayout(Layout.SHEETS));
        assertThat(flat.a().size()).isEqualTo(4);
        Path half = root.resolve("half");
        Drawn.write(half.resolve("val/sheet.png"), 16, 7, 1);
        assertThat(Domains.open(half, Split.TEST, DEFAULTS).b().size()).isEqualTo(1);
        assertThatThrownBy(() -> Domains.open(half, Split.TRAIN, DEFAULTS))
                .hasMessage(half + ": it has held-out sheets but no folder train (it has val)");
        Drawn.write(root.resolve("train/sheet4.png"), 17, 7, 4);
        Domains odd = Domains.open(root, Split.TRAIN, DEFAULTS);
        assertThatThrownBy(() -> odd.b().image(4))
                .hasMessage(root.resolve("train/sheet4.png")
                        + ": a sheet of 17 x 7 pixels has no two halves; its width must be even");
    }

    @Test
    void aSingleImageStandsForMany() throws IOException {
        Drawn.write(root.resolve("trainA/monet.png"), 80, 70, 1);
        Drawn.write(root.resolve("trainB/photo.jpg"), 70, 90, 2);
        DomainOptions options = DEFAULTS.withLayout(Layout.SINGLE_IMAGE).withItems(1000);
        Domains pair = Domains.open(root, Split.TRAIN, options);
        assertThat(pair.a().size()).isEqualTo(1000);
        assertThat(pair.a().image(999)).isSameAs(pair.a().image(0));
        assertThat(pair.found()).isEqualTo("A: one image, trainA/monet.png, B: one, trainB/photo.jpg");
        assertThat(Domains.open(root, Split.TEST, options).b().size()).isEqualTo(1);
        Augmentation view = Preprocess.singleImage(16, 3).augmentation();
        Unpaired samples = Unpaired.of(pair, Unpaired.Pairing.RANDOM, view, view);
        try (Loader loader = Loader.open(samples, LoaderOptions.of(16, 1).withThreads(2));
                Batch batch = loader.epoch(0).next()) {
            assertThat(batch.view(0).shape()).containsExactly(16, 3, 16, 16);
            assertThat(loader.batches()).isEqualTo(62);
        }
        Drawn.write(root.resolve("trainB/other.jpg"), 70, 90, 2);
        assertThatThrownBy(() -> Domains.open(root, Split.TRAIN, options))
                .hasMessage(root.resolve("trainB") + ": 2 images, of which a single-image set has exactly one;"
                        + " move the others away");
    }

    @Test
    void whatIsMissingIsOneLine() throws IOException {
        Path none = root.resolve("none");
        assertThatThrownBy(() -> Domains.open(none, Split.TRAIN, DEFAULTS)).hasMessage(none + ": no such folder");
        images("empty/x", 1);
        assertThatThrownBy(() -> Domains.open(root.resolve("empty"), Split.TRAIN, DEFAULTS))
                .isInstanceOf(IOException.class)
                .hasMessage(root.resolve("empty") + ": no trainA and trainB in it, no A and B, and no train with"
                        + " sheets; name two of its folders with domain-a and domain-b (it has x)");
        images("trainA", 2);
        assertThatThrownBy(() -> Domains.open(root, Split.TRAIN, DEFAULTS))
                .hasMessage(root + ": it has a folder trainA but no trainB (it has empty, trainA)");
        Files.createDirectories(root.resolve("trainB"));
        assertThatThrownBy(() -> Domains.open(root, Split.TRAIN, DEFAULTS))
                .hasMessageStartingWith(root.resolve("trainB") + ": no image in it");
        images("trainB", 1);
        assertThatThrownBy(() -> Domains.open(root, Split.TEST, DEFAULTS))
                .hasMessage(root + ": no held-out images in it (testA and testB, or valA and valB, or test or val);"
                        + " add them, or say hold-out: 10 to hold out every tenth");
        assertThatThrownBy(() -> Domains.open(root, Split.TRAIN, DEFAULTS.withDomains("cat", "dog")))
                .hasMessage(
                        root
                                + ": no folders cat and dog in it (it has empty, trainA, trainB): name them by domain-a and domain-b");
    }

    @Test
    void optionsThatContradictAreOneLine() {
        assertThatThrownBy(() -> DEFAULTS.withDomains("cat", ""))
                .hasMessage("domain-a 'cat' and domain-b '': give both or none");
        assertThatThrownBy(() -> DEFAULTS.withDomains("cat", "cat")).hasMessageContaining("name two folders");
        assertThatThrownBy(() -> DEFAULTS.withDomains("a", "b").withLayout(Layout.SHEETS))
                .hasMessageContaining("sheets hold both domains");
        assertThatThrownBy(() -> DEFAULTS.withHoldOut(1))
                .hasMessage("hold-out 1 must be 0 (none) or at least 2 (every second)");
        assertThatThrownBy(() -> DEFAULTS.withItems(0)).hasMessageContaining("items 0");
    }

    @Test
    void anImageBelowTheCropNamesItsFile() throws IOException {
        images("trainA", 1);
        images("trainB", 1);
        Domains small = Domains.open(root, Split.TRAIN, DEFAULTS);
        Augmentation crop = Preprocess.of("crop").withCropSize(12).augmentation();
        Augmentation plain = Augmentation.plain(12, Normalization.HALF);
        Unpaired samples = Unpaired.of(small, Unpaired.Pairing.RANDOM, plain, crop);
        try (Loader loader = Loader.open(samples, LoaderOptions.of(1, 1).withThreads(1))) {
            Loader.Epoch epoch = loader.epoch(0);
            assertThatThrownBy(epoch::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage(root.resolve("trainB/image10.png")
                            + ": the image is 8 x 9 pixels where a crop of 12 is taken; choose crop-size at"
                            + " most 8, or a preprocess that enlarges first, such as scale_shortside_and_crop");
        }
    }
}
