package io.juxta.benchmarks;

import io.juxta.moco.Moco;
import io.juxta.moco.MocoOptions;
import io.juxta.torch.Torch;
import io.juxta.train.Sgd;
import io.juxta.train.recipe.Recipe;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** What a measured MoCo step works on. */
enum StepSetting {
    /** As recipes/cifar10/moco-cpu.yaml. */
    CIFAR_CPU(32, 256, "arch: resnet18", "stem: cifar", "width: 16", "head: linear", "K: 4096", "m: 0.99", "T: 0.1"),
    /** Photos at full size and width, the batch that two cores can bear. */
    PHOTOS(224, 16, "arch: resnet18", "stem: imagenet", "width: 64", "head: mlp", "K: 1024", "m: 0.99", "T: 0.2");

    private final int side;
    private final int batch;
    private final String recipe;

    StepSetting(int side, int batch, String... lines) {
        this.side = side;
        this.batch = batch;
        this.recipe = String.join("\n", lines);
    }

    /** @param name in the spelling of recipes: {@code cifar-cpu}, {@code photos} */
    static StepSetting named(String name) {
        return Arrays.stream(values())
                .filter(setting -> setting.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "setting " + name + " is unknown: use one of " + Arrays.toString(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Pixels of a view's side. */
    int side() {
        return side;
    }

    /** Images in a step. */
    int batch() {
        return batch;
    }

    MocoOptions options(int bnGroups) {
        return Recipe.parse(recipe + "\nbn-groups: " + bnGroups, toString()).bind(MocoOptions.class);
    }

    /** A learner with seeded weights. */
    Moco moco(int bnGroups) {
        Torch.seed(0);
        return Moco.create(options(bnGroups), new Sgd.Options(0.9, 5e-4), new Device("cpu"), 0);
    }

    /** Two views of noise, laid out as the loader lays them out. The caller owns them. */
    List<Tensor> views() {
        return List.of(view(), view());
    }

    private Tensor view() {
        return torch.randn(batch, 3, side, side).contiguous(MemoryFormat.ChannelsLast);
    }
}
