package io.juxta.springai;

import io.juxta.Encoder;
import java.awt.image.BufferedImage;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while the encoder embeds: a blank picture is sent through it each time somebody asks. */
final class EncoderHealth extends AbstractHealthIndicator {
    private final Encoder encoder;

    EncoderHealth(Encoder encoder) {
        this.encoder = encoder;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        int side = encoder.imageSize();
        encoder.embed(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB));
        builder.up().withDetail("dimension", encoder.dimension()).withDetail("imageSize", side);
    }
}
