/** Several processes that train one model: how they find each other, what they exchange, and how they end together. */
@NullMarked
package io.juxta.distributed;

import org.jspecify.annotations.NullMarked;
