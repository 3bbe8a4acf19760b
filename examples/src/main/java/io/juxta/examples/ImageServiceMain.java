package io.juxta.examples;

import io.juxta.Encoder;
import io.juxta.Translator;
import io.juxta.search.EmbeddingFile;
import io.juxta.search.Embeddings;
import io.juxta.search.ImageIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Starts an {@link ImageService}, and stops it when the process is told to end. */
public final class ImageServiceMain {
    private static final Set<String> KNOWN = Set.of("--encoder", "--index", "--generator", "--port", "--host");

    private ImageServiceMain() {}

    /** {@code --encoder WEIGHTS [--index FILE] [--generator WEIGHTS] [--port N] [--host NAME]}. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            run(options(arguments));
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("service: " + e.getMessage());
            System.exit(e instanceof IllegalArgumentException ? 2 : 1);
        }
    }

    private static void run(Map<String, String> options) throws IOException, InterruptedException {
        ServiceOptions service = ServiceOptions.defaults().withPort(port(options.getOrDefault("--port", "8080")));
        if (options.containsKey("--host")) {
            service = service.withHosts(List.of(options.get("--host")));
        }
        Optional<Path> weights = Optional.ofNullable(options.get("--encoder")).map(Path::of);
        Optional<Path> file = Optional.ofNullable(options.get("--index")).map(Path::of);
        Optional<Path> generator =
                Optional.ofNullable(options.get("--generator")).map(Path::of);
        Encoder encoder = Encoder.load(
                weights.orElseThrow(() -> new IllegalArgumentException("--encoder WEIGHTS is needed, see the README")));
        Optional<ImageIndex> index = Optional.empty();
        if (file.isPresent()) {
            try (Embeddings embeddings = EmbeddingFile.read(file.get())) {
                index = Optional.of(ImageIndex.of(embeddings));
            }
            if (index.get().dimension() != encoder.dimension()) {
                throw new IOException(file.get() + " was made by another encoder: make it again by juxta embed");
            }
        }
        Optional<Translator> translator = Optional.empty();
        if (generator.isPresent()) {
            translator = Optional.of(Translator.load(generator.get()));
        }
        ImageService running = new ImageService(encoder, index, translator, service);
        System.out.println("listening on http://127.0.0.1:" + running.port());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            running.close();
            encoder.close();
            System.out.println("stopped");
        }));
        new CountDownLatch(1).await(); // until the process is told to end
    }

    private static int port(String text) {
        if (!text.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("--port " + text + " is no number");
        }
        return Integer.parseInt(text);
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!KNOWN.contains(arguments[i]) || i + 1 == arguments.length) {
                throw new IllegalArgumentException("give --encoder WEIGHTS [--index FILE] [--generator WEIGHTS]"
                        + " [--port N] [--host NAME], not " + arguments[i]);
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        return options;
    }
}
