package io.juxta.runs.methods;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.exchange.KnownWeights;
import io.juxta.exchange.MocoCheckpoint;
import io.juxta.exchange.StartingWeights;
import io.juxta.exchange.TranslationWeights;
import io.juxta.train.EncoderLearner;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** What weights a run begins from; among its settings, and so in its recipe, its identity, its report and its metadata. */
@API(status = API.Status.INTERNAL)
public record Beginning(
        @Means("the weights that the run began from; random for random ones") @Default("random")
        String from,

        @Means("the SHA-256 of that file") @Default("none") String fromSha256) {
    /** What stands before the names of the second of two networks that begin alike, and of the first. */
    private static final Map<String, String> FOLLOWED =
            Map.of("encoder_k.", "encoder_q.", "target.", "encoder.", "student.", "encoder.");

    /**
     * From weights.
     *
     * @throws IOException when they cannot be read, in one line
     */
    public static Beginning from(Path given) throws IOException {
        Path file = KnownWeights.file(given);
        return new Beginning(file.toAbsolutePath().normalize().toString(), FileHash.sha256(List.of(file)));
    }

    /**
     * From the networks of a translation.
     *
     * @throws IOException when they cannot be read, in one line
     */
    public static Beginning ofTranslation(Path given) throws IOException {
        List<Path> files = TranslationWeights.files(given);
        return new Beginning(files.get(0).toAbsolutePath().normalize().toString(), FileHash.sha256(files));
    }

    public boolean isRandom() {
        return from.equals("random");
    }

    /**
     * Compares the weights with what is to be trained.
     *
     * @throws IOException when they are of another network, or not those that the run was to begin from
     */
    public StartingWeights read(Module encoder) throws IOException {
        return StartingWeights.of(file(), encoder);
    }

    /**
     * The weights' file.
     *
     * @throws IOException when it is not what it was
     */
    public Path file() throws IOException {
        Path file = Path.of(from);
        requireSame(List.of(file));
        return file;
    }

    /**
     * Compares the weights with the networks of a translation.
     *
     * @param networks generator, discriminator and sampler
     * @throws IOException when they are of other networks, or not those that the run was to begin from
     */
    public StartingWeights readTranslation(List<Module> networks) throws IOException {
        List<Path> files = TranslationWeights.files(Path.of(from));
        requireSame(files);
        return TranslationWeights.of(files, networks);
    }

    private void requireSame(List<Path> files) throws IOException {
        if (!FileHash.sha256(files).equals(fromSha256)) {
            throw new IOException(files.get(0)
                    + " is not what it was when the run was to begin from it: put it back, or begin a" + " new run");
        }
    }

    /**
     * The whole checkpoint of main_moco.py that the weights are, if they are one and MoCo is trained.
     *
     * @param epochs of the run
     * @throws IOException when it cannot be read, or nothing is left of it to train
     */
    public Optional<MocoCheckpoint> whole(Method method, EncoderNetwork encoder, int epochs) throws IOException {
        Path file = Path.of(from);
        if (!method.name().equals("moco")) {
            return Optional.empty();
        }
        requireSame(List.of(file));
        Optional<MocoCheckpoint> whole = MocoCheckpoint.read(file, encoder);
        if (whole.isPresent()) {
            whole.get().requireLeft(epochs);
        }
        return whole;
    }

    /** Puts all of a state into what is to be trained. */
    public static void intoAll(EncoderLearner learner, StartingWeights weights) {
        Map<String, Tensor> state = learner.state();
        weights.into(state);
        learner.restored(state);
    }

    /** Puts the weights into what is to be trained; a network that follows the encoder begins as that. */
    public static void into(EncoderLearner learner, StartingWeights weights) {
        weights.into(learner.encoder());
        Map<String, Tensor> state = learner.state();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            state.forEach((name, tensor) -> {
                String prefix = name.substring(0, name.indexOf('.') + 1);
                String followed = FOLLOWED.get(prefix);
                Tensor encoder = followed == null ? null : state.get(followed + name.substring(prefix.length()));
                if (encoder != null) {
                    tensor.copy_(encoder);
                }
            });
        }
        learner.restored(state);
    }
}
