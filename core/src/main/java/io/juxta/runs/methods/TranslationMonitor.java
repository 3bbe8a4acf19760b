package io.juxta.runs.methods;

import io.juxta.cut.networks.Generator;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.data.Batch;
import io.juxta.data.Dataset;
import io.juxta.data.Domains;
import io.juxta.data.Loader;
import io.juxta.data.LoaderOptions;
import io.juxta.data.Subset;
import io.juxta.eval.translation.DomainDistance;
import io.juxta.eval.translation.FeatureSource;
import io.juxta.eval.translation.ImageBatches;
import io.juxta.eval.translation.KernelOptions;
import io.juxta.image.Augmentation;
import io.juxta.train.Stop;
import io.juxta.train.Training;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.MayChange;
import io.juxta.train.recipe.Means;
import io.juxta.train.recipe.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Measures between epochs how far translations are from the target domain, by features that need no weights. */
@API(status = API.Status.INTERNAL)
public final class TranslationMonitor implements Training.Listener, AutoCloseable {
    private static final int BATCH = 16;

    private final Generator G;
    private final Dataset sources;
    private final Augmentation view;
    private final Device device;
    private final Options options;
    /** Empty where nothing is measured: a single image has no distance. */
    private final Optional<DomainDistance> toTarget;

    private final int epochs;

    public record Options(
            @Means(
                    value = "epochs between two measurements of the translations' distance from the target domain, the "
                            + "last epoch always being measured; 0 for none",
                    unit = "epochs")
            @Range(least = 0)
            @MayChange
            @Default("1")
            int distanceEvery,

            @Means(value = "images of each domain that it is measured on, at most", unit = "images")
            @Range(least = 2)
            @MayChange
            @Default("500")
            int distanceImages) {
        public Options {
            if (distanceEvery < 0) {
                throw new IllegalArgumentException(
                        "distance-every " + distanceEvery + " must be at least 0 (0: never)");
            }
            if (distanceImages < 2) {
                throw new IllegalArgumentException("distance-images " + distanceImages + " must be at least 2");
            }
        }
    }

    private TranslationMonitor(
            Generator G,
            Dataset sources,
            Augmentation view,
            Device device,
            Options options,
            Optional<DomainDistance> toTarget,
            int epochs) {
        this.G = G;
        this.sources = sources;
        this.view = view;
        this.device = device;
        this.options = options;
        this.toTarget = toTarget;
        this.epochs = epochs;
    }

    /** @param images held out, or those trained on */
    public static TranslationMonitor of(CutRecipe recipe, Options options, Generator G, Domains images, Device device)
            throws IOException {
        int fewest = Math.min(images.a().size(), images.b().size());
        if (options.distanceEvery() > 0 && fewest < 2) {
            throw new IllegalArgumentException("distance-every " + options.distanceEvery()
                    + " needs two images of each domain to judge by, one of them has " + fewest
                    + ": hold out more, or set distance-every to 0");
        }
        Augmentation a = recipe.views().evaluation(recipe.networks().inputNc());
        Augmentation b = recipe.views().evaluation(recipe.networks().outputNc());
        ImageBatches targets = batches(some(images.b(), options), b, device, x -> x);
        Optional<DomainDistance> toTarget = options.distanceEvery() == 0
                ? Optional.empty()
                : Optional.of(DomainDistance.to(targets, FeatureSource.pixels(), KernelOptions.defaults()));
        return new TranslationMonitor(
                G,
                some(images.a(), options),
                a,
                device,
                options,
                toTarget,
                recipe.training().epochs());
    }

    /** Evenly over the set. */
    private static Dataset some(Dataset images, Options options) {
        int count = Math.min(images.size(), options.distanceImages());
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add((int) ((long) i * images.size() / count));
        }
        return new Subset(images, chosen);
    }

    /** How far the sources are, as they are. */
    public Map<String, Double> untranslated() throws IOException {
        return named(toTarget.orElseThrow().of(batches(sources, view, device, x -> x)));
    }

    /** How far the translations are. */
    Map<String, Double> translated() throws IOException {
        boolean training = G.is_training();
        G.eval();
        try {
            return named(toTarget.orElseThrow().of(batches(sources, view, device, G::forward)));
        } finally {
            G.train(training);
        }
    }

    private static Map<String, Double> named(DomainDistance.Measured measured) {
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("kid", measured.kid().mean());
        named.put("kid_std", measured.kid().deviation());
        named.put("frechet", measured.frechet().value());
        return named;
    }

    private static ImageBatches batches(
            Dataset images, Augmentation view, Device device, UnaryOperator<Tensor> translation) {
        LoaderOptions loading = LoaderOptions.of(Math.min(BATCH, images.size()), 0)
                .withOrder(LoaderOptions.Order.SEQUENTIAL)
                .withLast(LoaderOptions.Last.KEEP);
        return consumer -> {
            try (Loader loader = Loader.open(images, List.of(view), loading)) {
                Loader.Epoch epoch = loader.epoch(0);
                while (epoch.hasNext()) {
                    Stop.ifInterrupted();
                    try (Batch batch = epoch.next();
                            PointerScope scope = new PointerScope();
                            NoGradGuard guard = new NoGradGuard()) {
                        Tensor y = translation.apply(batch.view(0).to(device, torch.ScalarType.Float));
                        consumer.accept(coloured(y.add(new Scalar(1.0)).mul(new Scalar(0.5))));
                    }
                }
            }
        };
    }

    /** Three channels, as features want them. */
    private static Tensor coloured(Tensor images) {
        return images.size(1) == 3 ? images : images.narrow(1, 0, 1).expand(-1, 3, -1, -1);
    }

    @Override
    public void epoch(int epoch, Map<String, Double> metrics) throws IOException {
        int every = options.distanceEvery();
        if (every > 0 && ((epoch + 1) % every == 0 || epoch + 1 == epochs)) {
            metrics.putAll(translated());
        }
    }

    @Override
    public void close() {
        toTarget.ifPresent(DomainDistance::close);
    }
}
