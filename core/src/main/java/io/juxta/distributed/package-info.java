/**
 * Several processes that train one model: how they find each other (as torchrun tells them), what they exchange (Gloo or NCCL),
 * and how they end together. One process is a run without others, computed by the same code.
 */
@NullMarked
package io.juxta.distributed;

import org.jspecify.annotations.NullMarked;
