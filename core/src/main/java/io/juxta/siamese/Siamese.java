package io.juxta.siamese;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.EncoderLearner;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.embedding.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Two views of each image through one encoder, and a loss that wants them alike (Chen and He 2021, figure 3, where the methods
 * stand side by side). What keeps all images from being alike is the method's: the other images of the batch, a predictor on
 * one side only, or statistics of the batch.
 */
@API(status = API.Status.INTERNAL)
public final class Siamese implements EncoderLearner {
    private final EncoderNetwork encoder;
    private final Optional<Perceptron> predictor;
    private final Optional<Target> target;
    private final Objective objective;
    private final Passes passes;
    private final Updates updates;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final List<Tensor> parameters;
    private final PathDraws drawn;

    /** How both views go through a network; its batch norms see the difference. */
    enum Passes {
        /** As one batch. */
        TOGETHER,
        /** One after the other. */
        APART
    }

    /**
     * @param encoder with the projector as its head
     * @param predictor from an embedding to what the other view's may be
     * @param drawn that branches of the encoder are left out by
     * @param target that the predictor's output is compared with; where there is none, the encoder itself without gradient
     */
    Siamese(
            EncoderNetwork encoder,
            Optional<Perceptron> predictor,
            Optional<Target> target,
            Objective objective,
            Passes passes,
            Updates.Options rule,
            PathDraws drawn,
            Communicator communicator,
            MixedPrecision precision) {
        this.encoder = encoder;
        this.predictor = predictor;
        this.target = target;
        this.objective = objective;
        this.passes = passes;
        this.drawn = drawn;
        this.communicator = communicator;
        this.precision = precision;
        updates = new Updates(encoder, predictor, rule);
        target.ifPresent(slow -> rule.tuning().begin(slow.network()));
        parameters = updates.parameters();
        gradients = new GradientAverage(communicator, parameters);
        for (Module module : modules().values()) {
            BatchNorm.in(module).forEach(norm -> norm.synchronize(communicator));
            module.train(true);
        }
    }

    /**
     * One step.
     *
     * @return {@code loss}; the objective's other figures; {@code grad_norm}, of all gradients together, before decay and trust,
     *     0 for a step that is left out; {@code momentum}, m in this step, where there is a target; what {@link
     *     MixedPrecision#tell} says
     */
    @Override
    public Map<String, Double> step(List<Tensor> views, Step step) {
        try (PointerScope scope = new PointerScope()) {
            drawn.begin(step);
            TwoViews x = new TwoViews(views.get(0), views.get(1));
            TwoViews z = through(encoder::forward, x);
            TwoViews q = predictor.isPresent() ? through(predictor.get()::forward, z) : z;
            TwoViews k = keys(x, z, step);
            Map<String, Tensor> figures = new LinkedHashMap<>(objective.of(q, k));
            Tensor loss = Objects.requireNonNull(figures.get("loss"));

            encoder.zero_grad(true);
            predictor.ifPresent(network -> network.zero_grad(true));
            boolean stepped = precision.backward(gradients, loss, parameters);
            Tensor gradNorm = stepped
                    ? TensorLists.norm(parameters.stream().map(Tensor::grad).toList())
                    : torch.zeros_like(loss.detach());
            if (stepped) {
                updates.step(step.lr());
            }
            target.ifPresent(slow -> slow.move(Target.Turn.AFTER_THE_STEP, step.progress()));

            figures.put("loss", loss.detach());
            figures.put("grad_norm", gradNorm);
            Map<String, Double> metrics = new LinkedHashMap<>(communicator.means(figures));
            target.ifPresent(slow -> metrics.put("momentum", slow.momentum(step.progress())));
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    /** What predictions are compared with, without gradient: the target's embeddings, or the encoder's own. */
    private TwoViews keys(TwoViews x, TwoViews z, Step step) {
        if (target.isEmpty()) {
            return z.map(Tensor::detach);
        }
        target.get().move(Target.Turn.BEFORE_THE_KEYS, step.progress());
        try (NoGradGuard guard = new NoGradGuard()) {
            return through(target.get().network()::forward, x);
        }
    }

    private TwoViews through(UnaryOperator<Tensor> network, TwoViews x) {
        if (passes == Passes.APART) {
            return x.map((view, number) -> {
                drawn.views(number);
                return precision.compute(() -> network.apply(view));
            });
        }
        drawn.views(0);
        long n = x.first().size(0);
        Tensor both = torch.cat(new TensorVector(x.first(), x.second()), 0);
        Tensor y = precision.compute(() -> network.apply(both)); // 2n x ...
        return new TwoViews(y.narrow(0, 0, n), y.narrow(0, n, n));
    }

    @Override
    public Map<String, Double> end() {
        return precision.end();
    }

    /** The encoder that learns, projector included. */
    @Override
    public EncoderNetwork encoder() {
        return encoder;
    }

    /** All modules, by what stands before their names in the state. */
    private Map<String, Module> modules() {
        Map<String, Module> modules = new LinkedHashMap<>();
        modules.put("encoder.", encoder);
        predictor.ifPresent(network -> modules.put("predictor.", network));
        target.ifPresent(slow -> modules.put("target.", slow.network()));
        objective.module().ifPresent(module -> modules.put("objective.", module));
        return modules;
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        modules()
                .forEach((prefix, module) ->
                        StateDict.of(module).forEach((name, tensor) -> state.put(prefix + name, tensor)));
        state.putAll(updates.state());
        state.putAll(precision.state());
        return state;
    }

    /** Nothing: all of the state is tensors. */
    @Override
    public void restored(Map<String, Tensor> state) {}

    @Override
    public void close() {
        precision.close();
        gradients.close();
        updates.close();
        List<Module> closed = new ArrayList<>(modules().values());
        closed.forEach(Module::close);
    }
}
