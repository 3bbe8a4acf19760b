package io.juxta.exchange;

import io.juxta.backbone.Architecture;
import io.juxta.torch.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Weights that another program has trained, recognised by the names and shapes of their tensors alone.
 *
 * @param kind what they are
 * @param network the tensors of the network that is kept, under its own names: torchvision's, or the generator's
 * @param aside names of what only training needs: a key encoder, a queue
 * @param recipe as a run of ours would say it: what network this is; empty where nothing is kept
 * @param notes what was done to make the network of them, a line each: where it was found, what was taken for what
 */
@API(status = API.Status.INTERNAL)
public record Foreign(Kind kind, Map<String, Tensor> network, List<String> aside, String recipe, List<String> notes) {
    /** Whose weights. */
    public enum Kind {
        MOCO_V1("MoCo v1", true),
        MOCO_V2("MoCo v2", true),
        SWAV("SwAV", true),
        DEEPCLUSTER("DeepCluster-v2", true),
        RESNET("a ResNet with torchvision's names, as timm has them too", true),
        VIT("a vision transformer with the names of DINO, DINOv2 or timm", true),
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
    private static final int SHOWN = 5;
    private static final String QUERY = "encoder_q.";
    private static final List<String> STATES = List.of("state_dict/", "model_state_dict/", "model/", "net/");
    private static final Pattern BLOCK = Pattern.compile("model\\.(\\d+)\\.conv_block\\..*");
    /** What heads of other kinds are called that lie within the network. */
    static final Pattern OTHER_HEAD = Pattern.compile("(fc|heads?|classifier|projector|projection_head|projection|"
            + "projection_mlp|proj|predictor|prediction_head|mlp|contrastive_head|linear|last_layer)\\..*");

    private static final Pattern PROTOTYPES = Pattern.compile("prototypes\\.(prototypes\\d+\\.)?weight");

    public Foreign {
        network = new LinkedHashMap<>(network);
        aside = List.copyOf(aside);
        notes = List.copyOf(notes);
    }

    /**
     * Recognises weights.
     *
     * @param tensors by name, as a file has them: a state dict, or a checkpoint with one in it
     * @throws IllegalArgumentException when they are of a kind that is known but of no shape that is, in one line
     */
    public static Foreign of(Map<String, Tensor> tensors) {
        Map<String, Tensor> all = HuggingFaceNames.known(Located.unwrapped(tensors));
        Map<String, Tensor> plain = state(all);
        List<String> outside = new ArrayList<>(all.keySet());
        if (plain.size() < all.size()) {
            outside.removeIf(name -> STATES.stream().anyMatch(name::startsWith));
        } else {
            outside.clear();
        }
        if (isMoco(plain)) {
            return moco(plain, outside);
        }
        if (plain.keySet().stream().anyMatch(name -> name.matches("mlp_\\d+\\.\\d+\\.weight"))) {
            return nothing(Kind.CUT_F);
        }
        if (plain.keySet().stream().anyMatch(name -> BLOCK.matcher(name).matches())
                && plain.containsKey("model.1.weight")) {
            return generator(plain);
        }
        Tensor first = plain.get("model.0.weight");
        if (first != null && first.dim() == 4 && plain.keySet().stream().allMatch(name -> name.startsWith("model."))) {
            return nothing(Kind.CUT_D);
        }
        return Located.in(all)
                .map(found ->
                        found.layout() == Layout.TRANSFORMER ? TransformerNames.recognised(found) : residual(found))
                .orElseGet(() -> unknown(all));
    }

    private static Foreign residual(Located found) {
        return found.network().containsKey(HEAD) || found.network().containsKey(HIDDEN)
                ? clusters(found)
                : resnet(found);
    }

    /** The original's two encoders side by side; others who name theirs so have another head. */
    private static boolean isMoco(Map<String, Tensor> plain) {
        return plain.containsKey(QUERY + "fc.weight")
                || plain.containsKey(QUERY + "fc.0.weight") && plain.containsKey(QUERY + "fc.2.weight");
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
        return new Foreign(kind, Map.of(), List.of(), "", List.of());
    }

    private static Foreign unknown(Map<String, Tensor> tensors) {
        List<String> begin = tensors.keySet().stream()
                .map(name -> name.split("[./]", 2)[0])
                .distinct()
                .limit(SHOWN)
                .toList();
        String note = "its names begin with " + String.join(", ", begin);
        return new Foreign(Kind.UNKNOWN, Map.of(), List.of(), "", tensors.isEmpty() ? List.of() : List.of(note));
    }

    /** What it is, and what is to be told of it, in one line. */
    String described() {
        return notes.isEmpty() ? kind.toString() : kind + " (" + String.join("; ", notes) + ")";
    }

    private static Foreign moco(Map<String, Tensor> plain, List<String> outside) {
        Map<String, Tensor> query = within(plain, QUERY);
        List<String> aside = new ArrayList<>(plain.keySet());
        aside.removeIf(name -> name.startsWith(QUERY));
        aside.addAll(outside);
        boolean mlp = query.containsKey("fc.0.weight");
        Tensor last = required(query, mlp ? "fc.2.weight" : "fc.weight");
        return new Foreign(
                mlp ? Kind.MOCO_V2 : Kind.MOCO_V1,
                query,
                aside,
                encoder(query, mlp ? "mlp" : "linear", last),
                List.of());
    }

    /** A classifier is a linear head, and MoCo v2's is kept; without one, the embedding is the feature: a head that changes nothing. */
    private static Foreign resnet(Located found) {
        Map<String, Tensor> own = new LinkedHashMap<>(found.network());
        List<String> aside = new ArrayList<>(found.aside());
        List<String> notes = new ArrayList<>(found.notes());
        requireBatchNorm(own);
        if (required(own, "conv1.weight").size(1) == 1) {
            own.put(
                    "conv1.weight",
                    required(own, "conv1.weight").expand(-1, 3, -1, -1).div(new Scalar(3.0)));
            notes.add("of grey pictures: conv1 is spread evenly over red, green and blue, which is the same for them");
        }
        String head = headOf(own.keySet());
        if (head.isEmpty()) {
            List<String> others = own.keySet().stream()
                    .filter(name -> OTHER_HEAD.matcher(name).matches())
                    .toList();
            others.forEach(own::remove);
            others.forEach(name -> aside.add(found.prefix() + name));
            if (!others.isEmpty()) {
                notes.add("its head ("
                        + others.get(0).substring(0, others.get(0).indexOf('.'))
                        + ", " + others.size()
                        + " tensors) is of no kind that is known here and left aside: the embedding is the feature");
            }
            long features = features(own);
            own.put("fc.weight", torch.eye(features));
            own.put("fc.bias", torch.zeros(features));
        }
        Tensor last = required(own, head.equals("mlp") ? "fc.2.weight" : "fc.weight");
        return new Foreign(Kind.RESNET, own, aside, encoder(own, head.isEmpty() ? "linear" : head, last), notes);
    }

    /** The kind of a head that is known here, or nothing. */
    private static String headOf(Set<String> names) {
        List<String> own =
                names.stream().filter(name -> name.startsWith("fc.")).sorted().toList();
        if (own.equals(List.of("fc.bias", "fc.weight"))) {
            return "linear";
        }
        return own.equals(List.of("fc.0.bias", "fc.0.weight", "fc.2.bias", "fc.2.weight")) ? "mlp" : "";
    }

    /** What is in the file's place where the statistics of batch norm would be. */
    private static void requireBatchNorm(Map<String, Tensor> own) {
        if (own.keySet().stream().noneMatch(name -> name.endsWith(".running_mean"))) {
            throw new IllegalArgumentException("has no statistics of batch norm (bn1.running_mean and so on): save"
                    + " model.state_dict() instead of named_parameters(); if its norms are GroupNorm or LayerNorm, it"
                    + " is a network that is not known here");
        }
        long channels = required(own, "conv1.weight").size(1);
        if (channels != 3 && channels != 1) {
            throw new IllegalArgumentException("its conv1 takes pictures of " + channels
                    + " channels: known here are 3 (red, green, blue) and 1 (grey)");
        }
    }

    private static String encoder(Map<String, Tensor> own, String head, Tensor last) {
        return "method: moco\n" + backbone(own) + "head: " + head + "\ndim: " + last.size(0) + "\nbn-groups: 1\n"
                + views(own);
    }

    private static Foreign clusters(Located found) {
        Map<String, Tensor> own = found.network();
        List<Long> prototypes = own.entrySet().stream()
                .filter(named -> PROTOTYPES.matcher(named.getKey()).matches())
                .map(named -> named.getValue().size(0))
                .toList();
        if (prototypes.isEmpty()) {
            return resnet(found);
        }
        boolean several = own.containsKey("prototypes.prototypes0.weight");
        Kind kind = several ? Kind.DEEPCLUSTER : Kind.SWAV;
        boolean linear = own.containsKey(HEAD);
        String recipe = "method: " + (several ? "deepcluster" : "swav") + "\n" + backbone(own) + "hidden-mlp: "
                + (linear ? 0 : required(own, HIDDEN).size(0)) + "\nfeat-dim: "
                + required(own, linear ? HEAD : "projection_head.3.weight").size(0) + "\nprototypes: " + prototypes
                + "\n";
        return new Foreign(kind, own, found.aside(), recipe, found.notes());
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
        return new Foreign(Kind.CUT_G, plain, List.of(), recipe, List.of());
    }

    private static boolean has(Map<String, Tensor> tensors, String prefix) {
        return tensors.keySet().stream().anyMatch(name -> name.startsWith(prefix));
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
