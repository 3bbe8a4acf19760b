package io.juxta.cli;

import io.juxta.lucene.IndexedImages;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What embeds images into an index on disk. */
abstract class IndexWorkCommand extends EmbeddingCommand {
    @Mixin
    private IndexPlace place = new IndexPlace();

    @Option(
            names = "--merge",
            description =
                    "Put the index's parts together at the end: takes about as long as building its graph, and makes"
                            + " searches by it quicker.")
    private boolean merge;

    /** Does it with the index. */
    abstract void work(IndexedImages indexed) throws IOException;

    @Override
    boolean isBrokenOff() {
        return false;
    }

    @Override
    Optional<String> kept() {
        return Optional.of("what is done is kept, the same command goes on");
    }

    @Override
    final void work(Spoken told) throws IOException {
        IndexedImages indexed = IndexedImages.of(images(told, Optional.empty()))
                .into(place.folder())
                .options(place.options())
                .stopWhen(this::isToStop);
        work(merge ? indexed.merging() : indexed);
    }
}
