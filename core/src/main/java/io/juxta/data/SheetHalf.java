package io.juxta.data;

import io.juxta.image.Image;
import io.juxta.image.UnreadableImageException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;

/**
 * The left or the right halves of sheets that show two pictures side by side, as pix2pix (Isola et al., 2017) has them.
 * The i-th left and the i-th right half are a pair.
 *
 * @param sheets of even width
 */
@API(status = API.Status.INTERNAL)
public record SheetHalf(Dataset sheets, DomainOptions.Half half) implements Dataset {
    @Override
    public int size() {
        return sheets.size();
    }

    @Override
    public Image image(int index) throws UnreadableImageException {
        Image sheet = sheets.image(index);
        if (sheet.width() % 2 != 0) {
            throw new UnreadableImageException(source(index) + ": a sheet of " + sheet.width() + " x " + sheet.height()
                    + " pixels has no two halves; its width must be even");
        }
        int width = sheet.width() / 2;
        int offset = half == DomainOptions.Half.LEFT ? 0 : width;
        byte[] rgb = new byte[3 * width * sheet.height()];
        for (int y = 0; y < sheet.height(); y++) {
            System.arraycopy(sheet.rgb(), 3 * (y * sheet.width() + offset), rgb, 3 * y * width, 3 * width);
        }
        return new Image(width, sheet.height(), rgb);
    }

    @Override
    public int label(int index) {
        return sheets.label(index);
    }

    @Override
    public List<String> classes() {
        return sheets.classes();
    }

    @Override
    public String name(int index) {
        return sheets.name(index);
    }

    @Override
    public Optional<FileState> fileState(int index) {
        return sheets.fileState(index);
    }

    @Override
    public long checksum(int index) throws IOException {
        return sheets.checksum(index);
    }

    @Override
    public String source(int index) {
        return sheets.source(index);
    }

    @Override
    public Dataset upright() {
        return new SheetHalf(sheets.upright(), half);
    }

    @Override
    public Dataset origin() {
        return sheets.origin();
    }
}
