package io.juxta.runs;

import io.juxta.data.Split;
import io.juxta.data.boxes.BoxedPictures;
import io.juxta.data.boxes.PictureSets;
import io.juxta.detect.DetectionRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a detector is trained on, and what it is judged by.
 *
 * @param train with objects, all of them
 * @param recipe with the names of the classes
 */
record DetectionSets(BoxedPictures train, Optional<BoxedPictures> heldOut, DetectionRecipe recipe) {
    static DetectionSets open(Path folder, DetectionRecipe recipe) throws IOException {
        BoxedPictures all =
                PictureSets.open(folder, Split.TRAIN, recipe.pictures().classes());
        BoxedPictures train = all.withObjects();
        if (train.size() == 0) {
            throw new IOException(folder + ": no picture has an object to learn from");
        }
        return new DetectionSets(
                train, PictureSets.find(folder, Split.TEST, train.classes()), recipe.withClasses(train.classes()));
    }

    /** Says what a folder was taken for, and what of the recipe fits itself to the batch. */
    void tell(Path folder, WorkListener listener) {
        listener.note(Note.Kind.DATA, folder + " was taken for " + train.kind() + ": " + told(train));
        listener.notes(Note.Kind.DATA, train.notes());
        heldOut.ifPresent(pictures -> {
            listener.note(Note.Kind.DATA, "held out: " + told(pictures));
            listener.notes(Note.Kind.DATA, pictures.notes());
        });
        if (heldOut.isEmpty()) {
            listener.note(
                    Note.Kind.WARNING,
                    "not judged: nothing is held out; put pictures with boxes into a folder test beside train");
        }
        int n = recipe.training().batchSize();
        if (n != recipe.rate().referenceBatch()) {
            listener.note(
                    Note.Kind.FITTED,
                    String.format(
                            Locale.ROOT,
                            "batches of %d pictures instead of %d: rate %.4g instead of %.4g, and %d steps an epoch",
                            n,
                            recipe.rate().referenceBatch(),
                            recipe.rate().lr(n),
                            recipe.rate().lr(),
                            recipe.rate().epochSteps(n, train.size())));
        }
    }

    private static String told(BoxedPictures set) {
        int classes = set.classes().size();
        return String.format(
                Locale.ROOT,
                "%,d pictures with %,d objects of %d %s (%s%s)",
                set.size(),
                set.objects(),
                classes,
                classes == 1 ? "class" : "classes",
                String.join(", ", set.classes().subList(0, Math.min(5, classes))),
                classes > 5 ? ", ..." : "");
    }
}
