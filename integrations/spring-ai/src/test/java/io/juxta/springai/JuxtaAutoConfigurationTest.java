package io.juxta.springai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.juxta.Encoder;
import io.juxta.runs.Pretraining;
import io.juxta.train.recipe.Recipe;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.content.Media;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.DocumentEmbeddingModel;
import org.springframework.ai.embedding.DocumentEmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingOptions;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.util.MimeTypeUtils;

/** The module in an application: what a property makes of it, and what the model then does. */
class JuxtaAutoConfigurationTest {
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

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(JuxtaAutoConfiguration.class));

    @BeforeAll
    static void train() throws Exception {
        photos = Files.createDirectories(root.resolve("photos"));
        for (int i = 0; i < 8; i++) {
            BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 32 * 32; p++) {
                int wave = (int) (100 * Math.sin((i % 2 == 0 ? p % 32 : p / 32) * (1 + i) / 3.0 + i));
                image.setRGB(p % 32, p / 32, (120 + wave) << 16 | (128 + wave));
            }
            ImageIO.write(image, "png", photos.resolve(i + ".png").toFile());
        }
        run = root.resolve("run");
        Pretraining.by(Recipe.parse(TINY, "tiny")).on(photos).into(run).start().await();
    }

    private ApplicationContextRunner configured(String... more) {
        return application
                .withPropertyValues("juxta.encoder.weights=" + run, "juxta.encoder.device=cpu")
                .withPropertyValues(more);
    }

    private static Document photo(int i) {
        return new Document(
                new Media(MimeTypeUtils.IMAGE_PNG, new FileSystemResource(photos.resolve(i + ".png"))),
                Map.of("at", i));
    }

    @Test
    void documentsAreEmbeddedAsTheEncoderEmbedsThem() {
        configured("juxta.encoder.model-name=photos").run(context -> {
            DocumentEmbeddingModel model = context.getBean(DocumentEmbeddingModel.class);
            List<Document> documents = IntStream.range(0, 8)
                    .mapToObj(JuxtaAutoConfigurationTest::photo)
                    .toList();
            EmbeddingResponse response = model.call(new DocumentEmbeddingRequest(documents));
            assertThat(response.getMetadata().getModel()).isEqualTo("photos");
            assertThat(response.getResults()).hasSize(8);
            Encoder encoder = context.getBean(Encoder.class);
            assertThat(model.dimensions()).isEqualTo(encoder.dimension());
            for (int i = 0; i < 8; i++) {
                float[] found = response.getResults().get(i).getOutput();
                assertThat(Encoder.cosine(found, encoder.embed(photos.resolve(i + ".png"))))
                        .isGreaterThan(0.999999);
                assertThat(response.getResults().get(i).getMetadata().getDocumentId())
                        .isEqualTo(documents.get(i).getId());
            }
        });
    }

    @Test
    void whatIsNoPictureIsRefused() {
        configured().run(context -> {
            DocumentEmbeddingModel model = context.getBean(DocumentEmbeddingModel.class);
            assertThatThrownBy(() -> model.call(new DocumentEmbeddingRequest(new Document("a cat"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("embeds pictures only");
            Media address = new Media(MimeTypeUtils.IMAGE_PNG, URI.create("file:///etc/passwd"));
            assertThatThrownBy(() -> model.call(new DocumentEmbeddingRequest(new Document(address, Map.of()))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("addresses are not fetched");
            Media text = new Media(
                    MimeTypeUtils.IMAGE_PNG, new ByteArrayResource("no picture".getBytes(StandardCharsets.UTF_8)));
            assertThatThrownBy(() -> model.call(new DocumentEmbeddingRequest(photo(0), new Document(text, Map.of()))))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("image 1: ");
        });
    }

    @Test
    void anotherModelsNameAndOtherLengthsAreRefused() {
        configured("juxta.encoder.model-name=photos").run(context -> {
            DocumentEmbeddingModel model = context.getBean(DocumentEmbeddingModel.class);
            EmbeddingOptions other = EmbeddingOptions.builder().model("clip").build();
            assertThatThrownBy(() -> model.call(new DocumentEmbeddingRequest(List.of(photo(0)), other)))
                    .hasMessageContaining("clip is not here; this is photos");
            EmbeddingOptions shorter = EmbeddingOptions.builder().dimensions(8).build();
            assertThatThrownBy(() -> model.call(new DocumentEmbeddingRequest(List.of(photo(0)), shorter)))
                    .hasMessageContaining("photos has 64");
            EmbeddingOptions own =
                    EmbeddingOptions.builder().model("photos").dimensions(64).build();
            assertThat(model.call(new DocumentEmbeddingRequest(List.of(photo(0)), own))
                            .getResults())
                    .hasSize(1);
        });
    }

    @Test
    void theEncoderEndsWithTheApplication() {
        AtomicReference<Encoder> kept = new AtomicReference<>();
        configured().run(context -> kept.set(context.getBean(Encoder.class)));
        assertThatThrownBy(() -> kept.get().embed(photos.resolve("0.png")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void healthTellsWhetherItEmbeds() {
        configured().run(context -> {
            HealthIndicator health = context.getBean("juxtaHealthIndicator", HealthIndicator.class);
            assertThat(health.health().getStatus()).isEqualTo(Status.UP);
            assertThat(health.health().getDetails()).containsEntry("dimension", 64);
            context.getBean(Encoder.class).close();
            assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        });
    }

    @Test
    void anApplicationWithoutHealthGoesWithout() {
        configured()
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
                .run(context -> {
                    assertThat(context).hasSingleBean(DocumentEmbeddingModel.class);
                    assertThat(context).doesNotHaveBean("juxtaHealthIndicator");
                });
    }

    @Test
    void withoutWeightsThereIsNothing() {
        application.run(context -> assertThat(context).doesNotHaveBean(Encoder.class));
    }

    @Test
    void weightsThatAreNotThereAreNamed() throws IOException {
        application
                .withPropertyValues("juxta.encoder.weights=" + root.resolve("gone"))
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("gone"));
    }

    @Test
    void propertiesAreTheOptionsOfTheLibrary() {
        configured("juxta.encoder.layer=head", "juxta.encoder.length=raw", "juxta.encoder.batch-size=4")
                .run(context -> {
                    Encoder encoder = context.getBean(Encoder.class);
                    assertThat(encoder.dimension()).isEqualTo(16);
                    assertThat(encoder.options().batchSize()).isEqualTo(4);
                });
        configured("juxta.encoder.batch-size=0")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("batch size 0"));
    }
}
