package io.juxta.cut.recipe;

import io.juxta.cut.networks.Generator;
import io.juxta.cut.networks.Norm;
import io.juxta.data.Domains;
import io.juxta.data.Samples;
import io.juxta.data.Unpaired;
import io.juxta.image.Augmentation;
import io.juxta.image.ViewShape;
import io.juxta.train.Adam;
import io.juxta.train.TrainingOptions;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.List;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;

/** All that a CUT run is told by its recipe. */
@API(status = API.Status.INTERNAL)
public record CutRecipe(
        CutOptions cut,
        NetworkOptions networks,
        TranslationRate rate,
        Adam.Options adam,
        TrainingOptions training,
        DomainKeys domains,
        ViewKeys views,
        PoolOptions pool) {
    /** @throws IllegalArgumentException when taps are not in G, or D is too deep for the crops */
    public CutRecipe {
        networks.requireFits(views.cropSize());
        try (PointerScope scope = new PointerScope();
                Generator G = networks.shapes(views.cropSize())) {
            NetworkOptions.requireTaps(G, cut.nceLayers());
        }
        views.training(networks.inputNc(), false);
        views.training(networks.outputNc(), false);
        if (pool.poolSize() > 0) {
            translation(views, networks, pool);
        }
    }

    /**
     * The shape of every translation.
     *
     * @throws IllegalArgumentException when they are of several shapes, which no pool can hold
     */
    public ViewShape translation() {
        return translation(views, networks, pool);
    }

    private static ViewShape translation(ViewKeys views, NetworkOptions networks, PoolOptions pool) {
        Optional<ViewShape> shape = views.training(networks.inputNc(), false).shape();
        if (shape.isEmpty()
                || !shape.equals(views.training(networks.inputNc(), true).shape())) {
            throw new IllegalArgumentException(
                    "pool-size " + pool.poolSize() + " needs views of one size, and preprocess " + views.preprocess()
                            + " makes several: choose one with crop, or pool-size 0");
        }
        pool.requireFits(networks.outputNc(), shape.get().height(), shape.get().width());
        return shape.get();
    }

    /** Binds the method's records; the caller may bind more, and then checks that all keys are known. */
    public static CutRecipe bind(Recipe recipe) {
        CutOptions cut = recipe.bind(CutOptions.class);
        NetworkOptions networks = recipe.bind(NetworkOptions.class);
        TranslationRate rate = recipe.bind(TranslationRate.class);
        Adam.Options adam = recipe.bind(Adam.Options.class);
        TrainingOptions training = recipe.bind(TrainingOptions.class);
        DomainKeys domains = recipe.bind(DomainKeys.class);
        ViewKeys views = recipe.bind(ViewKeys.class);
        PoolOptions pool = recipe.bind(PoolOptions.class);
        try {
            return new CutRecipe(cut, networks, rate, adam, training, domains, views, pool);
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    /** The records, for the text of the run's recipe. */
    public List<Record> records() {
        return List.of(cut, networks, rate, adam, training, domains, views, pool);
    }

    /** What a run trains on. */
    public Samples samples(Domains images) {
        Augmentation a = views.training(networks.inputNc(), false);
        Augmentation b = views.training(networks.outputNc(), false);
        Augmentation laterA = views.training(networks.inputNc(), true);
        Augmentation laterB = views.training(networks.outputNc(), true);
        return Unpaired.of(images, views.pairing(), a, b).from(rate.constant(training.epochs()), laterA, laterB);
    }

    /** What a run's health depends on. */
    public Diagnosis.Translation task(long stepsPerEpoch) {
        double undecided = cut.lambdaGan() > 0 ? cut.ganMode().undecided() : Double.NaN;
        return new Diagnosis.Translation(cut.lambdaNce() * lossOfKnowingNothing(), undecided, stepsPerEpoch);
    }

    /**
     * ln P, the mean over taps: of the P + 1 logits of a patch, the one that is masked does not count. A tap has no more
     * patches than places.
     */
    private double lossOfKnowingNothing() {
        long images = cut.nceNegatives() == CutOptions.Negatives.BATCH ? training.batchSize() : 1;
        long side = views.cropSize();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                Generator G = networks.shapes(views.cropSize())) {
            G.eval();
            return G.taps(torch.zeros(1, networks.inputNc(), side, side), cut.nceLayers()).stream()
                    .mapToLong(tap -> Math.min(cut.numPatches(), tap.size(2) * tap.size(3)))
                    .mapToDouble(P -> Math.log(images * P))
                    .average()
                    .orElse(0);
        }
    }

    /**
     * Refuses what several processes would compute otherwise than one.
     *
     * @throws IllegalArgumentException in one line
     */
    public void requireShareable(int processes) {
        if (processes > 1 && networks.netG().isResNet() && networks.dropout()) {
            throw new IllegalArgumentException("dropout true cannot be shared by " + processes
                    + " processes, which would drop otherwise than one: set it to false");
        }
        if (processes > 1 && networks.normD() == Norm.BATCH && cut.penalizesGradients()) {
            throw new IllegalArgumentException("normD batch cannot be shared by " + processes
                    + " processes where gradients are penalised: choose normD instance");
        }
    }
}
