package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.Architecture;
import io.juxta.backbone.Positions;
import io.juxta.backbone.ResNet;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.train.recipe.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backbones under transformers' names, in and out, by the lists that its own networks gave (make.py). */
class HuggingFaceWritingTest {
    /**
     * A tensor of the list.
     *
     * @param memory name in memory
     * @param file name in a file; {@code -} where it lies in another tensor there
     */
    private record Named(String memory, String file, long[] shape) {}

    private static List<Named> list(String name) throws IOException {
        String resource = "huggingface/keys-" + name + ".txt";
        try (InputStream in = HuggingFaceWritingTest.class.getResourceAsStream(resource)) {
            String text = new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .map(line -> line.split(" "))
                    .map(parts -> new Named(
                            parts[0],
                            parts[1],
                            parts[2].equals("0")
                                    ? new long[0]
                                    : Arrays.stream(parts[2].split("x"))
                                            .mapToLong(Long::parseLong)
                                            .toArray()))
                    .toList();
        }
    }

    /** A file as save_pretrained writes it, every tensor with values of its own. */
    private static Map<String, Tensor> file(List<Named> list) {
        Map<String, Tensor> file = new LinkedHashMap<>();
        for (Named named : list) {
            if (!named.file.equals("-")) {
                Tensor values = torch.full(named.shape, new Scalar(0.25 * file.size()));
                file.put(named.file, named.shape.length == 0 ? values.to(ScalarType.Long) : values);
            }
        }
        return file;
    }

    /** The same network as torch.save(model.state_dict()) has it from version 5 on. */
    private static Map<String, Tensor> memory(List<Named> list, Map<String, Tensor> file) {
        Map<String, Tensor> memory = new LinkedHashMap<>();
        for (Named named : list) {
            Tensor whole = file.get(named.file);
            if (whole == null) { // up_proj, the second half of weights_in
                Tensor first = Objects.requireNonNull(memory.get(named.memory.replace("up_proj", "gate_proj")));
                memory.put(named.memory, first.add(new Scalar(100)));
            } else if (named.memory.contains("gate_proj")) {
                memory.put(named.memory, whole.narrow(0, 0, whole.size(0) / 2));
            } else {
                memory.put(named.memory, whole);
            }
        }
        return memory;
    }

    private static Map<String, Tensor> mapped(Map<String, Tensor> tensors) {
        Foreign foreign = Foreign.of(tensors);
        assertThat(foreign.aside()).isEmpty();
        Fit fit = Fit.of(foreign);
        assertThat(fit.missing()).isEmpty();
        assertThat(fit.leftOver()).isEmpty();
        assertThat(fit.misshapen()).isEmpty();
        return fit.mapped();
    }

    private static void same(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> {
            Tensor own = Objects.requireNonNull(actual.get(name));
            assertThat(own.equal(tensor.to(own.scalar_type()))).as(name).isTrue();
        });
    }

    /** Each tensor of a file has its place, and what goes out again are those tensors under those names, in that order. */
    @ParameterizedTest
    @ValueSource(strings = {"vit", "dinov2", "dinov2-gated", "dinov2-registers"})
    void transformersComeInAndGoOut(String name) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            List<Named> list = list(name);
            Map<String, Tensor> file = file(list);
            Map<String, Tensor> own = mapped(file);
            TransformerOptions options = TransformerRecipe.bind(
                            Recipe.parse(Foreign.of(file).recipe(), name))
                    .options();
            assertThat(options.registers()).isEqualTo(name.equals("dinov2-registers") ? 4 : 0);
            same(HuggingFaceWriting.transformer(own, options), file);

            // as version 5 has them in memory; the second half of gated layers has values of its own
            Map<String, Tensor> inMemory = mapped(memory(list, file));
            Map<String, Tensor> expected = new LinkedHashMap<>(own);
            expected.replaceAll((key, tensor) -> {
                if (!key.contains(".mlp.w12.")) {
                    return tensor;
                }
                Tensor half = tensor.narrow(0, 0, tensor.size(0) / 2);
                return torch.cat(new TensorVector(half, half.add(new Scalar(100))), 0);
            });
            same(inMemory, expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50"})
    void residualNetworksComeInAndGoOut(String name) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            List<Named> list = list(name);
            Map<String, Tensor> file = file(list);
            Map<String, Tensor> own = new LinkedHashMap<>(mapped(file));
            own.keySet().removeIf(key -> key.startsWith("fc."));
            ResNet.Options options = new ResNet.Options(Architecture.named(name), Architecture.Stem.IMAGENET, 8, 1);
            same(HuggingFaceWriting.resnet(own, options), file);
        }
    }

    @Test
    void whatTransformersHasNot() {
        Architecture resnet = Architecture.named("resnet18");
        assertThatThrownBy(() ->
                        HuggingFaceWriting.resnet(Map.of(), new ResNet.Options(resnet, Architecture.Stem.CIFAR, 8, 1)))
                .hasMessage(
                        "transformers' ResNets have the stem for photos (7 x 7, pooling), this one has that for small images:"
                                + " use --format safetensors, torchvision or onnx");
        assertThatThrownBy(() -> HuggingFaceWriting.resnet(
                        Map.of(),
                        new ResNet.Options(Architecture.named("resnext50_32x4d"), Architecture.Stem.IMAGENET, 64, 1)))
                .hasMessage(
                        "transformers has no resnext50_32x4d, but resnet18 to resnet152: use --format torchvision or timm");
        TransformerOptions registers =
                new TransformerOptions(192, 1, 3, 8, 2, Positions.ANTIALIASED, 4, false, FeedForward.MLP, false, 1e-6);
        assertThatThrownBy(() -> HuggingFaceWriting.transformer(Map.of(), registers))
                .hasMessage(
                        "transformers' ViT has neither registers nor gated layers, which only its DINOv2, with layer scale,"
                                + " has: use --format timm");
        TransformerOptions turned =
                new TransformerOptions(192, 1, 3, 8, 2, Positions.ROTARY, 0, true, FeedForward.MLP, false, 1e-5);
        assertThatThrownBy(() -> HuggingFaceWriting.transformer(Map.of(), turned))
                .hasMessage(
                        "positions that are turned into queries and keys have no names in transformers' ViT and DINOv2: use"
                                + " --format safetensors");
    }
}
