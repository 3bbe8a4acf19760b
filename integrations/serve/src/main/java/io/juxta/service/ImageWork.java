package io.juxta.service;

import io.juxta.Classification;
import io.juxta.DetectedObject;
import io.juxta.lucene.Found;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** What is done with a picture, by the path that it is sent to: only what there are networks for. */
final class ImageWork {
    private static final int MOST_MATCHES = 1000;

    /** What each path is answered by. */
    private static final Map<String, String> NEEDED = Map.of(
            "/embed",
            "encoder",
            "/search",
            "index",
            "/classify",
            "classifier",
            "/detect",
            "detector",
            "/translate",
            "generator");

    /** What may stand behind the question mark, by path. */
    private static final Map<String, List<String>> PARAMETERS = Map.of(
            "/search", List.of("k", "folder", "label"),
            "/classify", List.of("top"),
            "/detect", List.of("least-score"));

    private final Networks networks;
    private final Map<String, Asked> paths = new TreeMap<>();

    /** What is done to an image. */
    @FunctionalInterface
    interface Work {
        Answer of(byte[] image) throws IOException;
    }

    /** What a request is about, before its image is read. */
    @FunctionalInterface
    interface Asked {
        Work of(Parameters asked) throws Refusal;
    }

    ImageWork(Networks networks) {
        this.networks = networks;
        networks.encoder()
                .ifPresent(encoder ->
                        paths.put("/embed", asked -> image -> Answer.json(Map.of("embedding", encoder.embed(image)))));
        networks.pictures().ifPresent(pictures -> paths.put("/search", asked -> search(pictures, asked)));
        networks.classifier()
                .ifPresent(classifier -> paths.put("/classify", asked -> {
                    int top = asked.number("top", 5, classifier.classes().size());
                    return image -> classes(classifier.classify(image), top);
                }));
        networks.detector()
                .ifPresent(detector -> paths.put("/detect", asked -> {
                    double least = asked.share("least-score", detector.options().leastScore());
                    return image -> objects(detector.detect(image, least));
                }));
        networks.translator()
                .ifPresent(translator -> paths.put("/translate", asked -> image -> {
                    BufferedImage translated;
                    try {
                        translated = translator.translate(image);
                    } catch (IllegalArgumentException e) { // too small
                        throw new Refusal(422, String.valueOf(e.getMessage()));
                    }
                    ByteArrayOutputStream png = new ByteArrayOutputStream();
                    ImageIO.write(translated, "png", png);
                    return new Answer("image/png", png.toByteArray());
                }));
    }

    /** By their paths. */
    Map<String, Asked> paths() {
        return paths;
    }

    Asked at(String path) throws Refusal {
        Asked asked = paths.get(path);
        if (asked == null) {
            String needed = NEEDED.get(path);
            throw new Refusal(
                    404,
                    needed == null
                            ? "use " + String.join(", ", paths.keySet())
                            : "there is no " + needed + " here: the service was started without --" + needed);
        }
        return parameters -> {
            parameters.requireOnly(path, PARAMETERS.getOrDefault(path, List.of()));
            return asked.of(parameters);
        };
    }

    private Work search(SearchablePictures pictures, Parameters asked) throws Refusal {
        int k = asked.number("k", 10, MOST_MATCHES);
        var folder = asked.text("folder");
        var label = asked.text("label");
        if ((folder.isPresent() || label.isPresent()) && !pictures.hasFoldersAndLabels()) {
            throw new Refusal(
                    400, "folder and label are known to an index that juxta index build has made, not to this one");
        }
        return image -> {
            float[] vector = networks.encoder().orElseThrow().embed(image);
            List<Map<String, Object>> matches = new ArrayList<>();
            for (Found found : pictures.nearest(new SearchablePictures.Query(vector, k, folder, label))) {
                Map<String, Object> said = new LinkedHashMap<>();
                said.put("name", found.name());
                if (!found.label().isEmpty()) {
                    said.put("label", found.label());
                }
                said.put("cosine", found.cosine());
                matches.add(said);
            }
            return Answer.json(Map.of("matches", matches));
        };
    }

    private static Answer classes(Classification seen, int top) throws IOException {
        List<Map<String, Object>> classes = IntStream.range(0, seen.classes().size())
                .boxed()
                .sorted(Comparator.comparing(seen.probabilities()::get, Comparator.reverseOrder()))
                .limit(top)
                .map(i -> {
                    Map<String, Object> said = new LinkedHashMap<>();
                    said.put("name", seen.classes().get(i));
                    said.put("probability", seen.probabilities().get(i));
                    return said;
                })
                .toList();
        return Answer.json(Map.of("classes", classes));
    }

    private static Answer objects(List<DetectedObject> detected) throws IOException {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (DetectedObject object : detected) {
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("name", object.name());
            said.put("score", object.score());
            said.put("box", List.of(object.x1(), object.y1(), object.x2(), object.y2()));
            objects.add(said);
        }
        return Answer.json(Map.of("objects", objects));
    }
}
