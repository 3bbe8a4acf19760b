package io.juxta.dino;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.train.EncoderLearner;
import io.juxta.train.FineTuning;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.embedding.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Self-distillation without labels (Caron et al., 2021, algorithm 1): a student predicts from all crops what its own slow average, the
 * teacher, says of the large ones.
 */
@API(status = API.Status.INTERNAL)
public final class Dino implements EncoderLearner {
    private final DinoOptions options;
    private final DinoNetwork student;
    private final DinoNetwork teacher;
    private final Target target;
    private final List<Integer> taught;
    private final Centre centre;
    private final StudentUpdates updates;
    private final PathDraws drawn;
    private final Communicator communicator;
    private final GradientAverage gradients;
    private final MixedPrecision precision;
    private final List<Tensor> parameters;

    /**
     * @param teacher of the student's shape; takes over its parameters
     * @param taught which crops the teacher sees, the first ones
     * @param drawn that branches of the student are left out by
     */
    Dino(
            DinoOptions options,
            DinoNetwork student,
            DinoNetwork teacher,
            List<Integer> taught,
            StudentUpdates.Options rule,
            FineTuning tuning,
            PathDraws drawn,
            Communicator communicator,
            MixedPrecision precision) {
        this.options = options;
        this.student = student;
        this.teacher = teacher;
        this.taught = List.copyOf(taught);
        this.drawn = drawn;
        this.communicator = communicator;
        this.precision = precision;
        tuning.begin(teacher.encoder());
        updates = new StudentUpdates(student, rule, tuning);
        target = new Target(
                teacher.encoder(), student.encoder(), options.momentumOfTeacher(), Target.Turn.AFTER_THE_STEP);
        Tensor like = StateDict.parameters(teacher.last()).values().iterator().next();
        centre = new Centre(
                options.K(),
                options.centreMomentum(),
                like.device(),
                like.scalar_type().intern());
        parameters = updates.parameters();
        gradients = new GradientAverage(communicator, parameters);
        for (DinoNetwork network : List.of(student, teacher)) {
            BatchNorm.in(network.encoder()).forEach(norm -> norm.synchronize(communicator));
            network.encoder().train(true);
        }
    }

    /**
     * One step.
     *
     * @return {@code loss}; {@code target_entropy}, of the teacher's answer to one image, from 0, where it is one output, to 1, where
     *     it is all alike; {@code target_usage}, the same of its mean answer to the batch; {@code target_divergence}, of the student's answer
     *     from it, in nats; {@code centre}, the size of its values; {@code grad_norm}, of all gradients together before they are clipped, 0
     *     for a step that is left out; {@code momentum} and {@code weight_decay} of this step; what {@link MixedPrecision#tell} says
     */
    @Override
    public Map<String, Double> step(List<Tensor> crops, Step step) {
        try (PointerScope scope = new PointerScope()) {
            student.last().freeze(step.epoch() < options.freezeLastLayer());
            drawn.begin(step);
            Tensor t = taught(crops); // A N x K
            Tensor q = SelfDistillation.targets(t, centre.mean(), options.teacherT(step.epoch())); // A N x K
            Tensor s = student.outputs(crops, precision, drawn::views); // V N x K
            Tensor loss = SelfDistillation.loss(s, q, taught, options.studentT());
            Map<String, Tensor> figures = figures(loss, q);
            centre.add(t, communicator);

            student.encoder().zero_grad(true);
            boolean stepped = precision.backward(gradients, loss, parameters);
            double decay = options.weightDecay(step.progress());
            figures.put("grad_norm", stepped ? updates.step(step.lr(), decay) : torch.zeros_like(loss.detach()));
            target.move(Target.Turn.AFTER_THE_STEP, step.progress());

            Map<String, Double> metrics = new LinkedHashMap<>(communicator.means(figures));
            metrics.put("momentum", target.momentum(step.progress()));
            metrics.put("weight_decay", decay);
            precision.tell(stepped, metrics);
            return metrics;
        }
    }

    /** What the teacher says of the crops that it sees, without gradient. */
    private Tensor taught(List<Tensor> crops) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return teacher.outputs(taught.stream().map(crops::get).toList(), precision, first -> {});
        }
    }

    private Map<String, Tensor> figures(Tensor loss, Tensor q) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor all = q.mean(new long[] {0}, false, new ScalarTypeOptional()); // K
            communicator.sum(all);
            Tensor entropy = entropy(q).div(new Scalar(q.size(0)));
            Scalar most = new Scalar(Math.log(options.K()));
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("loss", loss.detach());
            figures.put("target_entropy", entropy.div(most));
            figures.put(
                    "target_usage",
                    entropy(all.div(new Scalar((double) communicator.size()))).div(most));
            figures.put("target_divergence", loss.detach().sub(entropy));
            figures.put("centre", centre.size());
            return figures;
        }
    }

    /** The sum of the entropies of rows, in nats. */
    private static Tensor entropy(Tensor shares) {
        return torch.xlogy(shares, shares).sum().neg();
    }

    @Override
    public Map<String, Double> end() {
        return precision.end();
    }

    /** The teacher, projector and last layer included: the better of the two (Caron et al., 2021, figure 6). */
    @Override
    public EncoderNetwork encoder() {
        return teacher.encoder();
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        StateDict.of(teacher.encoder()).forEach((name, tensor) -> state.put("encoder." + name, tensor));
        StateDict.of(student.encoder()).forEach((name, tensor) -> state.put("student." + name, tensor));
        state.put("centre", centre.mean());
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
        centre.close();
        for (Module module : List.of(student.encoder(), teacher.encoder())) {
            module.close();
        }
    }
}
