/** What several methods that embed images are made of. */
@NullMarked
package io.juxta.train.embedding;

import org.jspecify.annotations.NullMarked;
