package io.juxta.cli;

import io.juxta.data.Dataset;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.eval.KnnMonitor;
import io.juxta.eval.KnnOptions;
import io.juxta.image.Augmentation;
import io.juxta.moco.MemoryEstimate;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.torch.Devices;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.Default;
import io.juxta.train.Recipe;
import io.juxta.train.RunFolder;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;

/** One pre-training run: puts data, learner, loop, judgement and the run's folder together. */
final class Pretraining {
    private final MocoRecipe recipe;
    private final KnnMonitor.Options monitoring;
    private final KnnOptions knn;
    private final Progress.Style progress;

    /** @param method {@code moco} */
    record Method(@Default("moco") String method) {
        Method {
            if (!method.equals("moco")) {
                throw new IllegalArgumentException("method " + method + " is unknown: use moco");
            }
        }
    }

    private Pretraining(MocoRecipe recipe, KnnMonitor.Options monitoring, KnnOptions knn, Progress.Style progress) {
        this.recipe = recipe;
        this.monitoring = monitoring;
        this.knn = knn;
        this.progress = progress;
    }

    static Pretraining of(Recipe recipe, Progress.Style progress) {
        recipe.bind(Method.class);
        Pretraining pretraining = new Pretraining(
                MocoRecipe.bind(recipe),
                recipe.bind(KnnMonitor.Options.class),
                recipe.bind(KnnOptions.class),
                progress);
        recipe.checkAllKnown();
        return pretraining;
    }

    /** Prints what a run would be. */
    void describe(Dataset images) {
        MocoRecipe fitted = recipe.fitTo(images.size(), Pretraining::say);
        TrainingOptions training = fitted.training();
        System.out.print(text(fitted));
        System.out.println();
        System.out.printf(Locale.ROOT, "images             %,d%n", images.size());
        System.out.printf(
                Locale.ROOT,
                "steps              %,d an epoch, %,d in all%n",
                images.size() / training.batchSize(),
                (long) training.epochs() * (images.size() / training.batchSize()));
        long parameters = StateDict.parameterCount(Moco.encoder(fitted.moco()));
        System.out.printf(Locale.ROOT, "parameters         %,d in each of the two encoders%n", parameters);
        System.out.printf(
                Locale.ROOT,
                "memory             about %,d MiB%n",
                MemoryEstimate.of(fitted, loader(training), parameters) >> 20);
    }

    /**
     * @param finished whether the last epoch was reached
     * @param knn where it was measured from the start
     */
    record Outcome(boolean finished, Optional<Knn> knn) {}

    /** Top-1 in percent of raw pixels, the untrained encoder and the encoder as last measured. */
    record Knn(double raw, double untrained, double last) {}

    /** Trains. */
    Outcome run(Dataset images, Optional<Dataset> heldOut, Path folder, boolean resume, BooleanSupplier stop)
            throws IOException {
        MocoRecipe fitted = recipe.fitTo(images.size(), Pretraining::say);
        TrainingOptions training = fitted.training();
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = Devices.parse(training.device());
        Augmentation view = fitted.views().view();
        String text = text(fitted);
        try (Loader loader = Loader.open(images, List.of(view, view), loader(training));
                Moco moco = Moco.create(fitted.moco(), fitted.sgd(), device, training.seed())) {
            RunFolder run = resume ? RunFolder.resume(folder, text) : RunFolder.create(folder, text);
            int finished = resume ? run.restore(moco) : 0;
            say(String.format(
                    Locale.ROOT,
                    "%s: %,d images, %s, %s",
                    folder,
                    images.size(),
                    fitted.moco().arch(),
                    Torch.describe()));
            Optional<KnnMonitor> monitor = monitor(moco, images, heldOut, fitted);
            double raw = Double.NaN;
            double untrained = Double.NaN;
            if (monitor.isPresent() && finished == 0) {
                raw = monitor.get().raw();
                untrained = monitor.get().measure();
                say(String.format(
                        Locale.ROOT,
                        "kNN before training: %.2f %% (raw pixels %.2f %%)",
                        untrained,
                        monitor.get().raw()));
                run.log(0, Map.of("knn", untrained));
            }
            try (EpochLine lines = new EpochLine(training, loader, progress)) {
                List<Training.Listener> listeners = new ArrayList<>(List.of(lines.steps()));
                monitor.ifPresent(listeners::add);
                listeners.add(saving(run, moco));
                listeners.add(lines);
                boolean done = new Training(training, fitted.learningRate(), moco, loader, 2, device)
                        .run(finished, listeners, stop);
                lines.best().ifPresent(Pretraining::say);
                say("encoder: " + run.encoder());
                return new Outcome(done, knn(raw, untrained, lines));
            }
        }
    }

    private static Optional<Knn> knn(double raw, double untrained, EpochLine lines) {
        return Double.isNaN(raw) || lines.best().isEmpty()
                ? Optional.empty()
                : Optional.of(new Knn(raw, untrained, lines.last()));
    }

    private Optional<KnnMonitor> monitor(Moco moco, Dataset images, Optional<Dataset> heldOut, MocoRecipe fitted) {
        if (monitoring.knnEvery() == 0) {
            return Optional.empty();
        }
        if (heldOut.isEmpty()
                || images.classes().isEmpty()
                || heldOut.get().classes().isEmpty()) {
            say("kNN is not measured: it needs classes, and held-out images in a folder test or val");
            return Optional.empty();
        }
        return Optional.of(new KnnMonitor(
                moco.encoder(), images, heldOut.get(), fitted.views().evaluation(), knn, monitoring));
    }

    private static Training.Listener saving(RunFolder run, Moco moco) {
        return new Training.Listener() {
            @Override
            public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
                metrics.put("resident_mib", (double) (Pointer.physicalBytes() >> 20));
                run.save(moco, epoch + 1);
                run.log(epoch + 1, metrics);
            }
        };
    }

    private String text(MocoRecipe fitted) {
        List<Record> records = new ArrayList<>(List.of(new Method("moco")));
        records.addAll(fitted.records());
        records.add(monitoring);
        records.add(knn);
        return Recipe.write(records);
    }

    private static LoaderOptions loader(TrainingOptions training) {
        LoaderOptions options = LoaderOptions.of(training.batchSize(), training.seed());
        return training.loaderThreads() == 0 ? options : options.withThreads(training.loaderThreads());
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
