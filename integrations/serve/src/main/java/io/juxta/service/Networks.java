package io.juxta.service;

import io.juxta.Classifier;
import io.juxta.Detector;
import io.juxta.Encoder;
import io.juxta.Translator;
import java.io.IOException;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * What a service answers by; what is not there is not found.
 *
 * @param encoder for {@code /embed}
 * @param pictures for {@code /search}, embedded by the encoder
 * @param classifier for {@code /classify}
 * @param detector for {@code /detect}
 * @param translator for {@code /translate}
 */
@API(status = API.Status.EXPERIMENTAL)
public record Networks(
        Optional<Encoder> encoder,
        Optional<SearchablePictures> pictures,
        Optional<Classifier> classifier,
        Optional<Detector> detector,
        Optional<Translator> translator)
        implements AutoCloseable {
    public Networks {
        if (pictures.isPresent() && encoder.isEmpty()) {
            throw new IllegalArgumentException(
                    "pictures are searched by an encoder: give --encoder as well as --index");
        }
    }

    /** Nothing yet. */
    public static Networks none() {
        return new Networks(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Networks with(Encoder network) {
        return new Networks(Optional.of(network), pictures, classifier, detector, translator);
    }

    public Networks with(SearchablePictures searched) {
        return new Networks(encoder, Optional.of(searched), classifier, detector, translator);
    }

    public Networks with(Classifier network) {
        return new Networks(encoder, pictures, Optional.of(network), detector, translator);
    }

    public Networks with(Detector network) {
        return new Networks(encoder, pictures, classifier, Optional.of(network), translator);
    }

    public Networks with(Translator network) {
        return new Networks(encoder, pictures, classifier, detector, Optional.of(network));
    }

    /** Closes all of them. */
    @Override
    public void close() throws IOException {
        if (pictures.isPresent()) {
            pictures.get().close();
        }
        encoder.ifPresent(Encoder::close);
        classifier.ifPresent(Classifier::close);
        detector.ifPresent(Detector::close);
        translator.ifPresent(Translator::close);
    }
}
