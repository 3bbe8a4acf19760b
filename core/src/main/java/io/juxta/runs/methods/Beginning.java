package io.juxta.runs.methods;

import io.juxta.exchange.KnownWeights;
import io.juxta.exchange.StartingWeights;
import io.juxta.train.EncoderLearner;
import io.juxta.train.recipe.Default;
import io.juxta.train.recipe.Means;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.apiguardian.api.API;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** What weights a run begins from; among its settings, and so in its recipe, its identity, its report and its metadata. */
@API(status = API.Status.INTERNAL)
public record Beginning(
        @Means("the weights that the run began from; random for random ones") @Default("random")
        String from,

        @Means("the SHA-256 of that file") @Default("none") String fromSha256) {
    private static final String QUERY = "encoder_q.";
    private static final String KEY = "encoder_k.";

    /**
     * From weights.
     *
     * @throws IOException when they cannot be read, in one line
     */
    public static Beginning from(Path given) throws IOException {
        Path file = KnownWeights.file(given);
        return new Beginning(file.toAbsolutePath().normalize().toString(), sha256(file));
    }

    public boolean isRandom() {
        return from.equals("random");
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digesting = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digesting.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
        } catch (java.nio.file.NoSuchFileException e) {
            throw new IOException("cannot read " + file + ": there is no such file or folder", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Compares the weights with what is to be trained.
     *
     * @throws IOException when they are of another network, or not those that the run was to begin from
     */
    public StartingWeights read(EncoderLearner learner) throws IOException {
        Path file = Path.of(from);
        if (!sha256(file).equals(fromSha256)) {
            throw new IOException(file
                    + " is not what it was when the run was to begin from it: put it back, or begin a" + " new run");
        }
        return StartingWeights.of(file, learner.encoder());
    }

    /** Puts the weights into what is to be trained; MoCo's key encoder begins as its query encoder. */
    public static void into(EncoderLearner learner, StartingWeights weights) {
        weights.into(learner.encoder());
        Map<String, Tensor> state = learner.state();
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            state.forEach((name, tensor) -> {
                Tensor query = name.startsWith(KEY) ? state.get(QUERY + name.substring(KEY.length())) : null;
                if (query != null) {
                    tensor.copy_(query);
                }
            });
        }
        learner.restored(state);
    }
}
