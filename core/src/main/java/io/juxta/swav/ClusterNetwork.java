package io.juxta.swav;

import io.juxta.backbone.EncoderNetwork;

/**
 * An encoder and the prototypes that are registered in it.
 *
 * @param encoder images to embeddings, not normalised
 * @param prototypes of the embeddings' width
 */
record ClusterNetwork(EncoderNetwork encoder, Prototypes prototypes) {
    /** Registers prototypes as the last child of an encoder. */
    static ClusterNetwork of(EncoderNetwork encoder, Prototypes prototypes) {
        encoder.register_module("prototypes", prototypes.module());
        return new ClusterNetwork(encoder, prototypes);
    }
}
