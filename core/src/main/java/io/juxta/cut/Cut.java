package io.juxta.cut;

import io.juxta.cut.losses.GanMode;
import io.juxta.cut.losses.R1;
import io.juxta.cut.losses.WassersteinPenalty;
import io.juxta.cut.networks.ChannelBridge;
import io.juxta.cut.networks.Discriminator;
import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.NoiseSource;
import io.juxta.cut.networks.PatchSampler;
import io.juxta.cut.recipe.CutOptions;
import io.juxta.cut.recipe.CutRecipe;
import io.juxta.cut.recipe.NetworkOptions;
import io.juxta.distributed.Communicator;
import io.juxta.distributed.GradientAverage;
import io.juxta.torch.BatchNorm;
import io.juxta.torch.StateDict;
import io.juxta.train.Adam;
import io.juxta.train.Learner;
import io.juxta.train.MixedPrecision;
import io.juxta.train.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Contrastive unpaired translation (Park et al., 2020, section 3): a generator whose images the discriminator takes for
 * those of the target domain, and whose patches are still recognised as those of the source at the same place.
 *
 * <p>The discriminator learns first, and the generator hears of the discriminator that has learned.
 */
@API(status = API.Status.INTERNAL)
public final class Cut implements Learner {
    private static final long BEGINNING = -1; // the number of what comes before the first step

    private final CutOptions options;
    private final Generator G;
    private final Discriminator D;
    private final PatchSampler F;
    private final CutDraws chance;
    private final ChannelBridge bridge;
    private final Passes passes;
    private final PatchContrast contrast;
    private final ImageByImage judged;
    private final boolean normalizesBatches;
    private final Adam generator;
    private final Adam discriminator;
    private final Adam sampler;
    private final Optional<ImagePool> pool;
    private final Communicator communicator;
    private final GradientAverage gradientsOfD;
    private final GradientAverage gradientsOfG;
    private final List<Tensor> parametersOfD;
    /** F's among them, which learns by the same loss. */
    private final List<Tensor> parametersOfG;

    private final MixedPrecision ofG;
    private final MixedPrecision ofD;

    /** Without a pool and in one type. */
    Cut(
            CutOptions options,
            Generator G,
            Discriminator D,
            PatchSampler F,
            ChannelBridge bridge,
            boolean reuses,
            Adam.Options adam,
            CutDraws chance,
            Communicator communicator) {
        this(
                options,
                G,
                D,
                F,
                bridge,
                reuses,
                adam,
                chance,
                Optional.empty(),
                communicator,
                List.of(MixedPrecision.none(), MixedPrecision.none()));
    }

    /**
     * @param reuses whether activations of a pass of G may be taken for those of the encoder: not where a norm is taken
     *     over a batch, or activations are dropped
     * @param pool of earlier translations, which this then owns; empty for none
     * @param communicator with the other processes of the run
     * @param precisions of G and of D, each with a scale of its own
     */
    Cut(
            CutOptions options,
            Generator G,
            Discriminator D,
            PatchSampler F,
            ChannelBridge bridge,
            boolean reuses,
            Adam.Options adam,
            CutDraws chance,
            Optional<ImagePool> pool,
            Communicator communicator,
            List<MixedPrecision> precisions) {
        this.options = options;
        this.G = G;
        this.D = D;
        this.F = F;
        this.bridge = bridge;
        ofG = precisions.get(0);
        ofD = precisions.get(1);
        passes = new Passes(options, G, bridge, reuses, ofG, ImageByImage.of(G, reuses && G.isPerImage(), ofG));
        judged = ImageByImage.of(D, D.isPerImage(), ofD);
        contrast = new PatchContrast(options, F, chance, communicator);
        this.chance = chance;
        this.pool = pool;
        this.communicator = communicator;
        generator = new Adam(G, adam);
        discriminator = new Adam(D, adam);
        sampler = new Adam(F, adam);
        parametersOfD = parameters(D);
        gradientsOfD = new GradientAverage(communicator, parametersOfD);
        parametersOfG = parameters(G);
        parametersOfG.addAll(parameters(F));
        gradientsOfG = new GradientAverage(communicator, parametersOfG);
        for (Module network : List.of(G, D, F)) {
            network.train(true);
            BatchNorm.in(network).forEach(norm -> norm.synchronize(communicator));
        }
        normalizesBatches = !BatchNorm.in(G).isEmpty() || !BatchNorm.in(D).isEmpty();
    }

    private static List<Tensor> parameters(Module network) {
        return new ArrayList<>(StateDict.parameters(network).values());
    }

    /** Builds CUT with initial weights from libtorch's generator: seed it first. */
    public static Cut create(CutRecipe recipe, Device device) {
        return create(recipe, device, Communicator.single());
    }

    /**
     * Builds one process's part of CUT. A step takes this process's part of both domains' images and is otherwise the same
     * computation; batch norm acts on the images of all processes together.
     *
     * @throws IllegalArgumentException when the processes would not be one
     */
    public static Cut create(CutRecipe recipe, Device device, Communicator communicator) {
        return create(recipe, device, ScalarType.Float, communicator);
    }

    /** @param type of all weights: float32, or float64 to compare with */
    static Cut create(CutRecipe recipe, Device device, ScalarType type, Communicator communicator) {
        recipe.requireShareable(communicator.size());
        NetworkOptions networks = recipe.networks();
        Generator G = networks.generator(recipe.views().cropSize());
        Discriminator D = networks.discriminator(recipe.views().cropSize());
        PatchSampler F = networks.sampler(G, recipe.cut().nceLayers());
        for (Module network : List.of(G, D, F)) {
            network.to(device, false);
            StateDict.convert(network, type);
        }
        return new Cut(
                recipe.cut(),
                G,
                D,
                F,
                new ChannelBridge(networks.outputNc(), networks.inputNc()),
                networks.isPerImage(),
                recipe.adam(),
                CutDraws.of(recipe.training().seed()),
                ImagePool.of(recipe, type, device, communicator),
                communicator,
                List.of(
                        MixedPrecision.of(recipe.training().precision(), device),
                        MixedPrecision.of(recipe.training().precision(), device)));
    }

    /**
     * One step.
     *
     * @param domains images of the source and of the target domain, (N, C, H, W) each, from -1 to 1
     * @return {@code loss}, the generator's; {@code g_gan}; {@code d_real} and {@code d_fake}; {@code nce}, of sources;
     *     where there are such, {@code nce_idt}, of targets, {@code l1_identity}, {@code r1} and {@code
     *     gradient_penalty}; {@code grad_norm}, of the generator's gradients, 0 for a step that is left out; what {@link
     *     MixedPrecision#tell} says of the generator
     */
    @Override
    public Map<String, Double> step(List<Tensor> domains, Step step) {
        try (PointerScope scope = new PointerScope()) {
            NoiseSource noise = chance.noise(step.iteration());
            G.noise(noise.part(communicator, domains.get(0).size(0)));
            if (step.iteration() == BEGINNING + 1 && normalizesBatches) {
                begin(domains);
                G.noise(noise.part(communicator, domains.get(0).size(0)));
            }
            Passes.Translated translated = translate(domains, step.iteration());
            Map<String, Tensor> figures = new LinkedHashMap<>();
            figures.put("loss", translated.output()); // holds the first place for the value that comes last
            boolean judged = discriminate(translated, step, figures);
            boolean stepped = generate(translated, step, figures);
            G.noise(noise); // for whoever looks at translations between steps
            Map<String, Double> metrics = communicator.means(figures);
            ofG.tell(stepped && judged, metrics);
            return metrics;
        }
    }

    /**
     * The passes of the original's data-dependent initialisation, on the images of the first step: they move running statistics,
     * and nothing else.
     */
    private void begin(List<Tensor> domains) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Passes.Translated first = translate(domains, BEGINNING);
            scores(first.translations());
            scores(first.targets());
            if (options.lambdaGan() > 0) {
                scores(first.translations());
            }
            if (options.lambdaNce() > 0) {
                passes.compared(first);
            }
        }
    }

    private Passes.Translated translate(List<Tensor> domains, long iteration) {
        boolean flipped = options.flipEquivariance() && chance.flips(iteration);
        return passes.translate(domains.get(0), domains.get(1), flipped);
    }

    /** @return whether D learned; its gradients may have overflowed */
    private boolean discriminate(Passes.Translated translated, Step step, Map<String, Tensor> figures) {
        learn(D, true);
        D.zero_grad(true);
        GanMode mode = options.ganMode();
        Tensor latest = translated.translations().detach();
        Tensor translations =
                pool.map(images -> images.seen(latest, step.iteration())).orElse(latest);
        Tensor targets = translated.targets();
        if (options.lambdaR1() > 0) {
            targets = targets.detach().set_requires_grad(true);
        }
        Tensor fake = mode.translated(scores(translations));
        Tensor scores = scores(targets);
        Tensor real = mode.real(scores);
        figures.put("d_real", real);
        figures.put("d_fake", fake);
        Tensor loss = fake.add(real).mul(new Scalar(0.5));
        if (options.lambdaR1() > 0) {
            Tensor r1 = R1.penalty(scores, targets).mul(new Scalar(0.5 * options.lambdaR1()));
            figures.put("r1", r1);
            loss = loss.add(r1);
        }
        if (mode == GanMode.WGANGP && options.lambdaGradientPenalty() > 0) {
            Tensor penalty = WassersteinPenalty.penalty(
                            D, targets, translations, chance.shares(step.iteration(), targets.size(0), communicator))
                    .mul(new Scalar(options.lambdaGradientPenalty()));
            figures.put("gradient_penalty", penalty);
            loss = loss.add(penalty);
        }
        boolean stepped = ofD.backward(gradientsOfD, loss, parametersOfD);
        if (stepped) {
            discriminator.step(step.lr(), step.iteration() + 1 - ofD.leftOut());
        }
        return stepped;
    }

    /** D's scores, in its precision; where its gradient is penalised it is differentiated twice, and that in float32. */
    private Tensor scores(Tensor images) {
        boolean penalizes = options.penalizesGradients();
        return penalizes ? D.forward(images) : judged.one(images, part -> ofD.compute(() -> D.forward(part)));
    }

    /** @return whether G learned, and F with it */
    private boolean generate(Passes.Translated translated, Step step, Map<String, Tensor> figures) {
        learn(D, false);
        G.zero_grad(true);
        F.zero_grad(true);
        // with no say there is no pass, which would move running statistics
        Tensor gan = options.lambdaGan() > 0
                ? options.ganMode().generator(scores(translated.translations())).mul(new Scalar(options.lambdaGan()))
                : torch.zeros(new long[0], translated.output().options());
        figures.put("g_gan", gan);
        Tensor loss = gan;
        if (options.lambdaNce() > 0) {
            loss = loss.add(nce(translated, step.iteration(), figures));
        }
        if (options.lambdaIdentity() > 0) {
            Tensor identity = torch.l1_loss(translated.identities(), translated.identityTargets())
                    .mul(new Scalar(options.lambdaIdentity()));
            figures.put("l1_identity", identity);
            loss = loss.add(identity);
        }
        figures.put("loss", loss);
        boolean stepped = ofG.backward(gradientsOfG, loss, parametersOfG);
        figures.put("grad_norm", stepped ? generator.gradientNorm() : torch.zeros_like(loss.detach()));
        if (stepped) {
            long taken = step.iteration() + 1 - ofG.leftOut();
            generator.step(step.lr(), taken);
            if (F.projects() && options.lambdaNce() > 0) {
                sampler.step(step.lr(), taken);
            }
        }
        return stepped;
    }

    /** PatchNCE of the sources, or the mean of it and of that of the targets. */
    private Tensor nce(Passes.Translated translated, long iteration, Map<String, Tensor> figures) {
        List<Passes.Activations> compared = passes.compared(translated);
        Tensor ofSources = contrast.loss(compared.get(0), iteration, 0);
        figures.put("nce", ofSources);
        if (compared.size() == 1) {
            return ofSources;
        }
        Tensor ofTargets = contrast.loss(compared.get(1), iteration, 1);
        figures.put("nce_idt", ofTargets);
        return ofSources.add(ofTargets).mul(new Scalar(0.5));
    }

    private static void learn(Module network, boolean learns) {
        StateDict.parameters(network).values().forEach(parameter -> parameter.set_requires_grad(learns));
    }

    /** How patches of translations find their positives at the deepest tap, which sees the most of an image. */
    public PatchSimilarity similarity() {
        return new PatchSimilarity(
                G, F, bridge, options.nceLayers(), options.nceLayers().size() - 1);
    }

    /** {@code skips_in_a_row} of G or of D, the longer. */
    @Override
    public Map<String, Double> end() {
        Map<String, Double> figures = new LinkedHashMap<>(ofG.end());
        ofD.end().forEach((name, value) -> figures.merge(name, value, Math::max));
        return figures;
    }

    @Override
    public Generator network() {
        return G;
    }

    /** G, D and F. */
    public List<Module> networks() {
        return List.of(G, D, F);
    }

    @Override
    public String product() {
        return "generator";
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        add(state, "G", G, generator);
        add(state, "D", D, discriminator);
        add(state, "F", F, sampler);
        pool.ifPresent(images -> state.put("pool", images.images()));
        state.putAll(ofG.state("G"));
        state.putAll(ofD.state("D"));
        return state;
    }

    private static void add(Map<String, Tensor> state, String name, Module network, Adam optimizer) {
        StateDict.of(network).forEach((key, tensor) -> state.put(name + "." + key, tensor));
        optimizer.state().forEach((key, tensor) -> state.put("adam_" + name + "." + key, tensor));
    }

    /** Nothing: all of the state is tensors. */
    @Override
    public void restored(Map<String, Tensor> state) {}

    @Override
    public void close() {
        ofG.close();
        ofD.close();
        gradientsOfD.close();
        gradientsOfG.close();
        generator.close();
        discriminator.close();
        sampler.close();
        pool.ifPresent(ImagePool::close);
        G.close();
        D.close();
        F.close();
    }
}
