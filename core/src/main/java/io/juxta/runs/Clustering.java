package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Originals;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.eval.clusters.ClusterAgreement;
import io.juxta.eval.clusters.ClusterUsage;
import io.juxta.exchange.KnownWeights;
import io.juxta.report.Report;
import io.juxta.report.snapshots.PrototypeGallery;
import io.juxta.swav.ClusterAssignments;
import io.juxta.swav.ClusterEncoder;
import io.juxta.torch.Devices;
import io.juxta.torch.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apiguardian.api.API;

/**
 * Sorts images by the prototypes of an encoder of SwAV or DeepCluster-v2: a table with a row for each image, and in a run's
 * folder a gallery in its report.
 *
 * <pre>{@code
 * ClusterJudgement sorted = Clustering.by(Path.of("runs/folder-swav")).run();
 * }</pre>
 *
 * <p>The work is done in the caller's thread, and ends with an {@link java.io.InterruptedIOException} when that is interrupted.
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Clustering {
    private final Path weights;
    private Optional<Path> data = Optional.empty();
    private Split split = Split.TRAIN;
    private int head;
    private Optional<Path> out = Optional.empty();
    private String device = "auto";
    private Precision precision = Precision.FLOAT32;
    private String command = "a program";
    private WorkListener listener = new WorkListener() {};

    private Clustering(Path weights) {
        this.weights = weights;
    }

    /** @param weights a run's folder, its {@code encoder.safetensors}, one of its checkpoints, or published weights */
    public static Clustering by(Path weights) {
        return new Clustering(weights);
    }

    /** Images with classes or without; those of the run that the weights are of where this is not said. */
    public Clustering on(Path folder) {
        data = Optional.of(folder);
        return this;
    }

    /** Training images, the default (of a folder without {@code train} all), or held-out ones. */
    public Clustering split(Split split) {
        this.split = split;
        return this;
    }

    /** Whose prototypes, from 0, the default: DeepCluster-v2 has three heads. */
    public Clustering head(int head) {
        this.head = head;
        return this;
    }

    /** The table; {@code clusters.csv} in the run's folder, or here, where this is not said. */
    public Clustering into(Path file) {
        out = Optional.of(file);
        return this;
    }

    /** {@code cpu}, {@code cuda:N} or {@code auto}, which is the default. */
    public Clustering device(String name) {
        device = name;
        return this;
    }

    /** What the network computes in and, where it learns nothing, is held in; float32 unless this is said. */
    public Clustering precision(Precision precision) {
        this.precision = precision;
        return this;
    }

    /** How this was started, for the report. */
    public Clustering startedBy(String command) {
        this.command = command;
        return this;
    }

    /** Who is told what is found. */
    public Clustering told(WorkListener listener) {
        this.listener = listener;
        return this;
    }

    /** @throws IOException when weights or images cannot be read, or the table cannot be written, in one line */
    public ClusterJudgement run() throws IOException {
        Path given = KnownWeights.file(weights);
        Optional<KnownRun> run = KnownRun.of(given);
        Path file = out.orElseGet(
                () -> run.map(KnownRun::folder).orElse(Path.of("")).resolve("clusters.csv"));
        OutputFile.requireWritable(file, "clusters.csv");
        Path folder = KnownRun.images(data, weights);
        Originals.of(folder).requireNoneAt(file);
        Dataset stored = Datasets.open(folder, split);
        ClusterEncoder encoder = KnownWeights.clusters(given, Devices.parse(device), precision);
        Dataset images = encoder.taken(stored);
        listener.notes(
                Note.Kind.DATA, Survey.of(folder, Map.of("images", images)).lines());
        ClusterAssignments assigned = ClusterAssignments.of(encoder, images, head);
        ClusterJudgement judgement = judge(images, assigned, file);
        listener.note(Note.Kind.RESULT, judgement.toString());
        ClusterTable.write(file, images, assigned);
        listener.note(Note.Kind.WRITTEN, "clusters: " + file + precision.said());
        if (run.isPresent()) {
            Path of = run.get().folder();
            PrototypeGallery.write(
                    of,
                    new PrototypeGallery.Assigned(
                            images,
                            encoder.crops().evaluation(),
                            head,
                            assigned.prototypes(),
                            assigned.toArray(),
                            assigned.scores()),
                    Version.origin(command));
            listener.note(Note.Kind.WRITTEN, "report: " + Report.write(of));
        }
        return judgement;
    }

    private ClusterJudgement judge(Dataset images, ClusterAssignments assigned, Path file) {
        int[] clusters = assigned.toArray();
        ClusterUsage usage = ClusterUsage.of(clusters, assigned.prototypes());
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        boolean labelled = IntStream.range(0, labels.length).anyMatch(i -> labels[i] >= 0 && clusters[i] >= 0);
        return new ClusterJudgement(
                usage,
                labelled ? Optional.of(ClusterAgreement.of(clusters, labels)) : Optional.empty(),
                head,
                images.size() - usage.images(),
                images.classes().size(),
                file);
    }
}
