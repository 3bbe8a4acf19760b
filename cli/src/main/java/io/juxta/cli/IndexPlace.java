package io.juxta.cli;

import io.juxta.lucene.DiskIndexOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which index on disk, and how it is searched. */
final class IndexPlace {
    @Option(names = "--index", required = true, paramLabel = "DIR", description = "The index's folder.")
    private Path folder = Path.of("");

    @Option(
            names = "--exact-up-to",
            paramLabel = "N",
            description =
                    "Among so many images or fewer a search compares with each; the default is 20000. Above, it goes"
                            + " by a graph, which misses some.")
    private int exactUpTo = DiskIndexOptions.defaults().exactUpTo();

    @Option(
            names = "--looked",
            paramLabel = "N",
            description =
                    "Images that a search by the graph looks at for each that is asked for; the default is 10. More"
                            + " finds more, and takes longer.")
    private int looked = DiskIndexOptions.defaults().looked();

    Path folder() {
        LuceneLog.quiet();
        return folder;
    }

    DiskIndexOptions options() {
        return DiskIndexOptions.defaults().withExactUpTo(exactUpTo).withLooked(looked);
    }
}
