/** Contrastive unpaired translation: CUT, FastCUT and SinCUT (Park et al. 2020). */
@NullMarked
package io.juxta.cut;

import org.jspecify.annotations.NullMarked;
