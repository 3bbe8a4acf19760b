package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Datasets;
import io.juxta.data.Originals;
import io.juxta.data.Split;
import io.juxta.data.Survey;
import io.juxta.eval.ClusterAgreement;
import io.juxta.eval.ClusterUsage;
import io.juxta.exchange.KnownWeights;
import io.juxta.report.PrototypeGallery;
import io.juxta.report.Report;
import io.juxta.swav.ClusterAssignments;
import io.juxta.swav.ClusterEncoder;
import io.juxta.torch.Devices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The nearest prototype of every image. */
@Command(
        name = "clusters",
        description =
                "The nearest prototype of each image, by an encoder of SwAV or DeepCluster-v2, as a CSV file: image,"
                        + " prototype, score (cosine), confidence (softmax of all cosines by the recipe's T), and label"
                        + " where there are classes. NMI and ARI with the classes. In a run's folder also a gallery in its"
                        + " report.")
final class EvaluateClustersCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "WEIGHTS",
            description = "A run's folder, its encoder.safetensors or one of its checkpoints; or weights of SwAV or"
                    + " DeepCluster-v2 themselves.")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Images with classes or without, trained on or never seen: any folder of images, one with train"
                            + " and test (or val) in it, or CIFAR-10's binary files. Without it those of the run that"
                            + " WEIGHTS is of.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            defaultValue = "train",
            description = "train (the default; of a folder without train, all its images) or test.")
    private Split split = Split.TRAIN;

    @Option(
            names = "--head",
            paramLabel = "N",
            defaultValue = "0",
            description = "Whose prototypes, from 0 (the default): DeepCluster-v2 has three heads.")
    private int head;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "Where to write (default: clusters.csv in the run's folder, or here where WEIGHTS lies in none).")
    private @Nullable Path out;

    @Option(names = "--device", paramLabel = "DEVICE", description = "cpu, cuda:N or auto (the default).")
    private String device = "auto";

    @Override
    public Integer call() throws IOException {
        Group.requireAlone("evaluate clusters");
        try (Interruption interruption = Interruption.ofThisThread()) {
            return evaluate();
        }
    }

    private int evaluate() throws IOException {
        Path given = KnownWeights.file(weights);
        Optional<Path> run = RunFolders.of(given);
        Path file = out != null ? out : run.orElse(Path.of("")).resolve("clusters.csv");
        CsvFile.requireWritable(file, "clusters.csv");
        Path folder = KnownData.of(data, weights);
        Originals.of(folder).requireNoneAt(file);
        Dataset stored = Datasets.open(folder, split);
        ClusterEncoder encoder = KnownWeights.clusters(given, Devices.parse(device));
        Dataset images = encoder.pictures().of(stored);
        Survey.of(folder, Map.of("images", images)).lines().forEach(System.out::println);
        ClusterAssignments assigned = ClusterAssignments.of(encoder, images, head);
        System.out.print(said(images, assigned));
        ClusterTable.write(file, images, assigned);
        System.out.println("clusters: " + file);
        if (run.isPresent()) {
            PrototypeGallery.write(
                    run.get(),
                    new PrototypeGallery.Assigned(
                            images,
                            encoder.crops().evaluation(),
                            head,
                            assigned.prototypes(),
                            assigned.toArray(),
                            assigned.scores()),
                    CommandWords.origin(CommandWords.of(spec)));
            System.out.println("report: " + Report.write(run.get()));
        }
        return ExitStatus.DONE;
    }

    private String said(Dataset images, ClusterAssignments assigned) {
        int[] clusters = assigned.toArray();
        ClusterUsage usage = ClusterUsage.of(clusters, assigned.prototypes());
        int unread = images.size() - usage.images();
        String counted = String.format(
                Locale.ROOT,
                "%,d images%s, head %d: %,d of %,d prototypes used, entropy %.1f %% of ln K, the largest (%d) has %,d"
                        + " images, %.1f %%%n",
                usage.images(),
                unread == 0 ? "" : String.format(Locale.ROOT, " (%,d unreadable, left out)", unread),
                head,
                usage.used(),
                usage.clusters(),
                100 * usage.evenness(),
                usage.largest(),
                usage.most(),
                100.0 * usage.most() / usage.images());
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        if (IntStream.range(0, labels.length).noneMatch(i -> labels[i] >= 0 && clusters[i] >= 0)) {
            return counted;
        }
        ClusterAgreement agreement = ClusterAgreement.of(clusters, labels);
        int without = usage.images() - agreement.images();
        return counted
                + String.format(
                        Locale.ROOT,
                        "NMI %.4f, ARI %.4f with the %d classes of %,d images%s%n",
                        agreement.nmi(),
                        agreement.ari(),
                        images.classes().size(),
                        agreement.images(),
                        without == 0 ? "" : String.format(Locale.ROOT, " (%,d without a class left out)", without));
    }
}
