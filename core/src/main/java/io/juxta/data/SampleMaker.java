package io.juxta.data;

import io.juxta.image.Augmentation;
import io.juxta.image.Canvas;
import io.juxta.image.DecodingMemory;
import io.juxta.image.Draws;
import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import io.juxta.image.ViewShape;
import io.juxta.torch.Computing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes the images of a sample and writes its views into a slot. Safe for use by many threads at once. */
final class SampleMaker {
    /** Where the draws of replacements stand among a sample's views. */
    private static final int REPLACEMENT = -1;

    /** Where the draws of the first view's image stand among a sample's views; those of the next stand below. */
    private static final int CHOICE = -2;

    private final Samples samples;
    private final long seed;
    /** For each view, the unreadable images of its data set. */
    private final List<Unreadable> unreadable = new ArrayList<>();

    SampleMaker(Samples samples, long seed) {
        this.samples = samples;
        this.seed = seed;
        for (int view = 0; view < samples.views(); view++) {
            int first = 0;
            while (samples.dataset(first) != samples.dataset(view)) {
                first++;
            }
            unreadable.add(first < view ? unreadable.get(first) : new Unreadable(samples.dataset(view)));
        }
    }

    /** One message for each image that was unreadable so far, data set by data set, in their order. */
    List<String> unreadable() {
        return unreadable.stream()
                .distinct()
                .flatMap(set -> set.messages().stream())
                .toList();
    }

    /** The pictures count in the process's account until all views are made of them. */
    @SuppressWarnings("try") // the hold is never named
    void make(int sample, int epoch, Slot slot, int row, Canvas canvas) throws SampleFailure {
        try (DecodingMemory.Hold hold = DecodingMemory.hold()) {
            views(sample, epoch, slot, row, canvas);
        }
    }

    private void views(int sample, int epoch, Slot slot, int row, Canvas canvas) throws SampleFailure {
        List<Decoded> decoded = new ArrayList<>(samples.views());
        for (int view = 0; view < samples.views(); view++) {
            Dataset dataset = samples.dataset(view);
            int wanted = samples.image(sample, view, Draws.of(seed, epoch, sample, CHOICE - view));
            int at = wanted;
            // OpenCV's libraries are taken down with libtorch's
            try (Computing computing = Computing.begin()) {
                Decoded image = find(decoded, dataset, wanted);
                if (image == null) {
                    image = decode(sample, epoch, view, wanted);
                }
                decoded.add(image);
                at = image.index;
                if (view == 0) {
                    slot.labels[row] = dataset.label(at);
                    slot.replaced[row] = at != wanted;
                }
                slot.indices(view)[row] = at;
                // the draws are those of the place in the epoch: two replaced by the same image still differ
                Draws draws = Draws.of(seed, epoch, sample, view);
                Augmentation augmentation = samples.augmentation(view, epoch);
                ViewShape shape = augmentation.make(image.image, draws, canvas);
                augmentation.write(canvas, slot.at(view, row, shape));
            } catch (Throwable e) { // whatever it is, the consumer must hear of it
                throw new SampleFailure(dataset.source(at), e);
            }
        }
    }

    /** An image and where it lies; the index differs from the one wanted where it replaces an unreadable one. */
    private record Decoded(Dataset dataset, int wanted, int index, Image image) {}

    private static @Nullable Decoded find(List<Decoded> decoded, Dataset dataset, int wanted) {
        for (Decoded image : decoded) {
            if (image.dataset == dataset && image.wanted == wanted) {
                return image;
            }
        }
        return null;
    }

    private Decoded decode(int sample, int epoch, int view, int wanted) throws UnreadableDatasetException {
        Dataset dataset = samples.dataset(view);
        int index = wanted;
        Draws replacements = null;
        while (true) {
            try {
                return new Decoded(dataset, wanted, index, dataset.image(index));
            } catch (UnreadableImageException e) {
                unreadable.get(view).add(index, e);
                if (replacements == null) {
                    // the same in every view: where both halves of a pair are unreadable, another pair replaces them
                    replacements = Draws.of(seed, epoch, sample, REPLACEMENT);
                }
                index = replacements.below(dataset.size());
            }
        }
    }
}
