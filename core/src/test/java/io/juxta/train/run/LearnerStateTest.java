package io.juxta.train.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.juxta.Filler;
import io.juxta.cut.Cut;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.detect.DetectorLearner;
import io.juxta.detect.DetectorOptions;
import io.juxta.detect.FasterRcnn;
import io.juxta.dino.Dino;
import io.juxta.dino.DinoRecipe;
import io.juxta.distill.DistillRecipe;
import io.juxta.distill.Distillation;
import io.juxta.distill.Teacher;
import io.juxta.distributed.Communicator;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoOptions;
import io.juxta.siamese.Siamese;
import io.juxta.siamese.SiameseRecipe;
import io.juxta.swav.DeepCluster;
import io.juxta.swav.DeepClusterRecipe;
import io.juxta.swav.Swav;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.Learner;
import io.juxta.train.Position;
import io.juxta.train.Sgd;
import io.juxta.train.Step;
import io.juxta.train.TinyLearner;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every tensor and every number that a learner owns, found by walking through its fields, comes back from a checkpoint. */
@Tag("slow")
class LearnerStateTest {
    /** Each learner of the library, by a factory that takes a seed. */
    private static final Map<Class<? extends Learner>, IntFunction<Learner>> LEARNERS = Map.of(
            Moco.class,
            LearnerStateTest::moco,
            Swav.class,
            LearnerStateTest::swav,
            DeepCluster.class,
            LearnerStateTest::deepCluster,
            Cut.class,
            LearnerStateTest::cut,
            DetectorLearner.class,
            LearnerStateTest::detector,
            Siamese.class,
            LearnerStateTest::byol,
            Distillation.class,
            seed -> distillation("seed", seed),
            Dino.class,
            LearnerStateTest::dino);

    static final List<Integer> IMAGES = List.of(0, 1, 2, 3, 4, 5, 6, 7);

    private static final String CLUSTERS = """
            arch: resnet18
            stem: cifar
            width: 8
            hidden-mlp: 16
            feat-dim: 8
            crops: [2]
            crop-sizes: [16]
            crop-min-scales: [0.2]
            crop-max-scales: [1]
            batch-size: 8
            """;

    private static final RunIdentity RUN = new RunIdentity("any", "epochs: 1\n", Set.of(), 8, "names");

    private static Learner moco(int seed) {
        Torch.seed(seed);
        String recipe = "{arch: resnet18, stem: cifar, width: 8, dim: 16, K: 32, bn-groups: 2, head: mlp}";
        MocoOptions options = Recipe.parse(
                        recipe.substring(1, recipe.length() - 1).replace(", ", "\n"), "tiny")
                .bind(MocoOptions.class);
        return Moco.create(options, Recipe.defaults(Sgd.Options.class), new Device("cpu"), seed);
    }

    private static Learner swav(int seed) {
        Torch.seed(seed);
        String recipe = CLUSTERS + """
                prototypes: [5]
                queue-length: 12
                epoch-queue-starts: 0
                freeze-prototypes: 1
                """;
        return Swav.create(SwavRecipe.bind(Recipe.parse(recipe, "tiny")), new Device("cpu"));
    }

    private static Learner deepCluster(int seed) {
        Torch.seed(seed);
        String recipe = CLUSTERS + "prototypes: [5, 3, 4]";
        return DeepCluster.create(DeepClusterRecipe.bind(Recipe.parse(recipe, "tiny")), 10, new Device("cpu"));
    }

    private static Learner cut(int seed) {
        Torch.seed(seed);
        String recipe =
                "ngf: 2\nndf: 2\nnetD: n-layers\nn-layers-D: 1\nnetF-nc: 4\nnum-patches: 3\nnce-layers: [4, 8]\npool-size: 2\n"
                        + "load-size: 16\ncrop-size: 16\n";
        return Cut.create(CutRecipe.bind(Recipe.parse(recipe, "tiny")), new Device("cpu"));
    }

    private static Learner detector(int seed) {
        Torch.seed(seed);
        FasterRcnn network = new FasterRcnn(DetectorOptions.c4("resnet18", 8).withProposalsSampled(8), 2);
        return new DetectorLearner(network, Recipe.defaults(Sgd.Options.class), seed, Communicator.single());
    }

    private static Learner dino(int seed) {
        Torch.seed(seed);
        String recipe = """
                arch: resnet18
                stem: cifar
                width: 8
                projector: [6, 8]
                K: 12
                batch-size: 8
                freeze-last-layer: 0
                crops: [2]
                crop-sizes: [16]
                crop-min-scales: [0.2]
                crop-max-scales: [1]
                augmentations: [cifar]
                """;
        return DinoRecipe.bind(Recipe.parse(recipe, "tiny")).learner(new Device("cpu"), Communicator.single());
    }

    /** A method of those that compare two views; BYOL has all that one of them may have. */
    private static Learner byol(int seed) {
        return siamese("byol", "predictor: [6, 8]\n", seed);
    }

    private static Learner siamese(String method, String more, int seed) {
        Torch.seed(seed);
        String recipe =
                "arch: resnet18\nstem: cifar\nwidth: 8\nprojector: [6, 8]\nbatch-size: 8\nimage-size: 16\n" + more;
        return SiameseRecipe.bind(method, Recipe.parse(recipe, "tiny"))
                .learner(new Device("cpu"), Communicator.single());
    }

    /** Of a teacher that has seen all images, whose weights are in no run; of similarities, or by regression. */
    private static Learner distillation(String loss, int seed) {
        Torch.seed(seed);
        String recipe =
                "arch: resnet18\nstem: cifar\nwidth: 8\ndim: 6\nK: 16\nbatch-size: 8\nimage-size: 16\nloss: " + loss;
        Tensor table = Filler.tensor(seed, ScalarType.Float, 10, 6);
        return DistillRecipe.bind(Recipe.parse(recipe, "tiny"))
                .learner(Teacher.remembering(table), new Device("cpu"), Communicator.single());
    }

    static Collection<IntFunction<Learner>> learners() {
        List<IntFunction<Learner>> all = new ArrayList<>(withOneLoss());
        all.add(LearnerStateTest::cut);
        return all;
    }

    /** All but CUT, which has a loss of the generator and one of the discriminator. */
    static List<IntFunction<Learner>> withOneLoss() {
        List<IntFunction<Learner>> all = new ArrayList<>();
        LEARNERS.forEach((type, make) -> {
            if (type != Cut.class) {
                all.add(make);
            }
        });
        for (String method : List.of("simclr", "barlow-twins", "vicreg")) {
            all.add(seed -> siamese(method, "", seed));
        }
        for (String method : List.of("simsiam", "moco-v3")) {
            all.add(seed -> siamese(method, "predictor: [6, 8]\n", seed));
        }
        all.add(seed -> distillation("regression", seed));
        return all;
    }

    @Test
    void everyLearnerIsHere() {
        Set<String> all = new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests()))
                .importPackages("io.juxta").stream()
                        .filter(type -> type.isAssignableTo(Learner.class) && !type.isInterface())
                        .map(JavaClass::getName)
                        .collect(Collectors.toSet());
        assertThat(LEARNERS.keySet().stream().map(Class::getName)).containsExactlyInAnyOrderElementsOf(all);
    }

    @ParameterizedTest
    @MethodSource("learners")
    void nothingThatALearnerOwnsIsForgotten(IntFunction<Learner> make, @TempDir Path folder) throws IOException {
        assertThat(forgotten(make, folder)).isEmpty();
    }

    @Test
    void aLearnerThatForgetsIsFoundOut(@TempDir Path folder) throws IOException {
        assertThat(forgotten(seed -> new Forgetful(), folder)).containsExactly("average", "count");
    }

    /** Keeps an average and a count of its own that its state does not name. */
    private static final class Forgetful extends TinyLearner {
        private final Tensor average = Filler.tensor(1, ScalarType.Float, 3);
        private int count;

        @Override
        public Map<String, Double> step(List<Tensor> views, Step step) {
            count++;
            average.add_(average);
            return super.step(views, step);
        }
    }

    private static List<String> forgotten(IntFunction<Learner> make, Path folder) throws IOException {
        try (PointerScope scope = new PointerScope();
                Learner trained = make.apply(1);
                Learner fresh = make.apply(2)) {
            trained.begin(0, each -> {
                each.accept(views(trained, 0), IMAGES);
                return true;
            });
            for (int s = 0; s < 3; s++) {
                trained.step(views(trained, s), new Step(0, s, 10, 0.1, IMAGES));
            }
            Path file = folder.resolve("state.safetensors");
            Checkpoint.write(file, RUN, Position.afterEpochs(1), "", trained);
            Checkpoint.read(file).restore(fresh);
            Map<String, Object> expected = owned(trained);
            Map<String, Object> actual = owned(fresh);
            assertThat(actual.keySet()).isEqualTo(expected.keySet());
            return expected.keySet().stream()
                    .filter(path -> !same(expected.get(path), actual.get(path)))
                    .toList();
        }
    }

    static List<Tensor> views(Learner learner, int s) {
        if (learner instanceof DetectorLearner) {
            return List.of(
                    Filler.tensor(10 + s, ScalarType.Float, 1, 3, 48, 64),
                    Tensor.create(new float[] {64, 48}, 1, 2),
                    Tensor.create(new float[] {0, 1, 8, 8, 40, 40}, 1, 6));
        }
        return List.of(
                Filler.tensor(10 + s, ScalarType.Float, 8, 3, 16, 16),
                Filler.tensor(20 + s, ScalarType.Float, 8, 3, 16, 16));
    }

    private static boolean same(Object a, Object b) {
        return a instanceof Tensor tensor ? tensor.equal((Tensor) b) : a.equals(b);
    }

    /** Tensors, and numbers that change, by the path of fields that leads to them. */
    private static Map<String, Object> owned(Learner learner) {
        Map<String, Object> found = new LinkedHashMap<>();
        walk(learner, "", found, Collections.newSetFromMap(new IdentityHashMap<>()));
        return found;
    }

    private static void walk(Object value, String path, Map<String, Object> found, Set<Object> seen) {
        if (value == null || !seen.add(value)) {
            return;
        }
        if (value instanceof Tensor) {
            found.put(path, value);
        } else if (value instanceof Module module) {
            StateDict.of(module).forEach((name, tensor) -> found.put(path + "/" + name, tensor));
        } else if (value instanceof Optional<?> optional) {
            walk(optional.orElse(null), path, found, seen);
        } else if (value instanceof Iterable<?> many) {
            int i = 0;
            for (Object one : many) {
                walk(one, path + "[" + i++ + "]", found, seen);
            }
        } else if (value instanceof Map<?, ?> named) {
            named.forEach((key, one) -> walk(one, path + "[" + key + "]", found, seen));
        } else if (value instanceof Object[] array) {
            walk(List.of(array), path, found, seen);
        } else if (value.getClass().getName().startsWith("io.juxta")
                && !value.getClass().isHidden()) {
            for (Class<?> type = value.getClass(); type.getName().startsWith("io.juxta"); type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    field(value, field, path, found, seen);
                }
            }
        }
    }

    private static void field(Object owner, Field field, String path, Map<String, Object> found, Set<Object> seen) {
        if (Modifier.isStatic(field.getModifiers())) {
            return;
        }
        try {
            field.setAccessible(true);
            Object value = field.get(owner);
            String name = path.isEmpty() ? field.getName() : path + "." + field.getName();
            if (!field.getType().isPrimitive()) {
                walk(value, name, found, seen);
            } else if (!Modifier.isFinal(field.getModifiers())) {
                found.put(name, value);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
