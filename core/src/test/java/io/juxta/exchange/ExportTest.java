package io.juxta.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.moco.Moco;
import io.juxta.moco.MocoRecipe;
import io.juxta.swav.ClusterOptions;
import io.juxta.torch.StateDict;
import io.juxta.torch.Torch;
import io.juxta.train.recipe.Recipe;
import io.juxta.weights.Detectron2;
import io.juxta.weights.PyTorchWriter;
import io.juxta.weights.Safetensors;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** No export without what its reader demands, from whatever weights are known. */
class ExportTest {
    private static final Export.Options PLAIN = Export.Options.plain("1.0");

    @TempDir
    Path folder;

    /** Of what a run delivers, of its folder, and of what import made of another program's. */
    @ParameterizedTest
    @CsvSource({
        "swav, 'prototypes: [6]\nhidden-mlp: 16', SWAV, 4",
        "swav, 'prototypes: [6]\nhidden-mlp: 0', SWAV, 2",
        "deepcluster, 'prototypes: [5, 7]\nhidden-mlp: 16', DEEPCLUSTER, 5"
    })
    void clustersOfEverySource(String method, String more, Foreign.Kind kind, int least) throws IOException {
        String recipe = "method: " + method + "\narch: resnet18\nstem: cifar\nwidth: 8\nfeat-dim: 4\n" + more + "\n";
        Path product =
                product(Recipe.parse(recipe, "test").bind(ClusterOptions.class).encoder(), recipe);
        ExportFormat format = ExportFormat.valueOf(method.toUpperCase(java.util.Locale.ROOT));
        Path file = folder.resolve("checkpoint.pth.tar");
        for (Path source : Stream.of(product, folder, file).toList()) {
            Path output = source.equals(file) ? folder.resolve("again.pth.tar") : file;
            Export.write(source, format, PLAIN, output);
            try (PointerScope scope = new PointerScope()) {
                Map<String, Tensor> written = WeightsFile.read(output).tensors();
                Map<String, Tensor> own = Safetensors.read(product).tensors();
                assertThat(written).hasSameSizeAs(own);
                own.forEach((name, tensor) -> assertThat(
                                written.get("state_dict/module." + name).equal(tensor))
                        .as(name)
                        .isTrue());
                assertThat(Foreign.of(written).kind()).isEqualTo(kind);
                assertThat(written.keySet().stream().filter(name -> name.matches(".*(projection|prototypes).*")))
                        .hasSizeGreaterThanOrEqualTo(least);
            }
        }
    }

    private Path product(EncoderNetwork network, String recipe) throws IOException {
        Path file = folder.resolve("encoder.safetensors");
        try (network) {
            Safetensors.write(file, StateDict.of(network), Map.of("recipe", recipe));
        }
        return file;
    }

    private Path moco(String more) throws IOException {
        String recipe = "method: moco\narch: resnet18\ndim: 4\nK: 8\nbn-groups: 1\n" + more;
        Torch.seed(1);
        return product(
                Moco.encoder(MocoRecipe.bind(Recipe.parse(recipe, "test")).moco()), recipe);
    }

    /** An encoder alone has neither the other encoder nor a queue: there is no file, and no exit status of 0. */
    @Test
    void whatIsMissingIsSaid() throws IOException {
        Path weights = moco("stem: cifar\nwidth: 8\n");
        Path output = folder.resolve("moco.pth.tar");
        assertThatThrownBy(() -> Export.write(weights, ExportFormat.MOCO, PLAIN, output))
                .isInstanceOf(IOException.class)
                .hasMessage(weights + " lacks the key encoder, the queue, the optimizer's momentum, which main_moco.py"
                        + " --resume needs: give the run's folder or one of its checkpoints, which have them");
        Map<ExportFormat, String> refused = new LinkedHashMap<>();
        refused.put(ExportFormat.SWAV, "is of moco, and not to be had as swav");
        refused.put(ExportFormat.DEEPCLUSTER, "is of moco, and not to be had as deepcluster");
        refused.put(ExportFormat.CUT, "is an encoder of moco, which has no format cut");
        refused.put(ExportFormat.DETECTRON2, "7x7 convolution");
        refused.forEach((format, said) -> assertThatThrownBy(() -> Export.write(weights, format, PLAIN, output))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(weights);
        }
    }

    /** From the weights of another program too, which say no recipe: here torchvision's. */
    @ParameterizedTest
    @EnumSource(names = {"SAFETENSORS", "TORCHVISION", "TIMM", "DETECTRON2", "ONNX"})
    void aForeignEncoder(ExportFormat format) throws IOException {
        Path product = moco("stem: imagenet\nwidth: 64\n");
        Path foreign = folder.resolve("resnet18.pth");
        Path output = folder.resolve("output");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> own =
                    new LinkedHashMap<>(Safetensors.read(product).tensors());
            own.keySet().removeIf(name -> name.startsWith("fc."));
            PyTorchWriter.write(foreign, own);
            Export.write(foreign, format, PLAIN, output);
            if (format == ExportFormat.DETECTRON2) {
                Map<String, Tensor> written = Detectron2.read(output);
                own.forEach((name, tensor) -> assertThat(
                                written.get(Detectron2.name(name)).equal(tensor))
                        .isTrue());
            } else if (format != ExportFormat.ONNX) {
                assertThat(WeightsFile.read(output).tensors()).containsOnlyKeys(own.keySet());
            }
        }
        assertThat(output).isNotEmptyFile();
    }

    /** Weights that somebody keeps in half the space are written in float32, as few readers take others. */
    @ParameterizedTest
    @EnumSource(names = {"BFloat16", "Half"})
    void weightsHeldInAShorterType(ScalarType type) throws IOException {
        Path product = moco("stem: imagenet\nwidth: 64\n");
        Path shorter = folder.resolve("shorter.safetensors");
        Path foreign = folder.resolve("shorter.pth");
        String named = type == ScalarType.Half ? "float16" : "bfloat16";
        try (PointerScope scope = new PointerScope()) {
            Safetensors.Loaded own = Safetensors.read(product);
            Map<String, Tensor> held = new LinkedHashMap<>(own.tensors());
            held.replaceAll((name, tensor) -> tensor.is_floating_point() ? tensor.to(type) : tensor);
            Safetensors.write(shorter, held, own.metadata());
            Map<String, Tensor> backbone = new LinkedHashMap<>(held);
            backbone.keySet().removeIf(name -> name.startsWith("fc."));
            PyTorchWriter.write(foreign, backbone);
            assertThat(Export.write(product, ExportFormat.TIMM, PLAIN, folder.resolve("whole")))
                    .isEmpty();
            for (Path source : List.of(shorter, foreign)) {
                for (ExportFormat format : List.of(ExportFormat.SAFETENSORS, ExportFormat.TORCHVISION)) {
                    Path output = folder.resolve(source.getFileName() + "." + format);
                    assertThat(Export.write(source, format, PLAIN, output)).contains(named);
                    WeightsFile.read(output).tensors().forEach((name, tensor) -> {
                        if (tensor.is_floating_point()) {
                            assertThat(tensor.scalar_type().intern()).as(name).isEqualTo(ScalarType.Float);
                            assertThat(tensor.equal(backbone.get(name).to(ScalarType.Float)))
                                    .as(name)
                                    .isTrue();
                        }
                    });
                }
                Path onnx = folder.resolve(source.getFileName() + ".onnx");
                assertThat(Export.write(source, ExportFormat.ONNX, PLAIN, onnx)).contains(named);
            }
        }
    }

    /** {@code latest_net_G.pth} becomes every format of a generator. */
    @ParameterizedTest
    @EnumSource(names = {"SAFETENSORS", "CUT", "ONNX"})
    void aForeignGenerator(ExportFormat format) throws IOException {
        Path original = folder.resolve("latest_net_G.pth");
        Path output = folder.resolve("output");
        CutRecipe cut = CutRecipe.bind(Recipe.parse("method: cut\nngf: 2\nndf: 2\nnetG: resnet-6blocks\n", "tiny"));
        try (PointerScope scope = new PointerScope()) {
            Module generator = cut.networks().generator(cut.views().cropSize());
            PyTorchWriter.write(original, StateDict.of(generator));
            Export.write(original, format, PLAIN, output);
            if (format != ExportFormat.ONNX) {
                assertThat(WeightsFile.read(output).tensors())
                        .containsOnlyKeys(StateDict.of(generator).keySet());
            }
        }
        assertThat(output).isNotEmptyFile();
    }

    /** What is read back is not what was meant: each difference is found. */
    @Test
    void readingBackFindsWhatIsAmiss() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> meant = Map.of("a", torch.ones(2), "b", torch.zeros(1));
            ReadBack.requireSame(Map.of("a", torch.ones(2), "b", torch.zeros(1)), meant);
            Map<Map<String, Tensor>, String> wrong = new LinkedHashMap<>();
            wrong.put(Map.of(), "is missing");
            wrong.put(Map.of("a", torch.ones(2)), "b is missing");
            wrong.put(Map.of("a", torch.zeros(2), "b", torch.zeros(1)), "a is not what it was");
            wrong.put(Map.of("a", torch.ones(1, 2), "b", torch.zeros(1)), "a is not what it was");
            wrong.put(Map.of("a", torch.ones(2), "b", torch.zeros(1), "c", torch.ones(1)), "it has [c] as well");
            wrong.forEach((written, said) -> assertThatThrownBy(() -> ReadBack.requireSame(written, meant))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(said));
            assertThatThrownBy(() -> ReadBack.requireSame(Map.of(), Map.of())).hasMessageContaining("nothing in it");
            assertThatThrownBy(() -> ReadBack.requireKnown(meant, java.util.Set.of(Foreign.Kind.SWAV)))
                    .hasMessageContaining("it is nothing that is known here");
        }
    }

    /** The page says of each format what its reader demands, in the same words. */
    @Test
    void thePageSaysWhatReadersDemand() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "export.md"));
        for (ExportFormat format : ExportFormat.values()) {
            assertThat(page).contains("| `" + format + "` | ").contains(" | " + format.demands() + " |");
        }
    }
}
