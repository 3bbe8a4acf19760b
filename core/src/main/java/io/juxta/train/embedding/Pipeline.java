package io.juxta.train.embedding;

import io.juxta.image.Augmentation;
import io.juxta.image.Filter;
import io.juxta.image.Normalization;
import io.juxta.image.PixelStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apiguardian.api.API;

/** How a view is made; methods whose views differ name several. */
@API(status = API.Status.INTERNAL)
public enum Pipeline {
    /** Chen et al., 2020, appendix A: strong colour jitter, blur in half of the views. */
    SIMCLR(Filter.BICUBIC, new PixelStep.ColorJitter(0.8, 0.8, 0.8, 0.8, 0.2), 0.5, 0, false),
    /** Grill et al., 2020, table 6, the first view: always blurred. Barlow Twins, VICReg and DINO have the same. */
    BYOL_1(Filter.BICUBIC, Pipeline.gentle(), 1, 0, false),
    /** The second: seldom blurred, sometimes solarised. */
    BYOL_2(Filter.BICUBIC, Pipeline.gentle(), 0.1, 0.2, false),
    /** Caron et al., 2021, section 3.2: small crops as BYOL's views, half of them blurred. */
    DINO_LOCAL(Filter.BICUBIC, Pipeline.gentle(), 0.5, 0, false),
    /** Chen, Xie and He 2021, appendix: as BYOL's, bilinear, the flip last. */
    MOCO_V3_1(Filter.BILINEAR, Pipeline.gentle(), 1, 0, true),
    MOCO_V3_2(Filter.BILINEAR, Pipeline.gentle(), 0.1, 0.2, true),
    /** Chen and He 2021, section 3: MoCo v2's. */
    SIMSIAM(Filter.BILINEAR, new PixelStep.ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1), 0.5, 0, true),
    /** MoCo's CIFAR-10 demo: without blur, which small pictures do not stand. */
    CIFAR(Filter.BILINEAR, new PixelStep.ColorJitter(0.8, 0.4, 0.4, 0.4, 0.1), 0, 0, false);

    private final Filter filter;
    private final PixelStep.ColorJitter jitter;
    private final double blur;
    private final double solarize;
    private final boolean flipLast;

    Pipeline(Filter filter, PixelStep.ColorJitter jitter, double blur, double solarize, boolean flipLast) {
        this.filter = filter;
        this.jitter = jitter;
        this.blur = blur;
        this.solarize = solarize;
        this.flipLast = flipLast;
    }

    private static PixelStep.ColorJitter gentle() {
        return new PixelStep.ColorJitter(0.8, 0.4, 0.4, 0.2, 0.1);
    }

    /**
     * @param size of a side of the view, in pixels
     * @param minScale least share of the image's area
     * @param maxScale the largest
     */
    public Augmentation of(int size, double minScale, double maxScale, Normalization normalization) {
        List<PixelStep> steps = new ArrayList<>();
        steps.add(new PixelStep.RandomResizedCrop(size, minScale, maxScale, filter));
        PixelStep flip = new PixelStep.RandomHorizontalFlip(0.5);
        if (!flipLast) {
            steps.add(flip);
        }
        steps.add(jitter);
        steps.add(new PixelStep.RandomGrayscale(0.2));
        if (blur > 0) {
            steps.add(new PixelStep.GaussianBlur(blur, 0.1, 2));
        }
        if (solarize > 0) {
            steps.add(new PixelStep.RandomSolarize(solarize, 128));
        }
        if (flipLast) {
            steps.add(flip);
        }
        return Augmentation.of(toString(), size, normalization, steps.toArray(new PixelStep[0]));
    }

    /** As recipes spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
