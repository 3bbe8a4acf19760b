package io.juxta.siamese;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.backbone.Perceptron;
import io.juxta.distributed.Communicator;
import io.juxta.torch.StateDict;
import io.juxta.train.MixedPrecision;
import io.juxta.train.TrainingOptions;
import io.juxta.train.embedding.PathDraws;
import io.juxta.train.embedding.Target;
import io.juxta.train.health.Diagnosis;
import io.juxta.train.recipe.Recipe;
import io.juxta.train.recipe.RecipeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;

/** All that a run of one of these methods is told by its recipe. */
@API(status = API.Status.INTERNAL)
public sealed interface SiameseRecipe
        permits SimClrRecipe, BarlowTwinsRecipe, VicRegRecipe, SimSiamRecipe, ByolRecipe, MocoV3Recipe {
    /** The methods by their names in recipes, each with its record. */
    Map<String, Class<? extends Record>> METHODS = methods();

    private static Map<String, Class<? extends Record>> methods() {
        Map<String, Class<? extends Record>> methods = new LinkedHashMap<>();
        methods.put("simclr", SimClrRecipe.class);
        methods.put("barlow-twins", BarlowTwinsRecipe.class);
        methods.put("vicreg", VicRegRecipe.class);
        methods.put("simsiam", SimSiamRecipe.class);
        methods.put("byol", ByolRecipe.class);
        methods.put("moco-v3", MocoV3Recipe.class);
        return Collections.unmodifiableMap(methods);
    }

    /**
     * Binds the records of a method; the caller may bind more, and then checks that all keys are known.
     *
     * @param method one of {@link #METHODS}
     */
    static SiameseRecipe bind(String method, Recipe recipe) {
        Function<Recipe, SiameseRecipe> bound =
                switch (method) {
                    case "simclr" -> SimClrRecipe::bind;
                    case "barlow-twins" -> BarlowTwinsRecipe::bind;
                    case "vicreg" -> VicRegRecipe::bind;
                    case "simsiam" -> SimSiamRecipe::bind;
                    case "byol" -> ByolRecipe::bind;
                    case "moco-v3" -> MocoV3Recipe::bind;
                    default ->
                        throw new IllegalArgumentException("method " + method + " is none of " + METHODS.keySet());
                };
        try {
            return bound.apply(recipe);
        } catch (RecipeException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new RecipeException(recipe.name() + ": " + e.getMessage(), e);
        }
    }

    /** The method as recipes spell it. */
    String method();

    /** What is the method's own. */
    Record own();

    SiameseOptions shared();

    SiameseRecipe withShared(SiameseOptions shared);

    /** Widths of the projector's layers. */
    List<Integer> projector();

    Perceptron.Form projectorForm();

    /** How both views go through the networks. */
    default Siamese.Passes passes() {
        return Siamese.Passes.APART;
    }

    /** From embeddings of the projector's last width; none for most. */
    default Optional<Perceptron> predictor() {
        return Optional.empty();
    }

    /** The predictor's rate where it is not the encoder's. */
    default OptionalDouble predictorLr() {
        return OptionalDouble.empty();
    }

    /** A network of the encoder's shape that follows it; none for most. */
    default Target target(EncoderNetwork network, EncoderNetwork encoder) {
        throw new IllegalStateException(method() + " has no target");
    }

    /** Whether there is a {@link #target}. */
    default boolean hasTarget() {
        return false;
    }

    /** Whether the loss has a matrix of the embedding's dimensions by themselves. */
    default boolean comparesDimensions() {
        return false;
    }

    Objective objective(Communicator communicator);

    /** What a diagnosis needs to know of a run. */
    Diagnosis.Task task(long stepsPerEpoch);

    default TrainingOptions training() {
        return shared().training();
    }

    /**
     * This recipe for a data set of a certain size.
     *
     * @param say gets a line for each value that changed
     * @throws IllegalArgumentException when the images do not fill one batch
     */
    default SiameseRecipe fitTo(int images, Consumer<String> say) {
        return withShared(shared().fitTo(images, say));
    }

    /** The records, for the text of the run's recipe. */
    default List<Record> records() {
        List<Record> records = new ArrayList<>(List.of(own()));
        records.addAll(shared().records());
        return List.copyOf(records);
    }

    /** The encoder with its projector, with weights from libtorch's generator. */
    default EncoderNetwork encoder() {
        return shared().backbone().encoder(shared().views().imageSize(), projector(), projectorForm());
    }

    /** Trainable values of the encoder, projector included. */
    default long parameters() {
        try (PointerScope scope = new PointerScope();
                EncoderNetwork encoder = encoder()) {
            return StateDict.parameterCount(encoder);
        }
    }

    /**
     * Builds one process's part, with initial weights from libtorch's generator: seed it first. Batch norms act on the batches of
     * all processes together, losses on the whole batch.
     */
    default Siamese learner(Device device, Communicator communicator) {
        EncoderNetwork encoder = onto(device, encoder());
        Optional<Perceptron> predictor = predictor();
        predictor.ifPresent(network -> network.to(device, false));
        Optional<Target> target =
                hasTarget() ? Optional.of(target(onto(device, encoder()), encoder)) : Optional.empty();
        PathDraws drawn = new PathDraws(training().seed());
        shared().backbone().drop(encoder, drawn);
        Objective objective = objective(communicator);
        objective.module().ifPresent(module -> module.to(device, false));
        return new Siamese(
                encoder,
                predictor,
                target,
                objective,
                passes(),
                new Updates.Options(shared().updates(), shared().tuning(), predictorLr()),
                drawn,
                communicator,
                MixedPrecision.of(training().precision(), device));
    }

    private static EncoderNetwork onto(Device device, EncoderNetwork network) {
        network.to(device, false);
        StateDict.channelsLast(network);
        return network;
    }
}
