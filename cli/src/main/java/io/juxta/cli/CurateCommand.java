package io.juxta.cli;

import io.juxta.curation.Selection;
import io.juxta.runs.Curating;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is in a folder of pictures, and which of them to label. */
@Command(
        name = "curate",
        description =
                "Look through a folder of pictures: what is broken, dark, blurred or there twice; with an encoder also"
                        + " what is nearly the same, out of place or wrongly labelled, and which to label next.",
        footer = {
            "",
            "Results are tables (CSV), curation.json and a page, curation.html. The same command again goes on where it was"
                    + " stopped, and looks only at what is new. Where the folder holds train and test (or val), pictures that"
                    + " are in both are named.",
            "",
            "  juxta curate --data photos --output photos-curated",
            "  juxta curate --data photos --output photos-curated --encoder runs/photos --select 500 --by diversity"
        })
final class CurateCommand extends CollectionCommand {
    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "Where the results go: a folder outside of the pictures.")
    private Path output = Path.of("");

    @Option(names = "--select", paramLabel = "N", description = "How many pictures to choose for labelling.")
    private Optional<Integer> select = Optional.empty();

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            description = "diversity (the default): what stands for many; coverage: none far from all that are chosen,"
                    + " outliers first; uncertainty: of which a classifier of the labelled ones is least sure.")
    private Optional<Selection.By> by = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides where coverage begins when nothing is labelled; the default is 0.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--above",
            paramLabel = "COSINE",
            description = "The least cosine of pictures that are nearly the same; the default is 0.98. How high is high"
                    + " depends on the encoder.")
    private Optional<Double> above = Optional.empty();

    @Option(
            names = "--neighbours",
            paramLabel = "K",
            description = "How many say whether a picture is out of place and its label right; the default is 10.")
    private Optional<Integer> neighbours = Optional.empty();

    @Override
    Optional<String> kept() {
        return Optional.of("what is done is kept, the same command goes on");
    }

    @Override
    void work(Spoken told) throws IOException {
        Curating curating = asked(Curating::of, told).into(output);
        above.ifPresent(curating::above);
        neighbours.ifPresent(curating::neighbours);
        seed.ifPresent(curating::seed);
        if (by.isPresent() && select.isEmpty()) {
            throw new IllegalArgumentException("--by says what --select chooses for: give --select N as well");
        }
        if (select.isPresent()) {
            curating.select(select.get(), by.orElse(Selection.By.DIVERSITY));
        }
        curating.run();
    }
}
