package io.juxta.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.response.EmbeddingResponse;
import io.juxta.Encoder;
import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureEmbeddingModelTest {
    private static final String TINY = """
            method: moco
            arch: resnet18
            width: 8
            dim: 16
            K: 16
            bn-groups: 2
            image-size: 32
            epochs: 1
            batch-size: 8
            device: cpu
            threads: 1
            loader-threads: 1
            report-every: 0
            """;

    @TempDir
    static Path root;

    private static Path photos;
    private static Path run;
    private static PictureEmbeddingModel model;

    @BeforeAll
    static void train() throws Exception {
        photos = Files.createDirectories(root.resolve("photos"));
        for (int i = 0; i < 12; i++) {
            ImageIO.write(waves(i), "png", photos.resolve(i + ".png").toFile());
        }
        run = root.resolve("tiny-run");
        Pretraining.by(Recipe.parse(TINY, "tiny")).on(photos).into(run).start().await();
        model = PictureEmbeddingModel.load(run.resolve("encoder.safetensors"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static BufferedImage waves(int seed) {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 32 * 32; p++) {
            int wave = (int) (100 * Math.sin((seed % 2 == 0 ? p % 32 : p / 32) * (1 + seed) / 3.0 + seed));
            image.setRGB(p % 32, p / 32, (120 + wave) << 16 | (128 + wave));
        }
        return image;
    }

    private static ImageContent photo(int i) {
        return ImageContent.from(photos.resolve(i + ".png"), "image/png");
    }

    @Test
    void aRequestsPicturesAreEmbeddedAsTheEncoderEmbedsThem() throws IOException {
        EmbeddingResponse response = model.embed(EmbeddingRequest.builder()
                .inputs(IntStream.range(0, 12)
                        .mapToObj(i -> EmbeddingInput.from(photo(i)))
                        .toList())
                .inputType(EmbeddingInputType.QUERY)
                .build());
        assertThat(response.modelName()).isEqualTo("tiny-run").isEqualTo(model.modelName());
        assertThat(response.embeddings()).hasSize(12);
        try (Encoder encoder = Encoder.load(run)) {
            assertThat(model.dimension()).isEqualTo(encoder.dimension());
            for (int i = 0; i < 12; i++) {
                float[] found = response.embeddings().get(i).vector();
                assertThat(found).hasSize(model.dimension());
                assertThat(Encoder.cosine(found, encoder.embed(photos.resolve(i + ".png"))))
                        .isGreaterThan(0.999999);
            }
        }
    }

    /** What calls it by the interface alone gets the same, or is refused. */
    @Test
    void textIsRefused() {
        EmbeddingModel any = model;
        assertThatThrownBy(() -> any.embed("a cat"))
                .isInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("TEXT");
        assertThatThrownBy(() -> any.embedAll(List.of(TextSegment.from("a cat"))))
                .isInstanceOf(UnsupportedFeatureException.class);
        assertThatThrownBy(() -> any.embed(EmbeddingRequest.builder()
                        .input(EmbeddingInput.from(photo(0), TextContent.from("a cat")))
                        .build()))
                .isInstanceOf(UnsupportedFeatureException.class);
        assertThat(any.dimension()).isEqualTo(64);
    }

    @Test
    void whatIsNoPictureIsNamed() {
        assertThatThrownBy(() -> asked(photo(0), ImageContent.from("bm8gcGljdHVyZQ==", "image/png")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("image 1: ")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> asked(ImageContent.from("abc=d", "image/png")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("input 0 is no base64 data");
    }

    @Test
    void anAddressIsNotFetched() {
        assertThatThrownBy(() -> asked(ImageContent.from(URI.create("file:///etc/passwd"))))
                .isInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("input 0 is an address");
    }

    @Test
    void twoPicturesAreTwoInputs() {
        assertThatThrownBy(() -> model.embed(EmbeddingRequest.builder()
                        .input(EmbeddingInput.from(photo(0), photo(1)))
                        .build()))
                .isInstanceOf(UnsupportedFeatureException.class)
                .hasMessageContaining("input 0 has 2 contents");
    }

    @Test
    void anotherModelsNameAndOtherLengthsAreRefused() {
        assertThatThrownBy(() -> model.embed(EmbeddingRequest.builder()
                        .input(EmbeddingInput.from(photo(0)))
                        .modelName("clip")
                        .build()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("clip is not here; this is tiny-run");
        assertThatThrownBy(() -> model.embed(EmbeddingRequest.builder()
                        .input(EmbeddingInput.from(photo(0)))
                        .dimensions(8)
                        .build()))
                .isInstanceOf(UnsupportedFeatureException.class);
    }

    private static List<Embedding> asked(ImageContent... pictures) {
        return model.embed(EmbeddingRequest.builder()
                        .inputs(List.of(pictures).stream()
                                .map(EmbeddingInput::from)
                                .toList())
                        .build())
                .embeddings();
    }

    @Test
    void theMediaTypeAndLineBreaksOfBase64AreNotMinded() throws IOException {
        byte[] bytes = Files.readAllBytes(photos.resolve("3.png"));
        List<Embedding> found =
                asked(photo(3), ImageContent.from(Base64.getMimeEncoder().encodeToString(bytes), "image/jpeg"));
        assertThat(Encoder.cosine(found.get(0).vector(), found.get(1).vector())).isGreaterThan(0.999999);
    }
}
