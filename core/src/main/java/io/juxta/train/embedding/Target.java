package io.juxta.train.embedding;

import io.juxta.backbone.EncoderNetwork;
import io.juxta.torch.StateDict;
import io.juxta.torch.TensorLists;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Tensor;

/**
 * A network that follows the encoder slowly, over parameters only: its batch norms have statistics of its own, those of the batch,
 * for it is in training mode all the time.
 */
@API(status = API.Status.INTERNAL)
public final class Target {
    private final EncoderNetwork network;
    private final Momentum momentum;
    private final Turn turn;
    private final List<Tensor> following;
    private final List<Tensor> followed;

    /** When in a step it moves. */
    public enum Turn {
        /** In front of its keys, which are then made with what the encoder was after the step before (MoCo v3). */
        BEFORE_THE_KEYS,
        /** Behind the optimiser's step (BYOL, DINO). */
        AFTER_THE_STEP
    }

    /**
     * @param network of the encoder's shape; takes over its parameters
     * @param encoder that it follows
     */
    public Target(EncoderNetwork network, EncoderNetwork encoder, Momentum momentum, Turn turn) {
        this.network = network;
        this.momentum = momentum;
        this.turn = turn;
        following = List.copyOf(StateDict.parameters(network).values());
        followed = List.copyOf(StateDict.parameters(encoder).values());
        TensorLists.lerp(following, followed, 1);
        following.forEach(parameter -> parameter.set_requires_grad(false));
    }

    /** The network that follows. */
    public EncoderNetwork network() {
        return network;
    }

    /** m at a point of the run, from 0 at its first step to 1 at its end. */
    public double momentum(double progress) {
        return momentum.at(progress);
    }

    /** Moves if it is its turn. */
    public void move(Turn now, double progress) {
        if (turn == now) {
            TensorLists.lerp(following, followed, 1 - momentum.at(progress));
        }
    }
}
