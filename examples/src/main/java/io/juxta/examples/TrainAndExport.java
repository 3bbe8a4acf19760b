package io.juxta.examples;

import io.juxta.exchange.ExportFormat;
import io.juxta.runs.EpochReport;
import io.juxta.runs.Exporting;
import io.juxta.runs.Judgement;
import io.juxta.runs.Judging;
import io.juxta.runs.Note;
import io.juxta.runs.Pretraining;
import io.juxta.runs.Run;
import io.juxta.runs.RunListener;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains an encoder on a folder of pictures, stops after an epoch, goes on later, judges and exports what came of it. */
public final class TrainAndExport {
    private static final Logger log = LoggerFactory.getLogger(TrainAndExport.class);

    private TrainAndExport() {}

    /** Arguments: a folder of pictures in classes, and the run's folder, which must not be there yet. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Recipe recipe = Recipe.named("folder/moco-v2").with("epochs", 20);
        log.info(
                "top-1 by nearest neighbours: {} %",
                train(recipe, Path.of(args[0]), Path.of(args[1])).accuracy().top1());
    }

    static Judgement train(Recipe recipe, Path photos, Path folder) throws IOException, InterruptedException {
        CountDownLatch epoch = new CountDownLatch(1);
        RunListener listener = new RunListener() {
            @Override
            public void epoch(EpochReport report) {
                log.info("epoch {}: {}", report.epoch(), report.metrics());
                epoch.countDown();
            }

            @Override
            public void note(Note note) {
                log.info(note.text());
            }

            @Override
            public void ended() {
                epoch.countDown();
            }
        };
        Run run = Pretraining.by(recipe).on(photos).into(folder).told(listener).start();
        epoch.await();
        run.stop(); // the step at hand is finished, and a checkpoint written
        if (!run.await().finished()) {
            Pretraining.resume(folder).told(listener).start().await();
        }
        Judgement knn = Judging.of(folder).on(photos).knn();
        Exporting.of(folder).as(ExportFormat.ONNX).into(folder.resolve("encoder.onnx"));
        return knn;
    }
}
