package io.juxta.backbone;

import io.juxta.torch.Container;
import io.juxta.torch.LayerNorm;
import io.juxta.torch.Layers;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A vision transformer (Dosovitskiy et al., 2021) with the key names of DINOv2, which are DINO's and timm's too but for registers
 * and gated layers. Pictures of any size that patches fill: positions are interpolated.
 */
@API(status = API.Status.INTERNAL)
public final class VisionTransformer extends EncoderNetwork {
    private final TransformerOptions options;
    private final Output output;
    private final Tensor clsToken;
    private final @Nullable Tensor posEmbed;
    private final @Nullable Tensor registerTokens;
    private final @Nullable Tensor maskToken;
    private final Conv2dImpl proj;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNorm norm;
    private final @Nullable ProjectionHead head;
    private BranchDrop drop = BranchDrop.NONE;
    private final Set<String> frozen = new HashSet<>();

    /** What is taken for an image's feature. */
    public enum Output {
        /** The class token. */
        CLASS,
        /** The mean of the patches. */
        MEAN,
        /** The class token, and behind it the mean of the patches. */
        BOTH
    }

    /**
     * Tokens behind the last norm.
     *
     * @param cls the class token, (N, dim)
     * @param registers (N, R, dim)
     * @param patches (N, height * width, dim), row by row
     */
    public record Tokens(Tensor cls, Tensor registers, Tensor patches) {}

    /** A network without head, of which the class token is the feature. */
    public VisionTransformer(TransformerOptions options) {
        this(options, Output.CLASS, 0);
    }

    /** @param classes of a linear layer behind the feature, {@code head}; 0 for none */
    public VisionTransformer(TransformerOptions options, Output output, int classes) {
        this(
                options,
                output,
                in -> Optional.of(classes).filter(count -> count > 0).map(count -> ProjectionHead.classes(in, count)));
        TransformerBeginning.DINOV2.fill(this);
    }

    /**
     * A network of which the class token is the feature, to be trained.
     *
     * @param head takes the feature's width, and keeps the weights that it comes with
     */
    public VisionTransformer(
            TransformerOptions options, TransformerBeginning beginning, IntFunction<ProjectionHead> head) {
        this(options, Output.CLASS, in -> Optional.of(head.apply(in)));
        beginning.fill(this);
    }

    private VisionTransformer(TransformerOptions options, Output output, IntFunction<Optional<ProjectionHead>> behind) {
        super("VisionTransformer");
        this.options = options;
        this.output = output;
        int dim = options.dim();
        clsToken = parameter("cls_token", torch.zeros(1, 1, dim));
        posEmbed = options.positions().isTable()
                ? parameter("pos_embed", torch.zeros(1, 1 + (long) options.grid() * options.grid(), dim))
                : null;
        registerTokens =
                options.registers() > 0 ? parameter("register_tokens", torch.zeros(1, options.registers(), dim)) : null;
        maskToken = options.maskToken() ? parameter("mask_token", torch.zeros(1, dim)) : null;
        proj = register_module("patch_embed", new Container("PatchEmbed"))
                .register_module("proj", Layers.conv2d(3, dim, options.patch(), options.patch(), 0, true));
        Container all = register_module("blocks", new Container("blocks"));
        for (int i = 0; i < options.depth(); i++) {
            blocks.add(all.register_module(Integer.toString(i), new TransformerBlock(options, i)));
        }
        norm = register_module("norm", new LayerNorm(dim, options.epsilon()));
        head = behind.apply(features()).orElse(null);
        if (head != null) {
            register_module(head.key(), head.module());
        }
    }

    private Tensor parameter(String name, Tensor tensor) {
        register_parameter(name, tensor);
        return tensor;
    }

    /** What this network was built from. */
    public TransformerOptions options() {
        return options;
    }

    /** What is taken for an image's feature. */
    public Output output() {
        return output;
    }

    /**
     * From now on each branch leaves out a share of the batch's samples in training (DINOv2's {@code drop_path_uniform}).
     *
     * @param rate 0 to below 1
     */
    public void dropBranches(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("a share of branches of " + rate + " must be from 0 to below 1");
        }
        drop(new SampleDrop(rate, torch::randperm));
    }

    /** From now on branches are left out in training as DINO does it. */
    public void dropPaths(PathDrop chosen) {
        drop(chosen);
    }

    void drop(BranchDrop chosen) {
        drop = chosen;
    }

    /**
     * From now on the projection of patches stays as it is, which keeps training from becoming unstable (Chen, Xie and He 2021,
     * section 4.2).
     */
    public void freezePatches() {
        freeze("patch_embed.proj.weight");
        freeze("patch_embed.proj.bias");
    }

    /** A parameter of this network's own stays as it is from now on. */
    void freeze(String name) {
        frozen.add(name);
        Objects.requireNonNull(StateDict.parameters(this).get(name), name).set_requires_grad(false);
    }

    @Override
    public boolean isFrozen(String name) {
        return frozen.contains(name);
    }

    @Override
    public boolean isOfBackbone(String name) {
        return name.endsWith("_token")
                || name.endsWith("_tokens")
                || name.equals("pos_embed")
                || name.startsWith("patch_embed.")
                || name.startsWith("blocks.")
                || name.startsWith("norm.");
    }

    @Override
    public int features() {
        return output == Output.BOTH ? 2 * options.dim() : options.dim();
    }

    @Override
    public int depth() {
        return options.depth();
    }

    @Override
    public int place(String name) {
        if (name.startsWith("blocks.")) {
            return Integer.parseInt(name.split("\\.", 3)[1]) + 1;
        }
        return name.startsWith("norm.") || !isOfBackbone(name) ? depth() + 1 : 0;
    }

    @Override
    public int smallSide() {
        return 2 * options.patch();
    }

    @Override
    public Tensor head(Tensor pooled) {
        return head == null ? pooled : head.forward(pooled);
    }

    @Override
    public Tensor pooled(Tensor x) {
        Tokens tokens = tokens(x);
        return switch (output) {
            case CLASS -> tokens.cls();
            case MEAN -> mean(tokens.patches());
            case BOTH -> torch.cat(new TensorVector(tokens.cls(), mean(tokens.patches())), 1);
        };
    }

    private static Tensor mean(Tensor patches) {
        return patches.mean(new long[] {1}, false, new org.bytedeco.pytorch.ScalarTypeOptional());
    }

    /** The patches' tokens behind the last norm as a map, whatever the feature is. */
    @Override
    public Tensor patches(Tensor x) {
        return grid(tokens(x).patches(), options.patches(x.size(2)));
    }

    /** (N, height * width, dim) to (N, dim, height, width). */
    static Tensor grid(Tensor patches, long height) {
        return patches.transpose(1, 2).reshape(patches.size(0), patches.size(2), height, patches.size(1) / height);
    }

    /** All tokens of images (N, 3, H, W) behind the last norm. */
    public Tokens tokens(Tensor x) {
        return split(norm.forward(after(x, null, options.depth())));
    }

    /**
     * The same, with the mask token in the place of some patches.
     *
     * @param masks (N, height * width), true for the hidden
     */
    public Tokens tokens(Tensor x, Tensor masks) {
        return split(norm.forward(after(x, masks, options.depth())));
    }

    /**
     * All tokens behind some of the blocks, (N, T, dim): class, registers, patches.
     *
     * @param count of blocks, from 0 to all
     */
    public Tensor after(Tensor x, int count) {
        return after(x, null, count);
    }

    /** The last norm, which may be put on the tokens of any block. */
    public Tensor normed(Tensor tokens) {
        return norm.forward(tokens);
    }

    /** Tokens (N, T, dim) by what they stand for. */
    public Tokens split(Tensor all) {
        long others = 1 + (long) options.registers();
        return new Tokens(
                all.select(1, 0), all.narrow(1, 1, options.registers()), all.narrow(1, others, all.size(1) - others));
    }

    /** What each token of the last block looks at: (N, heads, T, T). */
    public Tensor attention(Tensor x) {
        int last = options.depth() - 1;
        return blocks.get(last).attention(after(x, null, last), rotation(x));
    }

    private Tensor after(Tensor x, @Nullable Tensor masks, int count) {
        @Nullable Rotation rotation = rotation(x);
        BranchDrop now = is_training() ? drop : BranchDrop.NONE;
        Tensor tokens = embedded(x, masks);
        for (TransformerBlock block : blocks.subList(0, count)) {
            tokens = block.forward(tokens, rotation, now);
        }
        return tokens;
    }

    private @Nullable Rotation rotation(Tensor x) {
        return options.positions().isTable()
                ? null
                : Rotation.of(
                        options.patches(x.size(2)),
                        options.patches(x.size(3)),
                        options.dim() / options.heads(),
                        clsToken);
    }

    /** Images to what the first block is given, (N, T, dim). */
    private Tensor embedded(Tensor x, @Nullable Tensor masks) {
        int height = options.patches(x.size(2));
        int width = options.patches(x.size(3));
        Tensor patches = proj.forward(x).flatten(2, -1).transpose(1, 2); // N x P x D
        if (masks != null) {
            Tensor hidden = Objects.requireNonNull(maskToken, "this network has no mask token");
            patches = torch.where(masks.unsqueeze(2), hidden.unsqueeze(0), patches);
        }
        Tensor cls = clsToken.expand(x.size(0), -1, -1);
        Tensor all = torch.cat(new TensorVector(cls, patches), 1);
        if (posEmbed != null) {
            all = all.add(options.positions().table(posEmbed, options.grid(), height, width));
        }
        if (registerTokens == null) {
            return all;
        }
        Tensor registers = registerTokens.expand(x.size(0), -1, -1);
        return torch.cat(new TensorVector(all.narrow(1, 0, 1), registers, all.narrow(1, 1, all.size(1) - 1)), 1);
    }
}
