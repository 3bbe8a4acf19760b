package io.juxta.cli;

import picocli.CommandLine.Command;

/** An index on disk; its sub-commands make it, keep it and search it. */
@Command(
        name = "index",
        description = "Keep the embeddings of a folder's images in an index on disk, and search it.",
        footer = {
            "",
            "For collections that outgrow memory or change; smaller ones are searched by juxta search.",
            "",
            "  juxta index build runs/photos --data photos --index photos.index",
            "  juxta index search runs/photos --index photos.index --query bird.jpg"
        },
        subcommands = {IndexBuildCommand.class, IndexUpdateCommand.class, IndexSearchCommand.class})
final class IndexCommand extends CommandGroup {}
