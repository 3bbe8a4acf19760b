package io.juxta.report.translation;

import java.util.List;
import org.apiguardian.api.API;

/**
 * What a run's folder keeps of its translations.
 *
 * @param sample which images these are
 * @param originals the images themselves, a JPEG contact sheet
 * @param epochs in rising order
 */
@API(status = API.Status.INTERNAL)
public record Translations(TranslationSample sample, byte[] originals, List<Epoch> epochs) {
    /**
     * The translations at one time.
     *
     * @param sheet a JPEG contact sheet
     */
    public record Epoch(TranslationSnapshot snapshot, byte[] sheet) {}

    public Translations {
        epochs = List.copyOf(epochs);
    }
}
