package io.juxta.cli;

import io.juxta.lucene.IndexedImages;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Makes an index on disk. */
@Command(
        name = "build",
        description = "Embed a folder's images into an index on disk.",
        footer = {
            "",
            "What is in the index already is not embedded again: the same command goes on where it was stopped. Files that"
                    + " have changed since are update's. An image that cannot be read is left out and named.",
            "",
            "  juxta index build runs/photos --data photos --index photos.index"
        })
final class IndexBuildCommand extends IndexWorkCommand {
    @Override
    void work(IndexedImages indexed) throws IOException {
        indexed.build();
    }
}
