/**
 * Trained networks for and from other programs: one door by which all weights come in, recognised by their names and shapes, and
 * formats by which they go out. What is written is read back and compared before it gets its name.
 */
@NullMarked
package io.juxta.exchange;

import org.jspecify.annotations.NullMarked;
