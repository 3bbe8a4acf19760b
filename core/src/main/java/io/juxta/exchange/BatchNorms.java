package io.juxta.exchange;

import org.apiguardian.api.API;

/** What becomes of batch norms, which are fixed in a trained network. */
@API(status = API.Status.INTERNAL)
public enum BatchNorms {
    /** They stay operators, and every tensor is the network's own. */
    KEPT,
    /**
     * They are folded into the layer in front of them: fewer operators, the same numbers but for rounding. The weights
     * under a layer's key are then the scaled ones, and the layer has a bias.
     */
    FOLDED
}
