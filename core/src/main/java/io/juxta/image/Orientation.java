package io.juxta.image;

import org.apiguardian.api.API;

/** Whether a picture is turned as the camera was held, which its EXIF data say. */
@API(status = API.Status.EXPERIMENTAL)
public enum Orientation {
    /** Upright, as viewers show it: Pillow's {@code ImageOps.exif_transpose}. */
    CAMERA,
    /** As its pixels are stored: what torchvision's data sets do, and all published protocols with them. */
    IGNORE
}
