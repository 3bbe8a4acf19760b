/** JMH and whole-run benchmarks. */
@NullMarked
package io.juxta.benchmarks;

import org.jspecify.annotations.NullMarked;
