package io.juxta.eval.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.distributed.Communicator;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.LabelledImages;
import io.juxta.eval.Labels;
import io.juxta.image.Augmentation;
import io.juxta.torch.StateDict;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A linear classifier on an encoder's features that was trained before: by {@link LinearProbe}, by MoCo's
 * main_lincls.py or SwAV's eval_linear.py, or the layer {@code fc} of a torchvision network. What those programs call
 * evaluation alone.
 *
 * <pre>{@code
 * try (GivenClassifier classifier = GivenClassifier.read(Path.of("model_best.pth.tar"))) {
 *     Accuracy accuracy = classifier.judge(encoder, val, view, 256, Communicator.single());
 * }
 * }</pre>
 */
@API(status = API.Status.INTERNAL)
public final class GivenClassifier implements AutoCloseable {
    private static final Pattern WEIGHT = Pattern.compile("((?:.*[./])?)(fc|linear)\\.weight");
    private static final List<String> OF_BATCH_NORM =
            List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
    /** Of the classifier's tensors in a file that has an encoder too. */
    public static final String PREFIX = "classifier.";

    private static final String CLASSES = "classes";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<String, Tensor> state;
    /** Empty where the file does not name them. */
    private final List<String> classes;

    private GivenClassifier(Path file, Map<String, Tensor> state, List<String> classes) {
        this.file = file;
        this.state = state;
        this.classes = classes;
    }

    /**
     * Writes a classifier with the names of its classes.
     *
     * @param tensors its own below {@link #PREFIX}, and what else belongs to it
     * @throws IOException when it cannot be written, in one line that names the file
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata, List<String> classes)
            throws IOException {
        Map<String, String> said = new LinkedHashMap<>(metadata);
        said.put(CLASSES, JSON.writeValueAsString(classes));
        Safetensors.writeSealed(file, tensors, said);
    }

    /**
     * Reads a classifier of any format that weights are read of: the one matrix called {@code fc.weight} or {@code
     * linear.weight}, whatever stands before that, its bias, and a batch norm {@code bn} beside it.
     *
     * @throws IOException when it cannot be read, or holds none or several, in one line that names the file
     */
    public static GivenClassifier read(Path file) throws IOException {
        // no scope: it would free what is kept as well
        WeightsFile weights = WeightsFile.read(file);
        return of(weights, file);
    }

    /** The classifier among weights that have been read; the others are closed. */
    public static GivenClassifier of(WeightsFile weights, Path file) throws IOException {
        Map<String, Tensor> left = new LinkedHashMap<>(weights.tensors());
        try {
            Map<String, Tensor> state = taken(left, file);
            return new GivenClassifier(file, state, classes(weights, file));
        } finally {
            left.values().forEach(Tensor::close);
        }
    }

    /** Takes the classifier out of the tensors of a file. */
    private static Map<String, Tensor> taken(Map<String, Tensor> all, Path file) throws IOException {
        boolean named = all.containsKey(PREFIX + "fc.weight"); // then nothing else is meant, whatever the encoder has
        List<Matcher> found = all.entrySet().stream()
                .filter(each -> !named || each.getKey().startsWith(PREFIX))
                .filter(each -> each.getValue().dim() == 2)
                .map(each -> WEIGHT.matcher(each.getKey()))
                .filter(Matcher::matches)
                .toList();
        if (found.size() != 1) {
            String holds = found.isEmpty()
                    ? "no linear classifier (a matrix fc.weight or linear.weight)"
                    : found.size() + " layers that could be the classifier ("
                            + found.get(0).group() + ", " + found.get(1).group() + ")";
            throw new IOException(file + ": holds " + holds
                    + ": give the file of main_lincls.py, eval_linear.py or evaluate linear --output");
        }
        String before = found.get(0).group(1);
        String layer = before + found.get(0).group(2);
        List<String> names = new ArrayList<>(List.of(layer + ".weight", layer + ".bias"));
        boolean hasNorm = all.containsKey(before + "bn.running_mean");
        if (hasNorm) {
            OF_BATCH_NORM.forEach(part -> names.add(before + "bn." + part));
        }
        for (String name : names) {
            if (!all.containsKey(name)) {
                throw new IOException(file + ": lacks " + name);
            }
        }
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (String name : names) {
            String plain = name.startsWith(layer + ".")
                    ? "fc" + name.substring(layer.length())
                    : name.substring(before.length());
            state.put(plain, Objects.requireNonNull(all.remove(name)));
        }
        return state;
    }

    private static List<String> classes(WeightsFile weights, Path file) throws IOException {
        String said = weights.metadata().get(CLASSES);
        try {
            return said == null ? List.of() : JSON.readValue(said, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": its metadata classes is no list of names", e);
        }
    }

    /**
     * Judges held-out images by it; nothing is trained.
     *
     * @param validation with as many classes as the classifier has, in the same order
     * @param view as in evaluation, nothing random
     * @param batchSize images at once; it does not change the result
     * @param communicator with the other processes, each of which computes the features of its part
     * @throws IOException when images cannot be read, or the classifier is not one of these features and classes
     */
    public Accuracy judge(
            EncoderNetwork encoder, Dataset validation, Augmentation view, int batchSize, Communicator communicator)
            throws IOException {
        Tensor weight = Objects.requireNonNull(state.get("fc.weight"));
        Pooling pooling = pooling(encoder);
        List<String> judged = validation.classes();
        if (weight.size(0) != judged.size()) {
            throw new IOException(file + ": tells " + weight.size(0) + " classes apart, the images have "
                    + judged.size() + ": give the images that it was trained for");
        }
        if (!classes.isEmpty() && !classes.equals(judged)) {
            int first = 0;
            while (first < judged.size() && classes.get(first).equals(judged.get(first))) {
                first++;
            }
            throw new IOException(file + ": was trained on other classes: its number " + first + " is "
                    + classes.get(first) + ", that of the images " + judged.get(first));
        }
        Tensor like = Features.like(encoder)
                .orElseThrow(() -> new IllegalArgumentException("an encoder without parameters cannot be judged"));
        boolean training = encoder.is_training();
        encoder.eval();
        try (PointerScope scope = new PointerScope()) {
            Features features;
            try (Loader loader = Features.open(validation, view, batchSize, communicator)) {
                features = Features.of(
                                encoder,
                                batch -> pooling.of(encoder, batch),
                                LabelledImages.judged(loader, validation),
                                FeatureOptions.Length.RAW,
                                communicator,
                                done -> {})
                        .readable();
            }
            Labels.check(features.labels(), judged.size(), "the validation images");
            return LinearClassifier.given(Features.whole(like), state).judge(features);
        } finally {
            encoder.train(training);
        }
    }

    private Pooling pooling(EncoderNetwork encoder) throws IOException {
        long width = Objects.requireNonNull(state.get("fc.weight")).size(1);
        Pooling pooling = width == Pooling.FOUR_WINDOWS.width(encoder) ? Pooling.FOUR_WINDOWS : Pooling.GLOBAL;
        if (width != pooling.width(encoder)) {
            throw new IOException(file + ": is for features of " + width + " values, the encoder's have "
                    + encoder.features() + ": give a classifier that was trained on this encoder");
        }
        return pooling;
    }

    /** The names of its classes, in the order of its scores; empty where the file does not say them. */
    public List<String> classes() {
        return classes;
    }

    /** Computes scores of prepared images. */
    @FunctionalInterface
    public interface Scores {
        /** Images (N, 3, H, W) to (N, C), float32. */
        Tensor of(Tensor images);
    }

    /**
     * The way from images to scores through an encoder, both in evaluation.
     *
     * @throws IOException when it is not one of this encoder's features
     */
    public Scores scores(EncoderNetwork encoder) throws IOException {
        Pooling pooling = pooling(encoder);
        Tensor like = Features.like(encoder)
                .orElseThrow(() -> new IllegalArgumentException("an encoder without parameters gives no features"));
        LinearClassifier layer = LinearClassifier.given(Features.whole(like), state);
        layer.eval();
        return images -> layer.scores(Features.whole(pooling.of(encoder, images)));
    }

    /** Whether it sees the pooled feature, and not four averages of the map. */
    public boolean isOnPooled(EncoderNetwork encoder) throws IOException {
        return pooling(encoder) == Pooling.GLOBAL;
    }

    /** Its tensors: {@code fc.weight} (C, D), {@code fc.bias} (C), and {@code bn.*} where there is a batch norm. */
    public Map<String, Tensor> state() {
        return state;
    }

    @Override
    public void close() {
        state.values().forEach(Tensor::close);
    }

    /** For messages. */
    @Override
    public String toString() {
        return file + ", " + StateDict.shape(Objects.requireNonNull(state.get("fc.weight")));
    }
}
