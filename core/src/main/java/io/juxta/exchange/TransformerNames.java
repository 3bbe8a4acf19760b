package io.juxta.exchange;

import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.TransformerSize;
import io.juxta.backbone.VisionTransformer;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The key names of vision transformers: DINO's, DINOv2's, which are ours, and timm's, in and out. timm keeps registers apart: its
 * position table has no row for the class token then, which holds its own.
 */
final class TransformerNames {
    private static final String CLASS = "cls_token";
    private static final String TABLE = "pos_embed";
    private static final String REGISTERS = "register_tokens";
    private static final String REGISTERS_TIMM = "reg_token";
    private static final String MASK = "mask_token";
    private static final String HEAD = "head.";
    private static final String PATCHES = "patch_embed.proj.weight";

    private TransformerNames() {}

    /**
     * A network recognised.
     *
     * @throws IllegalArgumentException when it is of no width or shape that is known, in one line
     */
    static Foreign recognised(Located found) {
        Map<String, Tensor> own = new LinkedHashMap<>(found.network());
        List<String> notes = new ArrayList<>(found.notes());
        List<String> aside = new ArrayList<>(found.aside());
        boolean ofTimm = own.containsKey(REGISTERS_TIMM) || own.containsKey("head.weight");
        heads(own, found.prefix(), aside, notes);
        int classes = own.containsKey("head.weight")
                ? Math.toIntExact(Objects.requireNonNull(own.get("head.weight")).size(0))
                : 0;
        Tensor patches = required(own, PATCHES, 4);
        Tensor cls = required(own, CLASS, 3);
        Tensor table = required(own, TABLE, 3);
        requirePictures(patches);
        int dim = Math.toIntExact(cls.size(2));
        TransformerSize size = TransformerSize.ofDim(dim)
                .orElseThrow(() -> new IllegalArgumentException("a vision transformer of " + dim
                        + " values a token, of which it is not known how many heads it has: known are "
                        + TransformerSize.all().stream()
                                .map(TransformerSize::dim)
                                .toList()));
        rename(own, REGISTERS_TIMM, REGISTERS);
        own.put(TABLE, withClassRow(table));
        int grid = grid(Objects.requireNonNull(own.get(TABLE)).size(1) - 1);
        boolean gated = gate(own);
        boolean layerScale = own.containsKey("blocks.0.ls1.gamma");
        boolean mask = own.containsKey(MASK);
        int registers = own.containsKey(REGISTERS)
                ? Math.toIntExact(required(own, REGISTERS, 3).size(1))
                : 0;
        boolean timm = ofTimm || layerScale && !mask;
        boolean ofMocoV3 = isSinCos(Objects.requireNonNull(own.get(TABLE)), grid, dim);
        int headsOfAttention = ofMocoV3 ? size.headsOfMocoV3() : size.heads();
        if (headsOfAttention != size.heads()) {
            notes.add("its positions are sines and cosines, so it is taken for one of MoCo v3's, of " + headsOfAttention
                    + " heads");
        }
        int patch = Math.toIntExact(patches.size(2));
        int side = layerScale && 224 % patch == 0 ? 224 : grid * patch;
        TransformerRecipe recipe = new TransformerRecipe(
                dim,
                depth(own),
                headsOfAttention,
                patch,
                grid,
                timm || registers > 0 ? Positions.ANTIALIASED : Positions.DINO,
                registers,
                layerScale,
                gated ? FeedForward.SWIGLU : FeedForward.MLP,
                mask,
                1e-6,
                VisionTransformer.Output.CLASS,
                classes,
                side,
                classes > 0 ? (int) (side / 0.9) : Math.round(side * 8 / 7f),
                classes > 0 ? TransformerRecipe.Input.HALF : TransformerRecipe.Input.IMAGENET);
        if (classes > 0) {
            notes.add(
                    "with a classifier, so its pictures are taken to be prepared as for timm's augreg weights (mean and"
                            + " deviation 0.5); of others, such as DeiT's, take head.weight and head.bias out first, and ImageNet's"
                            + " are taken");
        }
        return new Foreign(Foreign.Kind.VIT, own, aside, recipe.text(), notes);
    }

    private static boolean isSinCos(Tensor table, int grid, int dim) {
        try (PointerScope scope = new PointerScope()) {
            Tensor fixed = Positions.sinCos(grid, grid, dim).narrow(1, 1, (long) grid * grid);
            Tensor rows = table.narrow(1, 1, (long) grid * grid).to(ScalarType.Double);
            return dim % 4 == 0 && rows.sub(fixed).abs().max().item_double() < 1e-3;
        }
    }

    /** A linear classifier stays; DINO's training head, projectors and others are left. */
    private static void heads(Map<String, Tensor> own, String prefix, List<String> aside, List<String> notes) {
        List<String> all = own.keySet().stream()
                .filter(name -> Foreign.OTHER_HEAD.matcher(name).matches())
                .toList();
        if (all.isEmpty() || all.equals(List.of("head.weight", "head.bias"))) {
            return;
        }
        all.forEach(own::remove);
        all.forEach(name -> aside.add(prefix + name));
        notes.add("its head (" + all.size() + " tensors) is of training alone and left aside");
    }

    private static void requirePictures(Tensor patches) {
        if (patches.size(1) != 3 || patches.size(2) != patches.size(3)) {
            throw new IllegalArgumentException(
                    "its patches are " + StateDict.shape(patches) + ": known are square ones of red, green and blue");
        }
    }

    private static int depth(Map<String, Tensor> own) {
        int depth = 0;
        while (own.containsKey("blocks." + depth + ".norm1.weight")) {
            depth++;
        }
        return depth;
    }

    private static Tensor withClassRow(Tensor table) {
        long root = Math.round(Math.sqrt(table.size(1)));
        return root * root == table.size(1)
                ? torch.cat(new TensorVector(torch.zeros_like(table.narrow(1, 0, 1)), table), 1)
                : table;
    }

    private static int grid(long patches) {
        int grid = (int) Math.round(Math.sqrt(patches));
        if (grid < 1 || (long) grid * grid != patches) {
            throw new IllegalArgumentException(
                    "its position table is of " + patches + " patches, which are no square: it cannot be interpolated");
        }
        return grid;
    }

    /** Gated layers to our names, by their widths: of timm's packed ones the second is fed half of what the first gives. */
    private static boolean gate(Map<String, Tensor> own) {
        Tensor fc1 = own.get("blocks.0.mlp.fc1.weight");
        Tensor fc2 = own.get("blocks.0.mlp.fc2.weight");
        if (fc1 == null || fc2 == null || fc1.dim() != 2 || fc2.dim() != 2 || fc1.size(0) != 2 * fc2.size(1)) {
            return own.containsKey("blocks.0.mlp.w12.weight");
        }
        for (String name : List.copyOf(own.keySet())) {
            rename(own, name, name.replace(".mlp.fc1.", ".mlp.w12.").replace(".mlp.fc2.", ".mlp.w3."));
        }
        return true;
    }

    private static void rename(Map<String, Tensor> own, String from, String to) {
        Tensor tensor = own.get(from);
        if (tensor != null && !from.equals(to)) {
            own.remove(from);
            own.put(to, tensor);
        }
    }

    private static Tensor required(Map<String, Tensor> own, String name, int dimensions) {
        Tensor tensor = own.get(name);
        if (tensor == null || tensor.dim() != dimensions || tensor.numel() == 0) {
            throw new IllegalArgumentException("a vision transformer needs a tensor " + name + " of " + dimensions
                    + " dimensions, and has " + (tensor == null ? "none" : StateDict.shape(tensor)));
        }
        return tensor;
    }

    /** A network's tensors under timm's names, in timm's order. */
    static Map<String, Tensor> timm(Map<String, Tensor> own) {
        Map<String, Tensor> timm = new LinkedHashMap<>();
        Tensor cls = required(own, CLASS, 3);
        Tensor table = required(own, TABLE, 3);
        Tensor registers = own.get(REGISTERS);
        if (registers == null) {
            timm.put(CLASS, cls);
            timm.put(TABLE, table);
        } else {
            timm.put(CLASS, cls.add(table.narrow(1, 0, 1)));
            timm.put(REGISTERS_TIMM, registers);
            timm.put(TABLE, table.narrow(1, 1, table.size(1) - 1));
        }
        own.forEach((name, tensor) -> {
            if (!name.endsWith("_token") && !name.equals(REGISTERS) && !name.equals(TABLE)) {
                timm.put(name.replace(".mlp.w12.", ".mlp.fc1.").replace(".mlp.w3.", ".mlp.fc2."), tensor);
            }
        });
        return timm;
    }

    /**
     * A network's tensors under DINO's names and in their order.
     *
     * @throws IllegalArgumentException when it has what DINO's has not
     */
    static Map<String, Tensor> dino(Map<String, Tensor> own, TransformerOptions options) {
        boolean plain = options.registers() == 0
                && !options.layerScale()
                && options.feedForward() == FeedForward.MLP
                && options.positions().equals(Positions.DINO);
        if (!plain) {
            throw new IllegalArgumentException(
                    "DINO's vision transformers have no registers, layer scale or gated layers,"
                            + " and another interpolation: use --format dinov2 or timm");
        }
        Map<String, Tensor> dino = new LinkedHashMap<>(own);
        dino.keySet().removeIf(name -> name.equals(MASK) || name.startsWith(HEAD));
        return dino;
    }

    /** A network's tensors under DINOv2's names and in their order, which loads them strictly. */
    static Map<String, Tensor> dinov2(Map<String, Tensor> own, TransformerOptions options) {
        if (!options.layerScale()) {
            throw new IllegalArgumentException(
                    "DINOv2's vision transformers have layer scale: use --format dino or timm");
        }
        Map<String, Tensor> named = new LinkedHashMap<>();
        own.forEach((name, tensor) -> {
            if (name.equals(PATCHES) && !own.containsKey(MASK)) {
                named.put(MASK, torch.zeros(1, options.dim()));
            }
            if (!name.startsWith(HEAD)) {
                named.put(name, tensor);
            }
        });
        return named;
    }
}
