package io.juxta.runs;

import io.juxta.data.Dataset;
import io.juxta.data.KeptImages;
import io.juxta.data.Loader;
import io.juxta.distributed.Communicator;
import io.juxta.eval.EmbeddingMonitor;
import io.juxta.eval.neighbours.KnnMonitor;
import io.juxta.exchange.MocoCheckpoint;
import io.juxta.exchange.StartingWeights;
import io.juxta.report.Snapshots;
import io.juxta.runs.methods.Beginning;
import io.juxta.runs.methods.Method;
import io.juxta.torch.Torch;
import io.juxta.train.EncoderLearner;
import io.juxta.train.Pace;
import io.juxta.train.Position;
import io.juxta.train.Replicas;
import io.juxta.train.Training;
import io.juxta.train.TrainingOptions;
import io.juxta.train.log.ProgressFile;
import io.juxta.train.log.RunLog;
import io.juxta.train.run.Checkpointing;
import io.juxta.train.run.Figure;
import io.juxta.train.run.RunFolder;
import io.juxta.train.run.RunIdentity;
import io.juxta.train.run.RunImages;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;

/** A run that trains an encoder: everything that it needs is put together, told to its listener, and closed at its end. */
final class PretrainingRun {
    private final Pretraining asked;
    private final RunPlace place;
    private final Stopping stopping;
    private final RunListener listener;

    PretrainingRun(Pretraining asked, RunPlace place, Stopping stopping) {
        this.asked = asked;
        this.place = place;
        this.stopping = stopping;
        listener = asked.listener();
    }

    /** Trains on images as they are stored. */
    RunResult of(Dataset stored) throws IOException {
        Dataset images = asked.taken(stored);
        Optional<Dataset> others = asked.heldOut().map(asked::taken);
        List<String> warnings = new ArrayList<>();
        Method fitted = asked.method().fitTo(images.size(), warnings::add);
        TrainingOptions training = fitted.training();
        warnings.forEach(line -> listener.note(Note.Kind.FITTED, line));
        Torch.threads(training.threads());
        Torch.seed(training.seed());
        Device device = asked.processes().device(training.device());
        Optional<Dataset> judged = asked.judged(images, others);
        RunIdentity identity = RunIdentity.of(fitted.name(), asked.options(fitted), images);
        Map<String, String> more = Map.of(
                "held-out images",
                judged.map(queries -> RunIdentity.of("knn", List.of(), queries).names())
                        .orElse("none"));
        return asked.processes().together(device, identity, more, communicator -> {
            try (KeptImages kept = asked.cache().keep(images);
                    Loader loader =
                            Loader.open(kept, fitted.views(), asked.processes().loader(training));
                    EncoderLearner learner = fitted.learner(images.size(), device, communicator)) {
                requireFit(fitted, learner, communicator);
                Running running = new Running(
                        fitted, kept, stored, learner, loader, device, communicator, stopping, asked.stop(stopping));
                Optional<KnnMonitor> monitor = judged.map(queries -> monitor(running, queries));
                return communicator.isFirst()
                        ? lead(running, monitor, identity, warnings)
                        : RunResult.ofOneThatFollows(place.folder(), follow(running, monitor), learner.product());
            }
        });
    }

    /** Weights of another network are refused before there is a folder. */
    private void requireFit(Method method, EncoderLearner learner, Communicator communicator) throws IOException {
        if (!asked.beginning().isRandom() && communicator.isFirst() && !Files.exists(place.folder())) {
            try (PointerScope scope = new PointerScope()) {
                Optional<MocoCheckpoint> whole = asked.beginning()
                        .whole(method, learner.encoder(), method.training().epochs());
                if (whole.isPresent()) {
                    whole.get().fit(learner.state());
                }
                asked.beginning().read(learner.encoder());
            }
        }
    }

    private Position begin(Method method, EncoderLearner learner) throws IOException {
        if (asked.beginning().isRandom()) {
            return Position.START;
        }
        try (PointerScope scope = new PointerScope()) {
            Optional<MocoCheckpoint> whole = asked.beginning()
                    .whole(method, learner.encoder(), method.training().epochs());
            if (whole.isPresent()) {
                StartingWeights all = whole.get().fit(learner.state());
                Beginning.intoAll(learner, all);
                listener.note(
                        Note.Kind.BEGUN,
                        "goes on after epoch " + whole.get().epochs() + " of "
                                + asked.beginning().from() + ", its queue, pointer and momentum with it: "
                                + all.told());
                return Position.afterEpochs(whole.get().epochs());
            }
            StartingWeights weights = asked.beginning().read(learner.encoder());
            Beginning.into(learner, weights);
            listener.note(Note.Kind.BEGUN, "begun from " + asked.beginning().from() + ": " + weights.told());
            return Position.START;
        }
    }

    /** What a run consists of in each of its processes. */
    private record Running(
            Method method,
            Dataset images,
            Dataset stored,
            EncoderLearner learner,
            Loader loader,
            Device device,
            Communicator communicator,
            Stopping stopping,
            BooleanSupplier stop) {
        /** What comes before the first step, which may be broken off. */
        void prepare() throws IOException {
            stopping.disposable(() -> {
                method.prepare(learner, stored, device, communicator);
                return true;
            });
        }

        boolean train(Position from, List<Training.Listener> listeners) throws IOException {
            Training loop = new Training(
                    method.training(),
                    method.learningRate(),
                    learner,
                    loader,
                    method.views().size(),
                    device);
            // one that is asked to stop stops all, at the same step
            return loop.run(from, listeners, () -> communicator.any(stop.getAsBoolean()));
        }
    }

    /** A process that only computes its part. */
    private static boolean follow(Running running, Optional<KnnMonitor> monitor) throws IOException {
        Position from = Replicas.followFirst(running.communicator, running.learner, Position.START);
        if (from.isStart()) {
            running.prepare();
        }
        if (monitor.isPresent() && from.isStart()) {
            running.stopping.disposable(monitor.get()::measure);
        }
        return running.train(from, List.copyOf(monitor.stream().toList()));
    }

    private KnnMonitor monitor(Running running, Dataset queries) {
        Method fitted = running.method;
        return new KnnMonitor(
                running.learner.encoder(),
                running.images,
                queries,
                fitted.evaluation(),
                asked.knn(),
                asked.monitoring(),
                fitted.training().epochs(),
                running.communicator);
    }

    /** The process that measures, writes and speaks; the only one as a rule. */
    private RunResult lead(Running running, Optional<KnnMonitor> monitor, RunIdentity identity, List<String> warnings)
            throws IOException {
        Method fitted = running.method;
        TrainingOptions training = fitted.training();
        Dataset images = running.images;
        EncoderLearner learner = running.learner;
        Loader loader = running.loader;
        RunImages remembered = place.images(images);
        try (RunFolder run = place.open(identity)) {
            Position own = place.begin(run, learner, training.epochs(), remembered, listener);
            if (own.isStart()) {
                own = begin(fitted, learner);
            }
            Position from = Replicas.followFirst(running.communicator, learner, own);
            String what = String.format(Locale.ROOT, "%,d images, %s, ", images.size(), fitted.arch());
            place.begun(listener, running.communicator, what);
            fitted.remarks().forEach(line -> listener.note(Note.Kind.BEGUN, line));
            if (from.isStart()) {
                running.prepare();
            }
            double raw = Double.NaN;
            double untrained = Double.NaN;
            if (monitor.isPresent() && from.isStart()) {
                raw = running.stopping.disposable(monitor.get()::raw);
                untrained = running.stopping.disposable(monitor.get()::measure);
                int side = monitor.get().rawSide();
                String shrunk = side < fitted.evaluation().size() ? ", shrunk to " + side + " x " + side + "," : "";
                listener.note(
                        Note.Kind.RESULT,
                        String.format(
                                Locale.ROOT,
                                "kNN before training: %.2f %% (raw pixels%s %.2f %%)",
                                untrained,
                                shrunk,
                                raw));
                run.metrics().add(0, Map.of("knn", untrained));
            }
            RunTelling telling = new RunTelling(listener, asked.after(stopping), training, loader, Figure.KNN, from);
            try (ProgressFile watched = new ProgressFile(place.folder(), new Pace(training, loader.batches(), from));
                    Snapshots snapshots = snapshots(run, learner, images, fitted, from);
                    RunLog log = RunLog.open(place.folder(), from, loader.batches(), RunPlace.about(identity))) {
                for (String warning : warnings) {
                    log.warning(warning);
                }
                if (!Double.isNaN(untrained)) {
                    log.before(Map.of("knn", untrained));
                }
                List<Training.Listener> listeners = new ArrayList<>(List.of(telling.steps()));
                monitor.ifPresent(listeners::add);
                listeners.add(new EmbeddingMonitor(learner.encoder(), images, fitted.evaluation(), place.folder()));
                listeners.add(RunPlace.memory());
                listeners.add(log);
                listeners.add(watched);
                listeners.add(telling.diagnosing(fitted.task(loader.batches()), run, log));
                listeners.add(RunPlace.remembering(run, remembered));
                listeners.add(
                        new Checkpointing(run, learner, asked.checkpointing(), Figure.KNN, from, log::checkpoint));
                listeners.add(snapshots);
                listeners.add(telling);
                boolean done = log.telling(() -> running.train(from, listeners));
                Optional<RunResult.Before> before =
                        Double.isNaN(raw) ? Optional.empty() : Optional.of(new RunResult.Before(raw, untrained));
                return place.result(run, learner, done, loader.unreadable().size(), Figure.KNN, before);
            }
        }
    }

    private Snapshots snapshots(RunFolder run, EncoderLearner learner, Dataset images, Method fitted, Position from)
            throws IOException {
        Snapshots.Subject subject = new Snapshots.Subject(
                images,
                fitted.views(),
                fitted.evaluation(),
                fitted.training().seed(),
                fitted.training().epochs(),
                asked.reporting());
        return Snapshots.begin(run.path(), learner.encoder(), subject, from.epoch(), place.origin(), run::isSaved);
    }
}
