package io.juxta.cli;

import io.juxta.runs.Exploring;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A map of all pictures of a folder, in a browser. */
@Command(
        name = "explore",
        description =
                "Serve a page on 127.0.0.1 until Ctrl-C: a map of all pictures of a folder, their neighbours, what"
                        + " curate has found, labels and a basket. The encoder embeds the pictures, and sees those that are"
                        + " dropped onto the page.",
        footer = {
            "",
            "  juxta explore --data photos --encoder runs/photos",
            "  juxta explore --data photos --curated photos-curated --encoder runs/photos"
        })
final class ExploreCommand extends CollectionCommand {
    private static final long PAUSE_MILLIS = 200;

    @Option(
            names = "--curated",
            paramLabel = "DIR",
            description = "What curate has written of them: its findings, its embeddings, and the place where basket,"
                    + " labels and map are kept.")
    private Optional<Path> curated = Optional.empty();

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description = "Where baskets are copied to, each into a folder of its own; of --curated the folder baskets"
                    + " unless this is said.")
    private Optional<Path> export = Optional.empty();

    @Option(
            names = "--clusters",
            paramLabel = "K",
            description =
                    "How many groups of like pictures there are to look through, 0 for none; about the square root"
                            + " of half the pictures, at most 50, unless this is said.")
    private Optional<Integer> clusters = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "Of map and clusters; the default is 0.")
    private long seed;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8618",
            description = "The port, 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    Optional<String> kept() {
        return Optional.of("the page is closed; what was kept goes on with the same command");
    }

    @Override
    void work(Spoken told) throws IOException {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("--port " + port + " must be from 0 (any that is free) to 65535");
        }
        Exploring exploring = asked(Exploring::of, told).seed(seed);
        curated.ifPresent(exploring::curated);
        export.ifPresent(exploring::exports);
        clusters.ifPresent(exploring::clusters);
        try (Exploring.Open open = exploring.open(port)) {
            System.out.println(open.explorer().address() + " shows " + data() + "; Ctrl-C ends it");
            while (true) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted");
        }
    }
}
