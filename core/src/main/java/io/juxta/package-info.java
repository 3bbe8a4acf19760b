/** What programs use: a trained encoder and a trained generator, without a type of libtorch in sight. */
@NullMarked
package io.juxta;

import org.jspecify.annotations.NullMarked;
