package io.juxta.exchange;

import io.juxta.backbone.Architecture;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Weights that another program has trained, recognised by the names and shapes of their tensors alone.
 *
 * @param kind what they are
 * @param network the tensors of the network that is kept, under its own names: torchvision's, or the generator's
 * @param aside names of what only training needs: a key encoder, a queue
 * @param recipe as a run of ours would say it: what network this is; empty where nothing is kept
 */
public record Foreign(Kind kind, Map<String, Tensor> network, List<String> aside, String recipe) {
    /** Whose weights. */
    public enum Kind {
        MOCO_V1("MoCo v1", true),
        MOCO_V2("MoCo v2", true),
        SWAV("SwAV", true),
        DEEPCLUSTER("DeepCluster-v2", true),
        RESNET("a ResNet with torchvision's names, as timm has them too", true),
        CUT_G("a generator of CUT", true),
        CUT_D("a discriminator of CUT", false),
        CUT_F("a patch sampler of CUT", false),
        UNKNOWN("nothing that is known here", false);

        private final String title;
        private final boolean kept;

        Kind(String title, boolean kept) {
            this.title = title;
            this.kept = kept;
        }

        /** Whether it becomes a network here. */
        public boolean isKept() {
            return kept;
        }

        @Override
        public String toString() {
            return title;
        }
    }

    /** A projection head of one layer, and the hidden one of a projection head of two. */
    private static final String HEAD = "projection_head.weight";

    private static final String HIDDEN = "projection_head.0.weight";
    private static final String QUERY = "encoder_q.";
    private static final List<String> STATES = List.of("state_dict/", "model_state_dict/", "model/", "net/");
    private static final Pattern BLOCK = Pattern.compile("model\\.(\\d+)\\.conv_block\\..*");
    private static final Pattern PROTOTYPES = Pattern.compile("prototypes\\.(prototypes\\d+\\.)?weight");

    public Foreign {
        network = new LinkedHashMap<>(network);
        aside = List.copyOf(aside);
    }

    /**
     * Recognises weights.
     *
     * @param tensors by name, as a file has them: a state dict, or a checkpoint with one in it
     * @throws IllegalArgumentException when they are of a kind that is known but of no shape that is, in one line
     */
    public static Foreign of(Map<String, Tensor> tensors) {
        Map<String, Tensor> plain = stripped(state(tensors), "module.");
        if (has(plain, QUERY)) {
            return moco(plain);
        }
        if (plain.keySet().stream().anyMatch(name -> name.matches("mlp_\\d+\\.\\d+\\.weight"))) {
            return nothing(Kind.CUT_F);
        }
        if (plain.keySet().stream().anyMatch(name -> BLOCK.matcher(name).matches())
                && plain.containsKey("model.1.weight")) {
            return generator(plain);
        }
        Tensor first = plain.get("model.0.weight");
        if (first != null && first.dim() == 4) {
            return nothing(Kind.CUT_D);
        }
        Map<String, Tensor> own = has(plain, "backbone.") ? within(plain, "backbone.") : plain;
        if (!own.containsKey("conv1.weight") || !own.containsKey("layer1.0.conv1.weight")) {
            return nothing(Kind.UNKNOWN);
        }
        return own.containsKey(HEAD) || own.containsKey(HIDDEN) ? clusters(own) : resnet(own);
    }

    /** Of a checkpoint, the part that is the model's: nested dictionaries' keys are joined by slashes. */
    private static Map<String, Tensor> state(Map<String, Tensor> tensors) {
        return STATES.stream()
                .filter(part -> has(tensors, part))
                .findFirst()
                .map(part -> within(tensors, part))
                .orElse(tensors);
    }

    private static Foreign nothing(Kind kind) {
        return new Foreign(kind, Map.of(), List.of(), "");
    }

    private static Foreign moco(Map<String, Tensor> plain) {
        Map<String, Tensor> query = within(plain, QUERY);
        List<String> aside = new ArrayList<>(plain.keySet());
        aside.removeIf(name -> name.startsWith(QUERY));
        boolean mlp = query.containsKey("fc.0.weight");
        Tensor last = required(query, mlp ? "fc.2.weight" : "fc.weight");
        return new Foreign(
                mlp ? Kind.MOCO_V2 : Kind.MOCO_V1, query, aside, encoder(query, mlp ? "mlp" : "linear", last));
    }

    /** A classifier is a linear head, and MoCo v2's is kept; without one, the embedding is the feature: a head that changes nothing. */
    private static Foreign resnet(Map<String, Tensor> plain) {
        Tensor mlp = plain.get("fc.2.weight");
        if (mlp != null) {
            return new Foreign(Kind.RESNET, plain, List.of(), encoder(plain, "mlp", mlp));
        }
        Map<String, Tensor> own = new LinkedHashMap<>(plain);
        Tensor classifier = own.get("fc.weight");
        if (classifier == null) {
            long features = features(own);
            classifier = torch.eye(features);
            own.put("fc.weight", classifier);
            own.put("fc.bias", torch.zeros(features));
        }
        return new Foreign(Kind.RESNET, own, List.of(), encoder(own, "linear", classifier));
    }

    private static String encoder(Map<String, Tensor> own, String head, Tensor last) {
        return "method: moco\n" + backbone(own) + "head: " + head + "\ndim: " + last.size(0) + "\nbn-groups: 1\n"
                + views(own);
    }

    private static Foreign clusters(Map<String, Tensor> own) {
        List<Long> prototypes = own.entrySet().stream()
                .filter(named -> PROTOTYPES.matcher(named.getKey()).matches())
                .map(named -> named.getValue().size(0))
                .toList();
        boolean several = own.containsKey("prototypes.prototypes0.weight");
        Kind kind = several ? Kind.DEEPCLUSTER : Kind.SWAV;
        boolean linear = own.containsKey(HEAD);
        String recipe = "method: " + (several ? "deepcluster" : "swav") + "\n" + backbone(own) + "hidden-mlp: "
                + (linear ? 0 : required(own, HIDDEN).size(0)) + "\nfeat-dim: "
                + required(own, linear ? HEAD : "projection_head.3.weight").size(0) + "\nprototypes: " + prototypes
                + "\n";
        return new Foreign(kind, own, List.of(), recipe);
    }

    private static String backbone(Map<String, Tensor> own) {
        Tensor conv1 = required(own, "conv1.weight");
        return "arch: " + architecture(own).name() + "\nstem: " + (isForPhotos(conv1) ? "imagenet" : "cifar")
                + "\nwidth: " + conv1.size(0) + "\n";
    }

    private static boolean isForPhotos(Tensor conv1) {
        return conv1.size(3) == 7;
    }

    private static String views(Map<String, Tensor> own) {
        return isForPhotos(required(own, "conv1.weight"))
                ? "image-size: 224\nnormalization: imagenet\n"
                : "image-size: 32\nnormalization: cifar10\n";
    }

    private static Architecture architecture(Map<String, Tensor> own) {
        List<Integer> blocks = new ArrayList<>();
        for (int layer = 1; layer <= 4; layer++) {
            int count = 0;
            while (own.containsKey("layer" + layer + "." + count + ".conv1.weight")) {
                count++;
            }
            blocks.add(count);
        }
        boolean bottleneck = own.containsKey("layer1.0.conv3.weight");
        Tensor conv2 = required(own, "layer1.0.conv2.weight");
        long groups = conv2.size(0) / conv2.size(1);
        long perGroup = conv2.size(1) * 64 / required(own, "conv1.weight").size(0);
        return Architecture.all().stream()
                .filter(known -> known.bottleneck() == bottleneck
                        && known.blocks().equals(blocks)
                        && known.groups() == groups
                        && known.widthPerGroup() == perGroup)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a residual network of " + blocks + " blocks "
                        + (bottleneck ? "with" : "without") + " bottleneck, " + groups + " groups of " + perGroup
                        + " channels, is none that is known here: "
                        + Architecture.all().stream().map(Architecture::name).toList()));
    }

    private static long features(Map<String, Tensor> own) {
        Architecture architecture = architecture(own);
        return 8 * required(own, "conv1.weight").size(0) * architecture.expansion();
    }

    private static Foreign generator(Map<String, Tensor> plain) {
        TreeSet<Integer> blocks = new TreeSet<>();
        int last = 0;
        boolean dropout = false;
        for (Map.Entry<String, Tensor> named : plain.entrySet()) {
            String name = named.getKey();
            Matcher block = BLOCK.matcher(name);
            if (block.matches()) {
                blocks.add(Integer.valueOf(block.group(1)));
                // a convolution, not the norm that has this number without dropout
                dropout |=
                        name.endsWith("conv_block.6.weight") && named.getValue().dim() == 4;
            }
            Matcher number = Pattern.compile("model\\.(\\d{1,4})\\.weight").matcher(name);
            if (number.matches()) {
                last = Math.max(last, Integer.parseInt(number.group(1)));
            }
        }
        if (blocks.size() != 6 && blocks.size() != 9) {
            throw new IllegalArgumentException("a generator of " + blocks.size() + " blocks: known are 6 and 9");
        }
        Tensor first = required(plain, "model.1.weight");
        String norm = plain.containsKey("model.2.running_mean")
                ? "batch"
                : plain.containsKey("model.1.bias") ? "instance" : "none";
        String recipe = "method: cut\ninput-nc: " + first.size(1) + "\noutput-nc: "
                + required(plain, "model." + last + ".weight").size(0) + "\nnetG: resnet-" + blocks.size()
                + "blocks\nngf: " + first.size(0) + "\nnormG: " + norm + "\ndropout: " + dropout + "\nantialias: "
                + (blocks.first() == 12) + "\nantialias-up: "
                + plain.containsKey("model." + (blocks.last() + 1) + ".filt") + "\n";
        return new Foreign(Kind.CUT_G, plain, List.of(), recipe);
    }

    private static boolean has(Map<String, Tensor> tensors, String prefix) {
        return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** Without a prefix that all names have. */
    private static Map<String, Tensor> stripped(Map<String, Tensor> tensors, String prefix) {
        boolean all = tensors.keySet().stream().allMatch(name -> name.startsWith(prefix));
        return all ? within(tensors, prefix) : tensors;
    }

    private static Map<String, Tensor> within(Map<String, Tensor> tensors, String prefix) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), tensor);
            }
        });
        return own;
    }

    private static Tensor required(Map<String, Tensor> tensors, String name) {
        Tensor tensor = tensors.get(name);
        int dimensions = name.startsWith("fc") || name.startsWith("proj") ? 2 : 4;
        if (tensor == null || tensor.dim() != dimensions || tensor.numel() == 0) {
            throw new IllegalArgumentException("the network needs a tensor " + name + " of " + dimensions
                    + " dimensions, and " + (tensor == null ? "has none" : "has " + StateDict.shape(tensor)));
        }
        return Objects.requireNonNull(tensor);
    }
}
