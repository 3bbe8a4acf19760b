package io.juxta.cli;

import io.juxta.runs.DetectionJudging;
import io.juxta.runs.KnownRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How well a detector finds what people have labelled. */
@Command(
        name = "evaluate",
        description = "Average precision of a detector, in all and of each class, over images with boxes that were held"
                + " out (folder test or val; all of a folder that has neither).")
final class DetectEvaluateCommand extends CountedCommand {
    @Parameters(paramLabel = "DETECTOR", description = "A run's folder, its detector.safetensors or a checkpoint.")
    private Path detector = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The folder of images with boxes; those of the run where this is not given.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = "voc07 (eleven points, the default), voc12 (area) or coco.")
    private DetectionJudging.Metric metric = DetectionJudging.Metric.VOC07;

    @Mixin
    private ComputeOptions computed = new ComputeOptions();

    @Override
    void work(Spoken told) throws IOException {
        DetectionJudging.of(detector)
                .on(KnownRun.images(data, detector))
                .metric(metric)
                .device(computed.device())
                .precision(computed.precision())
                .told(told)
                .judge()
                .lines()
                .forEach(System.out::println);
    }
}
