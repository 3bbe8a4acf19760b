package io.juxta.cli;

import io.juxta.runs.PictureWork;
import io.juxta.runs.PreparedImages;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shrinks large photos once, before training. */
@Command(
        name = "prepare",
        description = "Shrink large photos once, into another folder, so that training decodes less.",
        footer = {
            "",
            "Names and folders stay. Pictures are turned as the camera was held, colours become sRGB, and other data in the"
                    + " files, such as where a photo was taken, are not kept. JPEG stays JPEG and PNG stays PNG, with its"
                    + " transparency; WebP becomes JPEG, or PNG where it may be transparent; other formats become PNG. Pictures"
                    + " that are small, upright and in sRGB are copied byte for byte, whatever their format. What cannot be read"
                    + " is named at the end; the exit status is then 1.",
            "",
            "The same command again goes on where it was stopped, and leaves what is done.",
            "",
            "  juxta prepare --data photos --output photos-512"
        })
final class PrepareCommand extends PicturesCommand {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The photos.")
    private Path data = Path.of("");

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Where the small ones go.")
    private Path output = Path.of("");

    @Option(
            names = "--short-side",
            paramLabel = "N",
            description = "Pixels of the short side, 16 to 16384; the default is " + PreparedImages.SHORT_SIDE + ".")
    private int shortSide = PreparedImages.SHORT_SIDE;

    @Option(
            names = "--quality",
            paramLabel = "N",
            description = "Of JPEG files, 1 to 100; the default is " + PreparedImages.QUALITY + ".")
    private int quality = PreparedImages.QUALITY;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Photos at once; 0, the default, for one for each core that may be used.")
    private int threads;

    PrepareCommand() {
        super("stopping after these images", "what is prepared is kept, the same command goes on");
    }

    @Override
    PictureWork<?> asked() {
        return PreparedImages.of(data)
                .into(output)
                .shortSide(shortSide)
                .quality(quality)
                .threads(threads);
    }
}
