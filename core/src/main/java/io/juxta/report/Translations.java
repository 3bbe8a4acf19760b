package io.juxta.report;

import java.util.List;

/**
 * What a run's folder keeps of its translations.
 *
 * @param sample which images these are
 * @param originals the images themselves, a JPEG contact sheet
 * @param epochs in rising order
 */
record Translations(TranslationSample sample, byte[] originals, List<Epoch> epochs) {
    /**
     * The translations at one time.
     *
     * @param sheet a JPEG contact sheet
     */
    record Epoch(TranslationSnapshot snapshot, byte[] sheet) {}

    Translations {
        epochs = List.copyOf(epochs);
    }
}
