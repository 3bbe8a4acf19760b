package io.juxta.report.detection;

import java.util.List;
import org.apiguardian.api.API;

/**
 * Pictures with the boxes that their files state.
 *
 * @param names of the pictures
 * @param objects in each, in words
 * @param columns of the sheet
 * @param tile side of a picture in the sheet, in pixels
 */
@API(status = API.Status.INTERNAL)
public record LabelledSample(List<String> names, List<String> objects, int columns, int tile) {
    public LabelledSample {
        names = List.copyOf(names);
        objects = List.copyOf(objects);
        if (names.isEmpty() || objects.size() != names.size() || columns < 1 || tile < 1) {
            throw new IllegalArgumentException(names.size() + " names and " + objects.size() + " descriptions in "
                    + columns + " columns are no sheet of pictures");
        }
    }
}
