package io.juxta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.juxta.backbone.FilledTransformer;
import io.juxta.backbone.Positions;
import io.juxta.backbone.TransformerOptions;
import io.juxta.backbone.TransformerOptions.FeedForward;
import io.juxta.backbone.VisionTransformer;
import io.juxta.eval.FeatureOptions.Length;
import io.juxta.eval.Layer;
import io.juxta.torch.StateDict;
import io.juxta.weights.Safetensors;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features of an image's parts, through the library's front door. */
class PatchFeaturesTest {
    @TempDir
    private Path folder = Path.of("");

    private Path transformer(String output) throws Exception {
        Path file = folder.resolve("vit.safetensors");
        try (PointerScope scope = new PointerScope()) {
            TransformerOptions options =
                    new TransformerOptions(24, 2, 3, 4, 4, Positions.DINO, 0, false, FeedForward.MLP, false, 1e-6);
            VisionTransformer network =
                    FilledTransformer.filled(new VisionTransformer(options), 2000, ScalarType.Float);
            String recipe = "method: vit\ndim: 24\ndepth: 2\nheads: 3\npatch: 4\ngrid: 4\noutput: " + output
                    + "\nimage-size: 24\nshort-side: 28\n";
            Safetensors.write(file, StateDict.of(network), Map.of("recipe", recipe));
        }
        return file;
    }

    /** Where the feature is the patches' mean, it is the mean of what {@code patches} gives. */
    @Test
    void theirMeanIsTheFeature() throws Exception {
        EncoderOptions options =
                EncoderOptions.defaults().withLayer(Layer.BACKBONE).withLength(Length.RAW);
        for (Path file : new Path[] {transformer("mean"), TinyEncoderFile.write(folder.resolve("tiny.safetensors"))}) {
            try (Encoder encoder = Encoder.load(file, options)) {
                PatchFeatures patches = encoder.patches(picture());
                float[] feature = encoder.embed(picture());
                assertThat(patches.dimension()).isEqualTo(feature.length);
                float[] mean = new float[feature.length];
                for (int row = 0; row < patches.rows(); row++) {
                    for (int column = 0; column < patches.columns(); column++) {
                        float[] vector = patches.at(row, column);
                        for (int i = 0; i < mean.length; i++) {
                            mean[i] += vector[i] / (patches.rows() * patches.columns());
                        }
                    }
                }
                assertThat(mean).containsExactly(feature, within(1e-4f));
            }
        }
    }

    @Test
    void aGridInItsPlaces() throws Exception {
        Encoder encoder = Encoder.load(transformer("class"));
        PatchFeatures patches = encoder.patches(picture());
        assertThat(patches).hasToString("6 x 6 vectors of 24");
        assertThat(encoder.dimension()).isEqualTo(24);
        assertThat(patches.at(2, 1)).hasSize(24).isNotEqualTo(patches.at(1, 2));
        assertThatThrownBy(() -> patches.at(6, 0)).hasMessageContaining("6 x 6");
        assertThat(encoder.patches(picture())).isEqualTo(patches);
        encoder.close();
        assertThatThrownBy(() -> encoder.patches(picture())).isInstanceOf(IllegalStateException.class);
    }

    private static BufferedImage picture() {
        BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 30; y++) {
            for (int x = 0; x < 40; x++) {
                image.setRGB(x, y, (x * 6 << 16) | (y * 8 << 8) | (x * y % 256));
            }
        }
        return image;
    }
}
