/**
 * What programs use: a trained encoder and a trained generator, without a type of libtorch in sight. Both are for many threads at
 * once and are closed by whoever loads them. What trains, judges and exports stands in {@code io.juxta.runs}.
 */
@NullMarked
package io.juxta;

import org.jspecify.annotations.NullMarked;
