package io.juxta.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.juxta.Encoder;
import io.juxta.TinyEncoderFile;
import io.juxta.TinyGeneratorFile;
import io.juxta.Translator;
import io.juxta.image.Image;
import io.juxta.image.Png;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Tiny networks, twelve drawn pictures and an index of them, for services that the tests start; and how they are asked. */
final class TinyService implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    final List<byte[]> images = new ArrayList<>();
    final Encoder encoder;
    final SearchablePictures pictures;
    final Translator translator;

    /** @param folder that gets encoder.safetensors, generator.safetensors and index.safetensors */
    TinyService(Path folder) throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 12; i++) {
            byte[] rgb = new byte[3 * 40 * 36];
            random.nextBytes(rgb);
            images.add(Png.encode(new Image(40, 36, rgb)));
        }
        encoder = Encoder.load(TinyEncoderFile.write(folder.resolve("encoder.safetensors")));
        translator = Translator.load(TinyGeneratorFile.write(folder.resolve("generator.safetensors")));
        List<String> names = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
        try (Embeddings embeddings = Embeddings.of(names, encoder.embed(images))) {
            EmbeddingFile.SAFETENSORS.write(folder.resolve("index.safetensors"), embeddings);
            pictures = SearchablePictures.of(ImageIndex.of(embeddings));
        }
    }

    /** On a port of its own, with low limits. */
    ImageService start(int atOnce) throws IOException {
        return new ImageService(
                Networks.none().with(encoder).with(pictures).with(translator),
                ServiceOptions.defaults().withPort(0).withLimits(50_000, 10_000, atOnce));
    }

    static HttpResponse<byte[]> send(ImageService to, String method, String path, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofByteArray());
    }

    static void assertRefused(HttpResponse<byte[]> response, int status, String message) throws IOException {
        assertThat(JSON.readTree(response.body()).get("error").asText()).contains(message);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Override
    public void close() {
        translator.close();
        try {
            pictures.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        encoder.close();
    }
}
