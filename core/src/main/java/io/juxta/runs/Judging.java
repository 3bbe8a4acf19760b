package io.juxta.runs;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.data.Dataset;
import io.juxta.data.Originals;
import io.juxta.distributed.Communicator;
import io.juxta.eval.Accuracy;
import io.juxta.eval.FeatureOptions;
import io.juxta.eval.Features;
import io.juxta.eval.neighbours.Baselines;
import io.juxta.eval.neighbours.Knn;
import io.juxta.eval.neighbours.KnnOptions;
import io.juxta.eval.probe.Calibration;
import io.juxta.eval.probe.GivenClassifier;
import io.juxta.eval.probe.JudgedEpoch;
import io.juxta.eval.probe.LabelSplit;
import io.juxta.eval.probe.LinearProbe;
import io.juxta.eval.probe.LinearProbeOptions;
import io.juxta.eval.probe.LinearProbeResult;
import io.juxta.eval.probe.SemiSupervised;
import io.juxta.eval.probe.SemiSupervisedOptions;
import io.juxta.eval.probe.SemiSupervisedResult;
import io.juxta.exchange.TrainedClassifier;
import io.juxta.exchange.TrainedEncoder;
import io.juxta.image.Augmentation;
import io.juxta.torch.Precision;
import io.juxta.train.MixedPrecision;
import io.juxta.train.run.RunIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * Judges an encoder by how well it names labelled images: by nearest neighbours, by a linear classifier, or fine-tuned on a
 * part of the labels.
 *
 * <pre>{@code
 * Judgement knn = Judging.of(Path.of("runs/photos")).on(Path.of("labelled")).knn();
 * double top1 = knn.accuracy().top1();
 * }</pre>
 *
 * <p>Each judgement is made in the caller's thread, and ends with an {@link java.io.InterruptedIOException} when that is
 * interrupted. A request is filled in and used by one thread.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Judging {
    private final Path weights;
    private Optional<Path> data = Optional.empty();
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private final List<String> overrides = new ArrayList<>();
    private Processes processes = Processes.alone();
    private WorkListener listener = new WorkListener() {};

    private Judging(Path weights) {
        this.weights = weights;
    }

    /** @param weights a run's folder, its {@code encoder.safetensors}, one of its checkpoints, or weights that import knows */
    public static Judging of(Path weights) {
        return new Judging(weights);
    }

    /**
     * Labelled images: a folder with {@code train} and {@code test} (or {@code val}), a folder for each class in them; or
     * CIFAR-10's binary files. Without it those of the run that the weights are of.
     */
    public Judging on(Path folder) {
        data = Optional.of(folder);
        return this;
    }

    /** Sets an option, such as {@code knn-k} or {@code probe-epochs}; what is no option of the judgement is refused by it. */
    public Judging with(String key, Object value) {
        return with(List.of(key + "=" + value));
    }

    /** @param options each {@code key=value} */
    public Judging with(List<String> options) {
        overrides.addAll(options);
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public Judging device(String name) {
        device = name;
        return this;
    }

    /** What the network computes in and, where it learns nothing, is held in; float32 unless this is said. */
    public Judging precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** The processes that share the work; without it this one is alone. */
    public Judging among(Processes processes) {
        this.processes = processes;
        return this;
    }

    /** Who is told what is found, and how it goes. */
    public Judging told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    private JudgedEncoder judged() {
        WorkListener told = processes.isFirst() ? listener : new WorkListener() {};
        return new JudgedEncoder(weights, data, device, precision, overrides, processes, told);
    }

    /**
     * By the k nearest neighbours among the training images, as MoCo's CIFAR-10 notebook does it. The options are those of the
     * encoder's own run unless they are set.
     *
     * @throws IOException when weights or images cannot be read, in one line
     */
    public Judgement knn() throws IOException {
        JudgedEncoder judged = judged();
        TrainedEncoder encoder = judged.encoder();
        KnnOptions options = judged.knn(encoder);
        Dataset images = judged.images(encoder);
        Dataset heldOut = judged.heldOut(encoder, images);
        Augmentation view = encoder.evaluation();
        FeatureOptions unit = FeatureOptions.of(options.layer(), FeatureOptions.Length.UNIT);
        RunIdentity identity = RunIdentity.of("knn", List.of(options), images, heldOut);
        return judged.together(encoder, identity, communicator -> {
            EncoderNetwork network = encoder.network();
            IntConsumer counting =
                    Counting.of(judged.listener(), "features", "images", (long) images.size() + heldOut.size());
            try (Features bank = Features.of(network, images, view, unit, communicator, counting)
                            .readable();
                    Features asked = Features.of(network, heldOut, view, unit, communicator, counting)
                            .readable()) {
                Accuracy accuracy = Knn.evaluate(
                        asked.values(), asked.labels(), bank.values(), bank.labels(), options, communicator);
                String text = String.format(
                        Locale.ROOT,
                        "kNN %s (k %d, T %s, %s features, %,d in the bank; %s)",
                        accuracy,
                        options.k(),
                        options.temperature(),
                        options.layer().name().toLowerCase(Locale.ROOT),
                        bank.size(),
                        judged.whose(encoder) + precision.said());
                options.caution(bank.size(), images.classes().size())
                        .ifPresent(line -> judged.listener().note(Note.Kind.WARNING, line));
                judged.listener().note(Note.Kind.RESULT, text);
                Optional<Baselines> baselines = communicator.isFirst()
                        ? Optional.of(Baselines.of(images, heldOut, view, options, judged.untrained(encoder)))
                        : Optional.empty();
                return told(judged, new Judgement(accuracy, accuracy, baselines, text));
            }
        });
    }

    /** Tells the baselines. */
    private static Judgement told(JudgedEncoder judged, Judgement judgement) {
        judgement.baselines().ifPresent(line -> judged.listener().note(Note.Kind.RESULT, line.toString()));
        return judgement;
    }

    private static Optional<Baselines> baselines(
            Communicator communicator, TrainedEncoder encoder, Dataset images, Dataset heldOut) throws IOException {
        return communicator.isFirst()
                ? Optional.of(JudgedEncoder.baselines(encoder, images, heldOut))
                : Optional.empty();
    }

    /** {@link #linear(Optional)}, and the classifier is not kept. */
    public Judgement linear() throws IOException {
        return linear(Optional.empty());
    }

    /**
     * By a linear classifier on the frozen encoder's features, as MoCo's main_lincls.py or SwAV's eval_linear.py trains it.
     *
     * @param out where the classifier is written after the last epoch, with its encoder
     * @throws IOException when weights or images cannot be read, or {@code out} cannot be written, in one line
     */
    public Judgement linear(Optional<Path> out) throws IOException {
        JudgedEncoder judged = judged();
        requireClassifierFile(judged, out);
        TrainedEncoder encoder = judged.encoder();
        LinearProbeOptions options = judged.linearProbe(encoder);
        Dataset images = judged.images(encoder);
        Augmentation plain = encoder.evaluation();
        Augmentation train = options.mode() == LinearProbeOptions.Mode.CACHED ? plain : encoder.linearTrain();
        Dataset heldOut = judged.heldOut(encoder, images);
        RunIdentity identity = RunIdentity.of("linear", List.of(options), images, heldOut);
        return judged.together(encoder, identity, communicator -> {
            LinearProbeResult result = LinearProbe.run(
                    encoder.network(),
                    images,
                    train,
                    heldOut,
                    plain,
                    options,
                    communicator,
                    epoch -> judged.listener().note(Note.Kind.EPOCH, said(epoch, "")));
            judged.listener().note(Note.Kind.RESULT, result + precision.said());
            Judgement judgement = told(
                    judged,
                    new Judgement(
                            result.last().validation(),
                            result.best().validation(),
                            baselines(communicator, encoder, images, heldOut),
                            result + precision.said()));
            if (communicator.isFirst() && out.isPresent()) {
                TrainedEncoder whole = precision.isMixed() ? judged.learning() : encoder;
                write(judged, out.get(), whole, result.classifier(), heldOut, result.calibration(), judgement);
            }
            return judgement;
        });
    }

    /**
     * By a classifier that was trained before; nothing is learned.
     *
     * @param classifier as {@link #linear(Optional)}, main_lincls.py or eval_linear.py writes it, or a torchvision network
     * @throws IOException when weights, classifier or images cannot be read, in one line
     */
    public Judgement given(Path classifier) throws IOException {
        JudgedEncoder judged = judged();
        LinearProbeOptions options = judged.linearProbe();
        judged.refuseOtherThan("probe-batch-size", "--classifier trains nothing");
        try (GivenClassifier given = GivenClassifier.read(classifier)) {
            TrainedEncoder encoder = judged.encoder();
            Dataset heldOut = judged.heldOut(encoder);
            RunIdentity identity = RunIdentity.of("linear", List.of(options), heldOut);
            return judged.together(encoder, identity, communicator -> {
                Accuracy accuracy = given.judge(
                        encoder.network(), heldOut, encoder.evaluation(), options.batchSize(), communicator);
                String text = "given classifier: " + accuracy + precision.said();
                judged.listener().note(Note.Kind.RESULT, text);
                return new Judgement(accuracy, accuracy, Optional.empty(), text);
            });
        }
    }

    private static void requireClassifierFile(JudgedEncoder judged, Optional<Path> out) throws IOException {
        if (out.isPresent()) {
            OutputFile.requireWritable(out.get(), "classifier.safetensors");
            judged.originals().requireNoneAt(out.get());
            Originals.of(judged.weights()).requireNoneAt(out.get());
        }
    }

    private static void write(
            JudgedEncoder judged,
            Path out,
            TrainedEncoder encoder,
            Map<String, Tensor> classifier,
            Dataset heldOut,
            Calibration calibration,
            Judgement judgement)
            throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("juxta", Version.own());
        facts.put("judged", judgement.text());
        TrainedClassifier.write(out, judged.weights(), encoder, classifier, heldOut.classes(), calibration, facts);
        judged.listener().note(Note.Kind.WRITTEN, "classifier: " + out);
    }

    /** {@link #semi(Optional, Optional)} with labels that are drawn. */
    public Judgement semi() throws IOException {
        return semi(Optional.empty(), Optional.empty());
    }

    /** {@link #semi(Optional, Optional, Optional)}, and the classifier is not kept. */
    public Judgement semi(Optional<Path> labels, Optional<Path> out) throws IOException {
        return semi(labels, out, Optional.empty());
    }

    /**
     * Fine-tuned, with a fresh linear head, on a part of the labels, as SwAV's eval_semisup.py does it. The file of weights
     * stays as it is.
     *
     * @param labels names of the training images whose labels are taken, one a line; empty for a drawn part of each class
     * @param out where such names are written
     * @param classifier where the fine-tuned encoder and its head are written after the last epoch
     * @throws IOException when weights, labels or images cannot be read, or {@code out} cannot be written, in one line
     */
    public Judgement semi(Optional<Path> labels, Optional<Path> out, Optional<Path> classifier) throws IOException {
        JudgedEncoder judged = judged();
        requireClassifierFile(judged, classifier);
        SemiSupervisedOptions asked = judged.options(SemiSupervisedOptions.class);
        if (labels.isPresent() && asked.share().isPresent()) {
            throw new IllegalArgumentException("--labels says which labels are taken, semi-share how many: give one");
        }
        if (out.isPresent()) {
            judged.originals().requireNoneAt(out.get());
            if (labels.isPresent()) {
                Originals.of(labels.get()).requireNoneAt(out.get());
            }
        }
        TrainedEncoder encoder = judged.learning();
        MixedPrecision mixed = judged.mixed();
        Dataset images = judged.images(encoder);
        Dataset heldOut = judged.heldOut(encoder, images);
        LabelSplit split = labels.isPresent() ? LabelSplit.read(labels.get(), images) : asked.split(images);
        judged.listener().note(Note.Kind.DATA, split.toString());
        SemiSupervisedOptions options =
                asked.fitTo(split, line -> judged.listener().note(Note.Kind.FITTED, line));
        if (out.isPresent() && processes.isFirst()) {
            split.write(out.get());
        }
        RunIdentity identity = RunIdentity.of("semi", List.of(options), split.images(), heldOut);
        return judged.together(encoder, identity, communicator -> {
            SemiSupervisedResult result = SemiSupervised.run(
                    encoder.network(),
                    split.images(),
                    encoder.linearTrain(),
                    heldOut,
                    encoder.evaluation(),
                    options,
                    mixed,
                    communicator,
                    epoch -> judged.listener()
                            .note(
                                    Note.Kind.EPOCH,
                                    said(
                                            epoch,
                                            String.format(
                                                    Locale.ROOT, ", head lr %.4g", options.headLr(epoch.epoch())))));
            judged.listener().note(Note.Kind.RESULT, result + precision.said());
            Judgement judgement = told(
                    judged,
                    new Judgement(
                            result.last().validation(),
                            result.best().validation(),
                            baselines(communicator, encoder, split.images(), heldOut),
                            result + precision.said()));
            if (communicator.isFirst() && classifier.isPresent()) {
                write(judged, classifier.get(), encoder, result.classifier(), heldOut, result.calibration(), judgement);
            }
            return judgement;
        });
    }

    private static String said(JudgedEpoch epoch, String more) {
        return String.format(
                Locale.ROOT,
                "epoch %d: lr %.4g%s, loss %.4f, train %.2f %%, held out %.2f %%",
                epoch.epoch() + 1,
                epoch.lr(),
                more,
                epoch.loss(),
                epoch.train().top1(),
                epoch.validation().top1());
    }
}
