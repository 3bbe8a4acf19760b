package io.juxta.benchmarks;

import io.juxta.cut.Cut;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.distributed.Communicator;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.swav.Swav;
import io.juxta.swav.SwavRecipe;
import io.juxta.torch.Precision;
import io.juxta.train.Learner;
import io.juxta.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The steps that are compared with Python's; {@code steps.py} has the same under the same names. */
enum StepWork {
    /** MoCo v2 on small images at full width. */
    MOCO_CIFAR(
            "MoCo v2, ResNet-18, CIFAR stem, batch 64",
            "arch: resnet18",
            "stem: cifar",
            "image-size: 32",
            "batch-size: 64",
            "bn-groups: 1",
            "K: 4096"),
    /** As recipes/cifar10/moco-cpu.yaml. */
    MOCO_CPU(
            "`moco-cpu`: width 16, batch 128, 4 groups",
            "arch: resnet18",
            "stem: cifar",
            "width: 16",
            "image-size: 32",
            "batch-size: 128",
            "bn-groups: 4",
            "K: 4096"),
    /** MoCo v2 on photos, the batch that two cores can bear. */
    MOCO_PHOTOS(
            "MoCo v2, ResNet-50, 224 px, batch 8",
            "arch: resnet50",
            "image-size: 224",
            "batch-size: 8",
            "bn-groups: 1",
            "K: 4096"),
    /** As recipes/cifar10/moco-notebook.yaml. */
    MOCO_NOTEBOOK(
            "`moco-notebook`: ResNet-18, batch 512, 8 groups",
            "arch: resnet18",
            "stem: cifar",
            "head: linear",
            "image-size: 32",
            "batch-size: 512",
            "bn-groups: 8",
            "K: 4096"),
    /** As recipes/cifar10/swav-cpu.yaml, with its queue in use. */
    SWAV_CPU(
            "`swav-cpu`: width 16, 2x32 + 2x16, batch 128",
            "method: swav",
            "arch: resnet18",
            "stem: cifar",
            "width: 16",
            "hidden-mlp: 256",
            "prototypes: [100]",
            "queue-length: 1280",
            "crops: [2, 2]",
            "crop-sizes: [32, 16]",
            "batch-size: 128"),
    /** CUT on small images. */
    CUT_SMALL("CUT, 128 px, nine blocks, ngf 32", "method: cut", "ngf: 32", "ndf: 32", "crop-size: 128"),
    /** MoCo v2 as on one of the authors' GPUs, with twice the images. */
    MOCO_GPU(
            "MoCo v2, ResNet-50, 224 px, batch 64",
            "arch: resnet50",
            "image-size: 224",
            "batch-size: 64",
            "bn-groups: 1",
            "K: 65536"),
    /** SwAV as on one of the authors' GPUs of their small runs. */
    SWAV_GPU(
            "SwAV, ResNet-50, 2x224 + 6x96, batch 64",
            "method: swav",
            "arch: resnet50",
            "hidden-mlp: 2048",
            "prototypes: [3000]",
            "queue-length: 3840",
            "crops: [2, 6]",
            "crop-sizes: [224, 96]",
            "batch-size: 64"),
    /** CUT as published. */
    CUT_GPU("CUT, 256 px, nine blocks, ngf 64", "method: cut", "crop-size: 256"),
    /** MoCo so small that nothing is learned of its speed: to try programs by. */
    MOCO_TINY(
            "MoCo v2, tiny",
            "arch: resnet18",
            "stem: cifar",
            "width: 8",
            "image-size: 32",
            "batch-size: 16",
            "bn-groups: 2",
            "K: 256"),
    /** SwAV, likewise. */
    SWAV_TINY(
            "SwAV, tiny",
            "method: swav",
            "arch: resnet18",
            "stem: cifar",
            "width: 8",
            "hidden-mlp: 64",
            "prototypes: [20]",
            "queue-length: 64",
            "crops: [2, 2]",
            "crop-sizes: [32, 16]",
            "batch-size: 16"),
    /** CUT, likewise. */
    CUT_TINY("CUT, tiny", "method: cut", "ngf: 8", "ndf: 8", "crop-size: 64");

    private final String title;
    private final List<String> lines;

    StepWork(String title, String... lines) {
        this.title = title;
        this.lines = List.of(lines);
    }

    /** @param name as {@link #toString} spells it */
    static StepWork named(String name) {
        return Arrays.stream(values())
                .filter(work -> work.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "step " + name + " is unknown: use one of " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What people call it. */
    String title() {
        return title;
    }

    private boolean is(String method) {
        return lines.get(0).equals("method: " + method);
    }

    private Recipe recipe(Precision precision) {
        List<String> text = new ArrayList<>(lines);
        text.add("precision: " + precision);
        if (is("swav")) {
            text.addAll(List.of("epoch-queue-starts: 0", "freeze-prototypes: 0"));
        }
        return Recipe.parse(String.join("\n", text) + "\n", toString());
    }

    /** A learner with weights from libtorch's generator: seed it first. */
    Learner learner(Precision precision, Device device) {
        Recipe recipe = recipe(precision);
        if (is("swav")) {
            return Swav.create(SwavRecipe.bind(recipe), device);
        }
        if (is("cut")) {
            return Cut.create(CutRecipe.bind(recipe), device);
        }
        MocoRecipe moco = MocoRecipe.bind(recipe);
        return Moco.create(moco.moco(), moco.sgd(), moco.tuning(), device, 0, precision, Communicator.single());
    }

    /** Noise as the loader would lay it out on the device, one tensor for each view. The caller owns them. */
    List<Tensor> views(Device device) {
        Recipe recipe = recipe(Precision.FLOAT32);
        if (is("cut")) {
            int side = CutRecipe.bind(recipe).views().cropSize();
            return List.of(view(1, side, device), view(1, side, device));
        }
        if (is("swav")) {
            SwavRecipe swav = SwavRecipe.bind(recipe);
            List<Tensor> crops = new ArrayList<>();
            for (int kind = 0; kind < swav.crops().crops().size(); kind++) {
                for (int i = 0; i < swav.crops().crops().get(kind); i++) {
                    crops.add(view(
                            swav.training().batchSize(),
                            swav.crops().cropSizes().get(kind),
                            device));
                }
            }
            return crops;
        }
        MocoRecipe moco = MocoRecipe.bind(recipe);
        int batch = moco.training().batchSize();
        return List.of(
                view(batch, moco.views().imageSize(), device),
                view(batch, moco.views().imageSize(), device));
    }

    private static Tensor view(int images, int side, Device device) {
        return torch.randn(images, 3, side, side)
                .clamp_(
                        new org.bytedeco.pytorch.ScalarOptional(new org.bytedeco.pytorch.Scalar(-1)),
                        new org.bytedeco.pytorch.ScalarOptional(new org.bytedeco.pytorch.Scalar(1)))
                .contiguous(MemoryFormat.ChannelsLast)
                .to(device, ScalarType.Float);
    }
}
