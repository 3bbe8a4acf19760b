package io.juxta.exchange;

import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How programs name the tensors of an encoder. */
enum Layout {
    /** torchvision's, and timm's, which are the same. */
    TORCHVISION("torchvision's names") {
        @Override
        Optional<String> before(Set<String> names, String name) {
            return network(names, name, "conv1.weight", "layer1.0.conv1.weight");
        }

        @Override
        UnaryOperator<String> toTorchvision(Set<String> names) {
            return name -> name;
        }
    },
    /**
     * torchvision's network cut up by {@code nn.Sequential(*list(resnet.children())[:-1])}, which numbers its parts; the layers
     * come behind stem, ReLU and, where there is one, pooling.
     */
    SEQUENTIAL("the numbers of a Sequential") {
        @Override
        Optional<String> before(Set<String> names, String name) {
            return network(names, name, "0.weight", "1.weight").filter(prefix -> firstLayer(within(names, prefix)) > 0);
        }

        @Override
        UnaryOperator<String> toTorchvision(Set<String> names) {
            int first = firstLayer(names);
            return name -> {
                int dot = name.indexOf('.');
                if (dot < 1 || dot > 2 || !name.substring(0, dot).chars().allMatch(Character::isDigit)) {
                    return name;
                }
                int number = Integer.parseInt(name.substring(0, dot));
                String rest = name.substring(dot);
                if (number == 0) {
                    return "conv1" + rest;
                }
                if (number == 1) {
                    return "bn1" + rest;
                }
                return number >= first && number < first + 4 ? "layer" + (number - first + 1) + rest : name;
            };
        }

        private int firstLayer(Set<String> names) {
            for (int number = 2; number <= 4; number++) {
                if (names.contains(number + ".0.conv1.weight")) {
                    return number;
                }
            }
            return 0;
        }
    },
    /** Of a vision transformer: DINO's, DINOv2's and timm's; where blocks are in chunks, the chunk's number is left out. */
    TRANSFORMER("a vision transformer's names") {
        @Override
        Optional<String> before(Set<String> names, String name) {
            return network(names, name, "patch_embed.proj.weight", "cls_token");
        }

        @Override
        UnaryOperator<String> toTorchvision(Set<String> names) {
            return name -> CHUNKED.matcher(name).replaceFirst("blocks.$1");
        }
    },
    /** Of {@code transformers}' ResNetModel, whose blocks are called layers and whose layers stages. */
    HUGGING_FACE("the names of Hugging Face's transformers") {
        @Override
        Optional<String> before(Set<String> names, String name) {
            return network(
                    names,
                    name,
                    "embedder.embedder.convolution.weight",
                    "encoder.stages.0.layers.0.layer.0.convolution.weight");
        }

        @Override
        UnaryOperator<String> toTorchvision(Set<String> names) {
            return name -> {
                String plain = name.replace("embedder.embedder.convolution", "conv1")
                        .replace("embedder.embedder.normalization", "bn1");
                Matcher inBlock = BLOCK.matcher(plain);
                if (!inBlock.matches()) {
                    return plain;
                }
                String part = inBlock.group(3);
                boolean convolution = inBlock.group(4).equals("convolution");
                String own;
                if (part.equals("shortcut")) {
                    own = "downsample." + (convolution ? 0 : 1);
                } else {
                    int number = Integer.parseInt(part.substring(part.indexOf('.') + 1)) + 1;
                    own = (convolution ? "conv" : "bn") + number;
                }
                int stage = Integer.parseInt(inBlock.group(1)) + 1;
                return "layer" + stage + "." + inBlock.group(2) + "." + own + inBlock.group(5);
            };
        }
    };

    private static final Pattern CHUNKED = Pattern.compile("^blocks\\.\\d+\\.(\\d+\\.)");

    private static final Pattern BLOCK = Pattern.compile(
            "encoder\\.stages\\.(\\d)\\.layers\\.(\\d{1,3})\\.(shortcut|layer\\.\\d)\\.(convolution|normalization)(\\..*)");

    private final String title;

    Layout(String title) {
        this.title = title;
    }

    /** What stands before the names of a network of this layout, of which a name is the first convolution's. */
    abstract Optional<String> before(Set<String> names, String name);

    /** Whether its names are those that the network has here. */
    boolean isUsual() {
        return this == TORCHVISION || this == TRANSFORMER;
    }

    /** Names of this layout to torchvision's. */
    abstract UnaryOperator<String> toTorchvision(Set<String> names);

    /** Of names those with a prefix, without it. */
    static Set<String> within(Set<String> names, String prefix) {
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .collect(Collectors.toSet());
    }

    private static Optional<String> network(Set<String> names, String name, String first, String second) {
        if (!name.endsWith(first)) {
            return Optional.empty();
        }
        String prefix = name.substring(0, name.length() - first.length());
        boolean whole = prefix.isEmpty() || prefix.endsWith(".") || prefix.endsWith("/");
        return whole && names.contains(prefix + second) ? Optional.of(prefix) : Optional.empty();
    }

    @Override
    public String toString() {
        return title;
    }
}
