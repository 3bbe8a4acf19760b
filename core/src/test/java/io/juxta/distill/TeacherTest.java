package io.juxta.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.juxta.Filler;
import io.juxta.backbone.Architecture;
import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.ProjectionHead;
import io.juxta.backbone.ResNet;
import io.juxta.distributed.Communicator;
import io.juxta.image.Normalization;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.embedding.KeyQueue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** What a teacher is shown, what it passes on, and that it stays as it is. */
class TeacherTest {
    private static Map<String, Tensor> copy(EncoderNetwork network) {
        Map<String, Tensor> copy = new LinkedHashMap<>();
        StateDict.of(network)
                .forEach((name, tensor) -> copy.put(name, tensor.detach().clone()));
        return copy;
    }

    @Test
    void theStudentLearnsAndTheTeacherStays() {
        try (PointerScope scope = new PointerScope()) {
            EncoderNetwork network = TinyDistillation.teacher(ScalarType.Double);
            Teacher teacher =
                    Teacher.seeing(network, TeacherOptions.Layer.HEAD, Normalization.IMAGENET, Normalization.IMAGENET);
            Map<String, Tensor> before = copy(network);
            try (Distillation learner = TinyDistillation.of(
                    TinyDistillation.seed(0.1), teacher, ScalarType.Double, Communicator.single())) {
                Map<String, Tensor> student = copy(learner.encoder());
                TinyDistillation.step(learner, 0, ScalarType.Double, Communicator.single());
                StateDict.of(network).forEach((name, tensor) -> {
                    assertThat(tensor.equal(Objects.requireNonNull(before.get(name))))
                            .as(name)
                            .isTrue();
                    assertThat(tensor.grad().defined()).as(name).isFalse();
                });
                StateDict.parameters(learner.encoder()).forEach((name, tensor) -> {
                    assertThat(tensor.grad().defined()).as(name).isTrue();
                    assertThat(tensor.equal(Objects.requireNonNull(student.get(name))))
                            .as(name)
                            .isFalse();
                });
                assertThat(learner.queue().orElseThrow().keys().requires_grad()).isFalse();
            }
        }
    }

    /** Behind a step the oldest embeddings are the teacher's of that step. */
    @Test
    void theQueueHoldsTheTeachersEmbeddings() {
        try (PointerScope scope = new PointerScope();
                EncoderNetwork again = TinyDistillation.teacher(ScalarType.Double);
                Distillation learner =
                        TinyDistillation.of(TinyDistillation.seed(0.01), ScalarType.Double, Communicator.single())) {
            again.eval();
            KeyQueue queue = learner.queue().orElseThrow();
            for (int s = 0; s < 3; s++) {
                TinyDistillation.step(learner, s, ScalarType.Double, Communicator.single());
                Tensor own = torch.normalize(again.forward(TinyDistillation.batch(s, ScalarType.Double)));
                long place = s * (long) TinyDistillation.BATCH % TinyDistillation.K;
                Tensor kept =
                        queue.keys().narrow(1, place, TinyDistillation.BATCH).t();
                assertThat(kept.sub(own).abs().max().item_double()).isLessThan(1e-12);
            }
            assertThat(queue.pointer()).isEqualTo(TinyDistillation.BATCH);
        }
    }

    /** One that saw all images before is the same teacher for views that are those images. */
    @Test
    void aTeacherThatRemembersTeachesTheSame() {
        ScalarType type = ScalarType.Double;
        try (PointerScope scope = new PointerScope();
                EncoderNetwork network = TinyDistillation.teacher(type);
                Distillation seeing = TinyDistillation.of(TinyDistillation.seed(0.1), type, Communicator.single());
                Distillation remembering = TinyDistillation.of(
                        TinyDistillation.seed(0.1),
                        Teacher.remembering(torch.zeros(3L * TinyDistillation.BATCH, TinyDistillation.DIM)
                                .to(type)),
                        type,
                        Communicator.single())) {
            network.eval();
            Tensor table = torch.zeros(3L * TinyDistillation.BATCH, TinyDistillation.DIM)
                    .to(type);
            for (int s = 0; s < 3; s++) {
                table.narrow(0, s * (long) TinyDistillation.BATCH, TinyDistillation.BATCH)
                        .copy_(network.forward(TinyDistillation.batch(s, type)).detach());
            }
            remembering.remember(table);
            for (int s = 0; s < 3; s++) {
                double expected = Objects.requireNonNull(TinyDistillation.step(seeing, s, type, Communicator.single())
                        .get("loss"));
                assertThat(TinyDistillation.step(remembering, s, type, Communicator.single())
                                .get("loss"))
                        .isCloseTo(expected, within(1e-12));
            }
            assertThat(remembering.state()).containsKey("teacher_embeddings");
            assertThat(remembering.repeatable()).containsExactly("teacher_embeddings");
            assertThat(seeing.state().keySet()).noneMatch(name -> name.contains("teacher"));
        }
    }

    /** A view as the student's data set is normalised becomes what the teacher's own normalisation would have made of it. */
    @Test
    void aViewIsNormalisedAsTheTeacherKnowsIt() {
        Torch.seed(1);
        ResNet.Options small = new ResNet.Options(Architecture.named("resnet18"), Architecture.Stem.CIFAR, 8, 1);
        Tensor pixels = torch.rand(2, 3, 16, 16);
        for (TeacherOptions.Layer layer : TeacherOptions.Layer.values()) {
            EncoderNetwork network = new ResNet(small, ProjectionHead.Kind.LINEAR, 6);
            network.eval();
            try (PointerScope scope = new PointerScope();
                    Teacher teacher = Teacher.seeing(network, layer, Normalization.HALF, Normalization.CIFAR10)) {
                Tensor own = normalised(pixels, Normalization.HALF);
                Tensor expected = layer == TeacherOptions.Layer.HEAD ? network.forward(own) : network.pooled(own);
                Tensor taught = teacher.embeddings(normalised(pixels, Normalization.CIFAR10), List.of(0, 1));
                assertThat(taught.sub(expected).abs().max().item_double())
                        .isLessThan(1e-5 * expected.abs().max().item_double());
                assertThat(taught.size(1)).isEqualTo(layer == TeacherOptions.Layer.HEAD ? 6 : 64);
            }
        }
    }

    private static Tensor normalised(Tensor pixels, Normalization normalization) {
        return pixels.sub(channels(normalization.mean())).div(channels(normalization.std()));
    }

    private static Tensor channels(List<Float> values) {
        return Tensor.create(new float[] {values.get(0), values.get(1), values.get(2)}, 1, 3, 1, 1);
    }

    /** Whatever a step makes is given back at its end. */
    @Test
    void stepsKeepNothing() {
        ScalarType type = ScalarType.Float;
        try (PointerScope scope = new PointerScope();
                Distillation seeing = TinyDistillation.of(TinyDistillation.seed(0.1), type, Communicator.single());
                Distillation remembering = TinyDistillation.of(
                        TinyDistillation.regression(),
                        Teacher.remembering(Filler.tensor(3, type, 64L * TinyDistillation.BATCH, TinyDistillation.DIM)),
                        type,
                        Communicator.single())) {
            for (Distillation learner : List.of(seeing, remembering)) {
                for (int s = 0; s < 4; s++) {
                    TinyDistillation.step(learner, s, type, Communicator.single());
                }
                long before = Pointer.totalCount();
                long bytes = Pointer.totalBytes();
                for (int s = 4; s < 64; s++) {
                    TinyDistillation.step(learner, s, type, Communicator.single());
                }
                assertThat(Pointer.totalCount() - before).isLessThan(20);
                assertThat(Pointer.totalBytes() - bytes).isLessThan(20 * 64L);
            }
        }
    }
}
