/** Momentum Contrast, versions 1 and 2 (He et al. 2020, arXiv 1911.05722; Chen et al. 2020, arXiv 2003.04297). */
@NullMarked
package io.juxta.moco;

import org.jspecify.annotations.NullMarked;
