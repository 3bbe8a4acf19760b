package io.juxta.distill;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Optimizer;
import io.juxta.train.Step;
import io.juxta.train.embedding.KeyQueue;
import io.juxta.train.embedding.PathDraws;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A student that learns to embed images as a teacher does (Fang et al., 2021, figure 3): both see an image, the teacher without
 * gradient, and its embedding goes into the queue behind the step.
 */
@API(status = API.Status.INTERNAL)
public final class Distillation implements EncoderLearner {
    private final EncoderNetwork student;
    private final Teacher teacher;
    private final DistillOptions options;
    private final Optional<KeyQueue> queue;
    private final Optimizer optimizer;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final List<String> trainedNames;
    private final List<Tensor> parameters;
    private final PathDraws drawn;

    /**
     * @param student with a head to the teacher's embedding
     * @param queue of the teacher's embeddings; empty for regression
     * @param tuning what of the student is trained, and how fast
     * @param drawn that branches of the student are left out by
     * @param precision of both networks
     */
    Distillation(
            EncoderNetwork student,
            Teacher teacher,
            DistillOptions options,
            Optional<KeyQueue> queue,
            RuleOptions rule,
            FineTuning tuning,
            PathDraws drawn,
            Communicator communicator,
            MixedPrecision precision) {
        this.student = student;
        this.teacher = teacher;
        this.options = options;
        this.queue = queue;
        this.drawn = drawn;
        this.communicator = communicator;
        this.precision = precision;
        Map<String, Tensor> trained = tuning.begin(student);
        trainedNames = List.copyOf(trained.keySet());
        parameters = List.copyOf(trained.values());
        optimizer = rule.of(parameters, tuning.factors(student, trainedNames));
        gradients = new GradientAverage(communicator, parameters);
        BatchNorm.in(student).forEach(norm -> norm.synchronize(communicator));
        student.train(true);
    }

    /**
     * One step on one view of each image.
     *
     * @return {@code loss}; {@code acc1} and {@code teacher_entropy} of similarities, see {@link SimilarityDistillation#figures};
     *     {@code target_cosine}, of the student's embedding and the teacher's, in the mean; {@code grad_norm}, of all gradients
     *     together, before weight decay, 0 for a step that is left out; what {@link MixedPrecision#tell} says
     */
    @Override
    public Map<String, Double> step(List<Tensor> views, Step step) {
        try (PointerScope scope = new PointerScope()) {
            drawn.begin(step);
            Tensor x = views.get(0);
            Tensor z_T = teach(x, step.images()); // N x dim
            Tensor z_S = torch.normalize(precision.compute(() -> student.forward(x))); // N x dim
            Map<String, Tensor> figures = objective(z_S, z_T);
            Tensor loss = Objects.requireNonNull(figures.get("loss"));

            student.zero_grad(true);
            boolean stepped = precision.backward(gradients, loss, parameters);
            Tensor gradNorm = stepped
                    ? TensorLists.norm(parameters.stream().map(Tensor::grad).toList())
                    : torch.zeros_like(loss.detach());
            if (stepped) {
                optimizer.step(step.lr());
            }
            // after the backward pass, which still needs the queue as it was
            queue.ifPresent(keys -> keys.enqueue(communicator.gather(z_T.contiguous())));

            figures.put("loss", loss.detach());
            figures.put("grad_norm", gradNorm);
            Map<String, Double> metrics = new LinkedHashMap<>(communicator.means(figures));
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    private Tensor teach(Tensor x, List<Integer> images) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return torch.normalize(precision.compute(() -> teacher.embeddings(x, images)));
        }
    }

    /** {@code loss}, with gradient, and what else there is to know. */
    private Map<String, Tensor> objective(Tensor z_S, Tensor z_T) {
        Map<String, Tensor> figures = new LinkedHashMap<>();
        if (queue.isEmpty()) {
            figures.put("loss", FeatureRegression.loss(z_S, z_T));
        } else {
            Tensor keys = queue.get().keys();
            Tensor logits = SimilarityDistillation.logits(z_S, z_T, keys, options.tauS());
            Tensor wanted = SimilarityDistillation.logits(z_T, z_T, keys, options.tauT());
            figures.put("loss", SimilarityDistillation.loss(logits, wanted));
            figures.putAll(SimilarityDistillation.figures(logits, wanted));
        }
        try (NoGradGuard guard = new NoGradGuard()) {
            figures.put(
                    "target_cosine", torch.cosine_similarity(z_S, z_T, 1, 1e-8).mean());
        }
        return figures;
    }

    /**
     * Tells a teacher that remembers what it saw.
     *
     * @param embeddings (images, dim), a row for each image of the data set
     */
    public void remember(Tensor embeddings) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            teacher.memory()
                    .orElseThrow(() -> new IllegalStateException("this teacher sees each view, and remembers none"))
                    .copy_(embeddings);
        }
    }

    @Override
    public Map<String, Double> end() {
        return precision.end();
    }

    /** The student. */
    @Override
    public EncoderNetwork encoder() {
        return student;
    }

    /** The queue of the teacher's embeddings; empty for regression. */
    Optional<KeyQueue> queue() {
        return queue;
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        queue.ifPresent(keys -> {
            state.put("queue", keys.keys());
            state.put("queue_ptr", Tensor.create(new long[] {keys.pointer()}));
        });
        StateDict.of(student).forEach((name, tensor) -> state.put("encoder." + name, tensor));
        optimizer.state(trainedNames).forEach((name, tensor) -> state.put("optimizer." + name, tensor));
        state.putAll(precision.state());
        state.putAll(teacher.state());
        return state;
    }

    /** What the teacher remembers, which no step changes. */
    @Override
    public Set<String> repeatable() {
        return teacher.state().keySet();
    }

    @Override
    public void restored(Map<String, Tensor> state) {
        queue.ifPresent(keys ->
                keys.pointer(Objects.requireNonNull(state.get("queue_ptr")).item_long()));
    }

    @Override
    public void close() {
        precision.close();
        gradients.close();
        optimizer.close();
        queue.ifPresent(KeyQueue::close);
        teacher.close();
        student.close();
    }
}
