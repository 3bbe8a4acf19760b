package io.juxta.curation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.apiguardian.api.API;

/**
 * What is measured of one picture without an encoder. Light, sharpness, information and colour are those of the picture at
 * {@link Measuring#SIDE} pixels of its longer side, upright, smaller ones as they are; 0 where it cannot be read.
 *
 * @param name below the folder
 * @param bytes of its file; 0 where it has none
 * @param modified time of the file's last change in milliseconds since 1970
 * @param fault why nothing could be measured, or {@link Fault#NONE}
 * @param why the fault in words; empty where there is none
 * @param format of the file, in small letters; empty where there is no file
 * @param width in pixels, as it is seen
 * @param height in pixels, as it is seen
 * @param orientation by EXIF, 1 (upright) to 8
 * @param light the luma that 99 % of the pixels do not exceed, 0 to 255
 * @param shade the luma that 5 % of the pixels do not exceed, 0 to 255
 * @param sharpness variance of the luma's Laplacian (4 neighbours) over the mean square of its gradient: about 2 whatever the contrast, less
 *     where it is blurred
 * @param information entropy of the lumas in bits, 0 to 8
 * @param colour mean difference of a pixel's largest and smallest channel, 0 to 255
 * @param fileDigest the first 128 bits of SHA-256 of the file, in hexadecimal; empty where it was not read
 * @param pixelDigest the same of size and pixels, upright
 */
@API(status = API.Status.EXPERIMENTAL)
public record Measures(
        String name,
        long bytes,
        long modified,
        Fault fault,
        String why,
        String format,
        int width,
        int height,
        int orientation,
        double light,
        double shade,
        double sharpness,
        double information,
        double colour,
        String fileDigest,
        String pixelDigest) {
    /** Why a picture cannot be measured. */
    public enum Fault {
        /** It could be measured. */
        NONE,
        /** No picture, or a damaged one. */
        UNREADABLE,
        /** The file breaks off. */
        TRUNCATED,
        /** The file has no bytes. */
        EMPTY,
        /** The file is not what it was when the folder was listed, or is gone. */
        CHANGED
    }

    static Measures failed(String name, long bytes, long modified, Fault fault, String why, String fileDigest) {
        return new Measures(name, bytes, modified, fault, why, "", 0, 0, 1, 0, 0, 0, 0, 0, fileDigest, "");
    }

    /** Whether it could be decoded. */
    @JsonIgnore
    public boolean isReadable() {
        return fault == Fault.NONE;
    }

    @JsonIgnore
    long pixels() {
        return (long) width * height;
    }
}
