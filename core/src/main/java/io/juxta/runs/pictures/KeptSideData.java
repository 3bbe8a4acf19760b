package io.juxta.runs.pictures;

import io.juxta.image.ImageFormat;
import io.juxta.image.Original;
import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;

/** Counts what became of transparency and colour profiles on the way, to be said once. */
@API(status = API.Status.INTERNAL)
public final class KeptSideData {
    private int transparent;
    private int flattened;
    private int unreadAlpha;
    private int converted;
    private int unreadProfiles;

    public void add(Original original, ImageFormat written) {
        boolean keeps = written == ImageFormat.PNG;
        transparent += original.isTransparent() && keeps ? 1 : 0;
        flattened += original.isTransparent() && !keeps ? 1 : 0;
        for (Original.Fate fate : original.fates()) {
            switch (fate) {
                case ALPHA_DROPPED -> unreadAlpha++;
                case CONVERTED -> converted++;
                case PROFILE_DROPPED -> unreadProfiles++;
            }
        }
    }

    /** A line for each thing that happened to some. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        say(lines, transparent, "transparency kept");
        say(lines, flattened, "transparency dropped: JPEG has none, --format png keeps it");
        say(lines, unreadAlpha, "transparency dropped: it is read of PNG and WebP alone");
        say(lines, converted, "colours converted to sRGB by the image's profile");
        say(lines, unreadProfiles, "colour profile dropped: it is damaged or none of RGB");
        return lines;
    }

    private static void say(List<String> lines, int count, String what) {
        if (count > 0) {
            lines.add("of " + count + (count == 1 ? " image: " : " images: ") + what);
        }
    }
}
