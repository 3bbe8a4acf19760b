/**
 * What an encoder is worth, and how near translated images are to what they should look like. Here stands what all judgements
 * share: features of a data set, accuracies, passes that several processes share. By what it is judged stands inside: {@code
 * neighbours}, {@code probe}, {@code clusters}, {@code translation}, {@code detection}.
 *
 * <p>Judgements change nothing of what they judge, and give the same figures on one process as on several.
 */
@NullMarked
package io.juxta.eval;

import org.jspecify.annotations.NullMarked;
