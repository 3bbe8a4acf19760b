package io.juxta.cli;

import io.juxta.lucene.IndexedImages;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Brings an index on disk up to date. */
@Command(
        name = "update",
        description = "Make an index on disk that of the images as they are now.",
        footer = {
            "",
            "New and changed images are embedded, those that are no more are removed. Without --data it takes the folder that"
                    + " the index was built of.",
            "",
            "  juxta index update runs/photos --index photos.index"
        })
final class IndexUpdateCommand extends IndexWorkCommand {
    @Override
    void work(IndexedImages indexed) throws IOException {
        indexed.update();
    }
}
