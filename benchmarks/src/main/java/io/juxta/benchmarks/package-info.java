/** What the library's speed and memory are measured with; see the README of this module. */
@NullMarked
package io.juxta.benchmarks;

import org.jspecify.annotations.NullMarked;
