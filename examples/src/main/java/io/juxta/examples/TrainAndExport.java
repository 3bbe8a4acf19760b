package io.juxta.examples;

import io.juxta.exchange.ExportFormat;
import io.juxta.runs.Exporting;
import io.juxta.runs.Judging;
import io.juxta.runs.Pretraining;
import io.juxta.runs.RunListener;
import io.juxta.runs.RunResult;
import io.juxta.train.recipe.Recipes;
import java.nio.file.Path;

/** Trains an encoder on labelled pictures without their labels, stops on the way, goes on, judges and exports it. */
public final class TrainAndExport {
    private TrainAndExport() {}

    /** Arguments: a recipe's name or file, a folder of pictures in classes, a folder for the run. */
    public static void main(String[] args) throws Exception {
        Path photos = Path.of(args[1]);
        Path folder = Path.of(args[2]);
        RunListener lines = RunListener.lines(System.out::println);
        RunResult run = Pretraining.by(Recipes.find(Path.of(args[0])))
                .on(photos)
                .into(folder)
                .told(lines)
                .stopAfter(epoch -> epoch.epoch() == 1) // or run.stop() from any thread, with Run run = ....start()
                .start()
                .await();
        if (!run.finished()) {
            Pretraining.resume(folder).told(lines).start().await();
        }
        System.out.println(Judging.of(folder).on(photos).knn().text());
        System.out.println(Exporting.of(folder).as(ExportFormat.ONNX).into(folder.resolve("encoder.onnx")));
    }
}
