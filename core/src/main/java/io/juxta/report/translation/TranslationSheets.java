package io.juxta.report.translation;

import io.juxta.image.Image;
import io.juxta.image.ViewShape;
import io.juxta.report.drawing.ContactSheet;
import io.juxta.report.drawing.HeatMap;
import io.juxta.report.drawing.Planes;
import java.io.IOException;
import java.util.List;
import org.apiguardian.api.API;

/** Makes the sheets of a {@link TranslationSample}. */
@API(status = API.Status.INTERNAL)
public final class TranslationSheets {
    private static final int LARGEST_TILE = 160;
    private static final int ASKED = 3;
    /**
     * In the middle, above and left of it, below and right of it: where things are, and where their ground is. Of a tap
     * of 16 x 16 places they are middles of places.
     */
    private static final List<Double> POINTS = List.of(8.5 / 16, 8.5 / 16, 4.5 / 16, 5.5 / 16, 12.5 / 16, 11.5 / 16);

    private final TranslationSample sample;
    private final List<Planes> sources;
    private final List<Planes> targets;

    public TranslationSheets(ShownImages sources, ShownImages targets) {
        this.sources = sources.images();
        this.targets = targets.images();
        ViewShape shape = this.sources.get(0).shape();
        sample = new TranslationSample(
                sources.names(),
                targets.names(),
                ContactSheet.tile(Math.max(shape.width(), shape.height()), LARGEST_TILE),
                Math.max(POINTS.size() / 2, Math.max(this.sources.size(), this.targets.size())),
                shape.width(),
                shape.height(),
                Planes.BRIGHTER,
                POINTS,
                Math.min(ASKED, this.sources.size()));
    }

    public TranslationSample sample() {
        return sample;
    }

    public byte[] originals() throws IOException {
        ContactSheet sheet = sheet(2);
        put(sheet, 0, sources);
        put(sheet, 1, targets);
        return sheet.jpeg();
    }

    /**
     * @param translations of the sources
     * @param identities translations of the targets
     * @param maps of each source that is asked about, one for each point
     */
    public byte[] epoch(List<Planes> translations, List<Planes> identities, List<HeatMap> maps) throws IOException {
        ContactSheet sheet = sheet(sample.rows());
        put(sheet, 0, translations);
        for (int i = 0; i < sources.size(); i++) {
            Image source = sources.get(i).image();
            Image translation = translations.get(i).image();
            if (source.width() == translation.width() && source.height() == translation.height()) {
                sheet.put(sample.columns() + i, Planes.difference(source, translation));
            }
        }
        put(sheet, 2, identities);
        for (int i = 0; i < maps.size(); i++) {
            sheet.put(3 * sample.columns() + i, maps.get(i).image());
        }
        return sheet.jpeg();
    }

    private ContactSheet sheet(int rows) {
        return new ContactSheet(rows * sample.columns(), sample.columns(), sample.tile());
    }

    private void put(ContactSheet sheet, int row, List<Planes> images) {
        for (int i = 0; i < images.size(); i++) {
            sheet.put(row * sample.columns() + i, images.get(i).image());
        }
    }
}
