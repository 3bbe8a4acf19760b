package io.juxta.runs;

import io.juxta.data.Originals;
import io.juxta.exchange.BatchNorms;
import io.juxta.exchange.Export;
import io.juxta.exchange.ExportFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * Writes a trained encoder, generator or detector for other programs, reads it back and finds it whole before it gets its name.
 *
 * <pre>{@code
 * Exporting.of(Path.of("runs/photos")).as(ExportFormat.ONNX).folded().into(Path.of("encoder.onnx"));
 * }</pre>
 */
@API(status = API.Status.EXPERIMENTAL)
public final class Exporting {
    /** What a run needs and keeps. */
    private static final List<String> OF_A_RUN = List.of(
            "recipe.yaml",
            "metrics.csv",
            "events.jsonl",
            "report.html",
            "encoder.safetensors",
            "generator.safetensors",
            "detector.safetensors",
            "checkpoints",
            "snapshots");

    private final Path source;
    private ExportFormat format = ExportFormat.SAFETENSORS;
    private boolean head;
    private BatchNorms norms = BatchNorms.KEPT;
    private boolean overwrite;

    /**
     * A file for other programs.
     *
     * @param heldIn the shorter type that the weights were held in, which are written in float32 all the same
     */
    public record Exported(Path weights, ExportFormat format, Path file, long bytes, Optional<String> heldIn) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s as %s: %s, %,d bytes, read back and found whole%s",
                    weights,
                    format,
                    file,
                    bytes,
                    heldIn.map(type -> ", in float32 of " + type).orElse(""));
        }
    }

    private Exporting(Path source) {
        this.source = source;
    }

    /** @param source a run's folder, its weights, one of its checkpoints, or weights that import knows */
    public static Exporting of(Path source) {
        return new Exporting(source);
    }

    /** The format; safetensors with a backbone under torchvision's names where this is not said. */
    public Exporting as(ExportFormat format) {
        this.format = format;
        return this;
    }

    /** Of an encoder: onnx gives embeddings instead of features, safetensors keeps the head. */
    public Exporting withHead() {
        head = true;
        return this;
    }

    /** Of onnx: batch norms become part of the layers in front of them. */
    public Exporting folded() {
        norms = BatchNorms.FOLDED;
        return this;
    }

    /** Takes the place of a file that is there already; never of what a run needs. */
    public Exporting overwriting() {
        overwrite = true;
        return this;
    }

    /**
     * Writes the file.
     *
     * @throws IllegalArgumentException when the network is not to be had in this format, in one line
     * @throws IOException when it cannot be read or written, or would take the place of another file, in one line
     */
    public Exported into(Path output) throws IOException {
        Path weights = Export.source(source, format);
        requireFree(weights, output);
        Optional<String> heldIn = Export.write(weights, format, new Export.Options(head, norms, Version.own()), output);
        return new Exported(weights, format, output, Files.size(output), heldIn);
    }

    private void requireFree(Path weights, Path output) throws IOException {
        Optional<KnownRun> run = KnownRun.of(weights);
        if (run.isPresent()) {
            // what the run goes on from and is judged by; --overwrite is meant for what was exported before
            Path of = run.get().folder();
            Originals.of(OF_A_RUN.stream().map(of::resolve).toArray(Path[]::new))
                    .requireNoneAt(output);
        }
        if (!Files.exists(output)) {
            return;
        }
        if (Files.exists(weights) && Files.isSameFile(output, weights)) {
            throw new IOException(output + " is what would be exported: choose another --output");
        }
        if (!overwrite) {
            throw new IOException(output + " is there already: give --overwrite, or another --output");
        }
    }
}
